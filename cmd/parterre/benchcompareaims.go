package main

import (
	"slices"

	"github.com/parterre/parterre/bench/compare"
	"github.com/parterre/parterre/bench/peers/parterre"
	"github.com/parterre/parterre/bench/peers/redis"
	"github.com/parterre/parterre/bench/report"
)

// fewClients and manyClients are the numbers of connections that the aims are about.
const (
	fewClients  = 64
	manyClients = 256
)

// aims judges what Parterre set out to show, with each log store; against a peer always its best way of being driven.
func (c *benchCompareConfig) aims(r *compare.Result) []report.Aim {
	var list []report.Aim
	for _, store := range c.logStores {
		for _, t := range slices.Concat(httpAims(store)) {
			t.Work += ", " + libraries[store]
			list = append(list, r.Aim(&t))
		}
	}
	return list
}

var libraries = map[string]string{parterre.Bolt: "raft-boltdb", parterre.WAL: "raft-wal"}

// of selects cells of chosen seats.
func of(peer string, clients int, modes ...string) compare.Select {
	return compare.Select{Peer: peer, Modes: modes, Work: compare.Chosen, Clients: clients}
}

// httpAims are those of one request a step.
func httpAims(store string) []compare.Target {
	const few, many = "HTTP, one request per step, 64 connections", "HTTP, one request per step, 256 connections"
	ours := "parterre-" + store
	times := func(work, figure string, want float64, mine, theirs compare.Select) compare.Target {
		return compare.Target{Work: work, Figure: figure, Ours: mine, Theirs: theirs, Value: compare.Tickets, Want: want, Unit: "×"}
	}
	at64, at256 := of(ours, fewClients, parterre.HTTP), of(ours, manyClients, parterre.HTTP)
	return []compare.Target{
		times(few, "tickets/s ÷ PostgreSQL's, one copy", 4, at64, of("postgres", fewClients)),
		times(few, "tickets/s ÷ PostgreSQL's, two synchronous standbys", 5, at64, of("postgres-sync", fewClients)),
		times(few, "tickets/s ÷ etcd's", 6, at64, of("etcd", fewClients)),
		times(many, "tickets/s ÷ pipelined Redis's, appendfsync always", 0.6, at256, of("redis-always", manyClients, redis.Pipelined)),
		{
			Work: few, Figure: "hold p99 ÷ PostgreSQL's, one copy", Ours: at64, Theirs: of("postgres", fewClients),
			Value: compare.HoldP99, AtMost: true, Want: 0.25, Unit: "×",
		},
		{
			Work: "half of the peak HTTP rate, open loop, leader's node", Figure: "order p99", Ours: of(ours, 0, parterre.HTTPLeader),
			Value: compare.OrderP99, AtMost: true, Want: 10, Unit: "ms",
		},
		{
			Work: "half of the peak HTTP rate, open loop, other nodes", Figure: "order p99", Ours: of(ours, 0, parterre.HTTPOthers),
			Value: compare.OrderP99, AtMost: true, Want: 10, Unit: "ms",
		},
		times("1,000 events spread evenly, 64 connections", "tickets/s ÷ at one event", 0.7, of(ours, fewClients, parterre.HTTPSpread), at64),
	}
}
