package raftlog

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/seatmap"
)

func TestNoFaultSellsASeatTwiceOrLosesAnOrder(t *testing.T) {
	onBothStores(t, func(t *testing.T, store string) {
		s := newStage(t, store, func(_ int, c *Config) { c.SnapshotEntries, c.trailingLogs = 100, 20 })
		s.openEvent("opening", 200, 480)
		over, ended := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(ended)
			s.plague(over, rand.New(rand.NewPCG(2, 7)))
		}()
		sold := s.sellOut("opening", 200, 20)
		close(over)
		<-ended
		s.network.heal()
		s.network.slow(0)
		if len(sold) != 200 {
			t.Errorf("%d orders for 200 seats", len(sold))
		}
		owner := make(map[string]uint64)
		for n := range sold {
			order := s.ask(getOrder("opening", n))
			if order.Code != seatmap.CodeOK || len(order.Places) != 1 {
				t.Fatalf("order %d was acknowledged and is gone: %+v", n, order)
			}
			if other, taken := owner[order.Places[0].Label]; taken {
				t.Errorf("seat %s belongs to %d and %d", order.Places[0].Label, other, n)
			}
			owner[order.Places[0].Label] = n
		}
		s.agree()
	})
}

// plague changes the network every now and then, and hands the lead around.
func (s *stage) plague(over <-chan struct{}, random *rand.Rand) {
	for {
		node := byte(random.IntN(3))
		switch random.IntN(5) {
		case 0:
			s.network.isolate(node)
		case 1:
			s.network.cut(node, (node+1)%3)
		case 2:
			s.network.slow(time.Duration(random.IntN(5)) * time.Millisecond)
		case 3:
			ctx, cancel := context.WithTimeout(s.t.Context(), time.Second)
			_ = s.nodes[node].group.TransferLeadership(ctx, "") // most nodes do not lead
			cancel()
		default:
			s.network.heal()
		}
		select {
		case <-over:
			return
		case <-time.After(time.Duration(100+random.IntN(400)) * time.Millisecond):
			s.network.heal()
		}
	}
}
