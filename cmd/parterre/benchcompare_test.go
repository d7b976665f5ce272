package main

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/parterre/parterre/bench/compare"
)

// compareConfig is a configuration that the checks pass.
func compareConfig() benchCompareConfig {
	return benchCompareConfig{
		peers: allPeers, logStores: []string{"bolt", "wal"}, works: []string{"chosen", "best"}, clients: []int{64, 256},
		rounds: 5, duration: 5 * time.Second,
	}
}

func TestBenchCompareRefusesWhatCannotBe(t *testing.T) {
	c := compareConfig()
	none := func(string) bool { return false }
	if err := c.check(none); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*benchCompareConfig){
		"an unknown peer":      func(c *benchCompareConfig) { c.peers = []string{"oracle"} },
		"an unknown work":      func(c *benchCompareConfig) { c.works = []string{"worst"} },
		"an unknown log store": func(c *benchCompareConfig) { c.logStores = []string{"tape"} },
		"no rounds":            func(c *benchCompareConfig) { c.rounds = 0 },
		"no clients":           func(c *benchCompareConfig) { c.clients = nil },
		"nobody":               func(c *benchCompareConfig) { c.clients = []int{0} },
	} {
		c := compareConfig()
		change(&c)
		if err := c.check(none); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	c.peers = []string{"oracle"}
	if err := c.check(none); !errors.Is(err, compare.ErrPeers) {
		t.Errorf("got %v", err)
	}
}

func TestTheShortFormIsShortUnlessToldOtherwise(t *testing.T) {
	c := compareConfig()
	c.short = true
	if err := c.check(func(flag string) bool { return flag == "rounds" }); err != nil || c.rounds != 5 || c.duration != shortDuration {
		t.Errorf("%d rounds of %s, %v", c.rounds, c.duration, err)
	}
}

func TestParterreStandsAmongItsPeers(t *testing.T) {
	c := compareConfig()
	var names []string
	for _, s := range c.systems("parterre") {
		names = append(names, s.Peer.Facts().Name)
		if s.Ours != (s.Peer.Facts().Name == "parterre-bolt" || s.Peer.Facts().Name == "parterre-wal") {
			t.Errorf("%s: ours is %t", s.Peer.Facts().Name, s.Ours)
		}
	}
	want := []string{"postgres", "postgres-sync", "parterre-bolt", "parterre-wal", "redis-always", "redis-everysec", "etcd"}
	if !slices.Equal(names, want) {
		t.Errorf("systems are %v, want %v", names, want)
	}
}

func TestEveryAimNamesCellsThatAreMeasured(t *testing.T) {
	c := compareConfig()
	modes := map[string][]string{}
	for _, s := range c.systems("parterre") {
		for _, m := range s.Peer.Facts().Modes {
			modes[s.Peer.Facts().Name] = append(modes[s.Peer.Facts().Name], m.Name)
		}
	}
	for _, store := range c.logStores {
		for _, aim := range slices.Concat(httpAims(store), manyAims(store)) {
			for _, s := range []compare.Select{aim.Ours, aim.Theirs} {
				if s.Peer == "" {
					continue
				}
				if len(modes[s.Peer]) == 0 {
					t.Errorf("%s, %s: there is no %s", aim.Work, aim.Figure, s.Peer)
				}
				for _, m := range s.Modes {
					if !slices.Contains(modes[s.Peer], m) {
						t.Errorf("%s, %s: %s has no mode %s", aim.Work, aim.Figure, s.Peer, m)
					}
				}
			}
		}
	}
}
