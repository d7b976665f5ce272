package main

import (
	"math"
	"slices"
	"time"

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
		for _, t := range slices.Concat(httpAims(store), manyAims(store)) {
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

// times is an aim to sell so many times as many tickets.
func times(work, figure string, want float64, mine, theirs compare.Select) compare.Target {
	return compare.Target{Work: work, Figure: figure, Ours: mine, Theirs: theirs, Value: compare.Tickets, Want: want, Unit: "×"}
}

// httpAims are those of one request a step.
func httpAims(store string) []compare.Target {
	const few, many = "HTTP, one request per step, 64 connections", "HTTP, one request per step, 256 connections"
	ours := "parterre-" + store
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

// An hour's tickets that a stream is to sell.
var ticketsPerHour = map[string]float64{parterre.Bolt: 1e9, parterre.WAL: 1.5e9}

// manyAims are those of batches and streams.
func manyAims(store string) []compare.Target {
	const small, large = "batch, 16 operations × 16 connections", "batch, 256 operations × 16 connections"
	ours := "parterre-" + store
	pipelined := of("redis-always", manyClients, redis.Pipelined)
	return []compare.Target{
		{
			Work: "stream, 4,096 outstanding", Figure: "tickets/s", Ours: of(ours, 0, parterre.Stream4096), Value: compare.Tickets,
			Want: math.Round(ticketsPerHour[store] / time.Hour.Seconds()), Unit: "tickets/s",
		},
		times("stream, 64 clients with one operation outstanding", "tickets/s ÷ Redis's, appendfsync always", 1,
			of(ours, 0, parterre.Stream64), of("redis-always", fewClients)),
		times(small, "tickets/s ÷ pipelined Redis's, appendfsync always", 1.5, of(ours, 0, parterre.Batch16), pipelined),
		times(small, "tickets/s ÷ PostgreSQL's, one copy", 15, of(ours, 0, parterre.Batch16), of("postgres", manyClients)),
		times(large, "tickets/s ÷ pipelined Redis's, appendfsync always", 5, of(ours, 0, parterre.Batch256), pipelined),
	}
}
