package raftlog

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// sellOut has shoppers fight for the seats of an event, and returns the numbers of the orders that were acknowledged.
func (s *stage) sellOut(event string, seats, shoppers int) map[uint64]seatmap.Answer {
	s.t.Helper()
	sold := make(map[uint64]seatmap.Answer)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for shopper := range shoppers {
		wg.Go(func() {
			for i := shopper; i < seats; i += shoppers / 2 { // two shoppers for each seat
				n := uint64(shopper*seats + i)
				if a := s.ask(hold(event, n, i)); a.Code != seatmap.CodeOK {
					if a.Code != seatmap.CodeSeatUnavailable {
						s.t.Errorf("hold: %v %s", a.Code, a.Reason)
					}
					continue
				}
				order := s.ask(confirm(event, n))
				if order.Code != seatmap.CodeOK {
					s.t.Errorf("confirm: %v", order.Code)
					continue
				}
				mu.Lock()
				sold[n] = order
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return sold
}

func TestPromise6_EveryReplicaIsTheSame(t *testing.T) {
	onBothStores(t, func(t *testing.T, store string) {
		s := newStage(t, store, nil)
		s.openEvent("opening", 300, 480)
		if sold := s.sellOut("opening", 300, 16); len(sold) != 300 {
			t.Errorf("%d orders for 300 seats", len(sold))
		}
		s.agree()
		for node := range s.nodes {
			if c := s.counts(node, "opening"); c.Sold != 300 || c.Orders != 300 || c.Free != 0 {
				t.Errorf("node %d: %+v", node, c)
			}
		}
	})
}

func TestPromise2_AnAnswerIsAFact(t *testing.T) {
	onBothStores(t, func(t *testing.T, store string) {
		s := newStage(t, store, nil)
		s.openEvent("opening", 100, 480)
		sold := s.sellOut("opening", 60, 8)
		stopped := s.followers()[0]
		s.stop(stopped)
		for n := range uint64(40) {
			order := number1000(n)
			s.ask(hold("opening", order, 60+int(n)))
			sold[order] = s.ask(confirm("opening", order))
		}
		s.mustRestart(stopped)
		s.agree()

		for node := range s.nodes {
			s.stop(node)
		}
		for node := range s.nodes {
			s.mustRestart(node)
		}
		if len(sold) != 100 {
			t.Errorf("%d orders for 100 seats", len(sold))
		}
		for n, first := range sold {
			order := s.ask(getOrder("opening", n))
			if order.Code != seatmap.CodeOK || order.State != seatmap.HoldConfirmed || !cmp.Equal(order.Places, first.Places) {
				t.Fatalf("order %d was acknowledged and is gone: %+v", n, order)
			}
		}
		s.agree()
		for node := range s.nodes {
			if c := s.counts(node, "opening"); c.Sold != 100 || c.Orders != 100 {
				t.Errorf("node %d: %+v", node, c)
			}
		}
	})
}

func number1000(n uint64) uint64 { return 1_000_000 + n }

func TestPromise3_ARetryIsHarmless(t *testing.T) {
	onBothStores(t, func(t *testing.T, store string) {
		s := newStage(t, store, nil)
		s.openEvent("opening", 100, 480)
		first := s.ask(hold("opening", 1, 5, 6))
		if first.Code != seatmap.CodeOK || first.Replayed {
			t.Fatalf("%+v", first)
		}
		same := func(when string, a seatmap.Answer) {
			t.Helper()
			if !a.Replayed {
				t.Errorf("%s: not told to be the first answer again", when)
			}
			a.Replayed = first.Replayed
			if !cmp.Equal(a, first) {
				t.Errorf("%s: another answer: %s", when, cmp.Diff(first, a))
			}
		}
		for _, result := range s.do(hold("opening", 1, 5, 6), hold("opening", 1, 5, 6)) {
			same("twice in one batch", result.Answer)
		}
		to := s.followers()[0]
		if err := s.nodes[s.leader()].group.TransferLeadership(t.Context(), s.nodes[to].name); err != nil {
			t.Fatal(err)
		}
		same("at another leader", s.ask(hold("opening", 1, 5, 6)))
		for node := range s.nodes {
			s.stop(node)
		}
		for node := range s.nodes {
			s.mustRestart(node)
		}
		same("after a restart of all", s.ask(hold("opening", 1, 5, 6)))
		if c := s.counts(s.leader(), "opening"); c.Held != 2 || c.Holds != 1 {
			t.Errorf("%+v", c)
		}
	})
}

// What the old leader's clients learn when it is cut off in the middle of its work, and what a retry then comes to.
func TestLeadershipLostInTheMiddleOfABatch(t *testing.T) {
	for name, c := range map[string]struct {
		cut func(s *stage, leader int)
		// replayed: the entry survived, so the retry meets the first answer.
		replayed bool
	}{
		"and the entry with it": {cut: func(s *stage, leader int) { s.network.isolate(byte(leader)) }},
		"but the entry survives": {cut: func(s *stage, leader int) {
			for other := range s.nodes {
				if other != leader {
					s.network.cut(byte(other), byte(leader))
				}
			}
		}, replayed: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, "bolt", nil)
			s.openEvent("opening", 100, 480)
			old := s.leader()
			s.rest(old) // else the trail would be in flight, and the entry behind it
			c.cut(s, old)
			inFlight, queued := make(chan *Batch, 1), make(chan *Batch, 1)
			g := s.nodes[old].group
			commands := hold("opening", 1, 5)
			if err := g.Submit(&Batch{Commands: []command.Command{commands}, Done: func(b *Batch) { inFlight <- b }}); err != nil {
				t.Fatal(err)
			}
			until(t, "the entry is in flight", func() bool { return g.proposer.depth() == 0 })
			if err := g.Submit(&Batch{Commands: []command.Command{hold("opening", 2, 6)}, Done: func(b *Batch) { queued <- b }}); err != nil {
				t.Fatal(err)
			}
			if b := <-inFlight; !errors.Is(b.Err, ErrOutcomeUnknown) || b.Decided != 0 {
				t.Errorf("in flight: %v", b.Err)
			}
			if b := <-queued; !errors.Is(b.Err, ErrNotLeader) || b.Decided != 0 {
				t.Errorf("queued: %v", b.Err)
			}
			next := s.leader(old)
			b, err := s.try(next, commands)
			if err != nil {
				t.Fatal(err)
			}
			if a := b.Results[0].Answer; a.Code != seatmap.CodeOK || a.Replayed != c.replayed {
				t.Errorf("retry: %v, replayed %v", a.Code, a.Replayed)
			}
			s.network.heal()
			s.agree()
			for node := range s.nodes {
				if counts := s.counts(node, "opening"); counts.Holds != 1 || counts.Held != 1 {
					t.Errorf("node %d: %+v", node, counts)
				}
			}
		})
	}
}
