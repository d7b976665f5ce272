package main

import (
	"slices"

	"github.com/parterre/parterre/bench/compare"
	"github.com/parterre/parterre/bench/peers"
	"github.com/parterre/parterre/bench/peers/etcd"
	"github.com/parterre/parterre/bench/peers/parterre"
	"github.com/parterre/parterre/bench/peers/postgres"
	"github.com/parterre/parterre/bench/peers/redis"
)

// peersByName are the peers that --peers can name.
var peersByName = []struct {
	name string
	peer peers.Peer
}{
	{"postgres", postgres.Peer{}},
	{"postgres-sync", postgres.Peer{Standbys: 2}},
	{"redis", redis.Peer{Fsync: redis.Always}},
	{"redis-everysec", redis.Peer{Fsync: redis.EverySec}},
	{"etcd", etcd.Peer{}},
}

var allPeers = func() (names []string) {
	for _, p := range peersByName {
		names = append(names, p.name)
	}
	return names
}()

// systems are Parterre, with each log store, and the peers: Parterre stands in the middle, so that its turn is as near as can be
// to everybody's.
func (c *benchCompareConfig) systems(binary string) []compare.System {
	var list []compare.System
	for _, p := range peersByName {
		if slices.Contains(c.peers, p.name) {
			list = append(list, compare.System{Peer: p.peer})
		}
	}
	var ours []compare.System
	for _, store := range c.logStores {
		ours = append(ours, compare.System{Peer: parterre.Peer{Binary: binary, LogStore: store}, Ours: true})
	}
	return slices.Insert(list, len(list)/2, ours...)
}

// spreadEvents is how many events are sold at once to see what many cost.
const spreadEvents = 1000

func (c *benchCompareConfig) special() compare.Special {
	return compare.Special{
		Peak: parterre.HTTP, Through: []string{parterre.HTTPLeader, parterre.HTTPOthers},
		Spread: parterre.HTTPSpread, SpreadEvents: spreadEvents,
	}
}
