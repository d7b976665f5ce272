package compare

import (
	"context"
	"fmt"
	"slices"

	"github.com/parterre/parterre/bench/peers"
)

// specials measures what only concerns us: order latency at half of the peak rate through each kind of node, and many events
// instead of one.
func (t *turn) specials(ctx context.Context) error {
	s := &t.o.Special
	peak := t.peak(s.Peak)
	for _, name := range s.Through {
		mode, ok := t.mode(name)
		if !ok || peak == 0 {
			continue
		}
		m, err := t.measure(ctx, measurement{
			mode: mode, work: Chosen, clients: slices.Max(t.o.Clients), rate: peak / 2,
			duration: openLoopTimes * t.o.Duration, warmUp: t.o.warmUp(), check: true,
		})
		if err != nil {
			return fmt.Errorf("%s at half of the peak: %w", mode.Title, err)
		}
		t.state.special(name, peak/2, t.o).rounds[t.round] = m
		t.progress("%s, %s at %.0f orders/s: order p50 %s, p99 %s", t.state.facts.Title, mode.Title, peak/2,
			micros(m.Order.ValueAtQuantile(50)), micros(m.Order.ValueAtQuantile(99)))
	}
	mode, ok := t.mode(s.Spread)
	if !ok {
		return nil
	}
	m, err := t.measure(ctx, measurement{
		mode: mode, work: Chosen, clients: slices.Min(t.o.Clients), duration: t.o.Duration, warmUp: t.o.warmUp(),
		events: s.SpreadEvents, spread: true, check: true,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", mode.Title, err)
	}
	t.state.special(s.Spread, 0, t.o).rounds[t.round] = m
	t.progress("%s, %d events: %.0f orders/s", t.state.facts.Title, s.SpreadEvents, m.OrdersPerSecond())
	return nil
}

// mode finds a mode of the system by its name.
func (t *turn) mode(name string) (peers.Mode, bool) {
	for _, m := range t.state.facts.Modes {
		if m.Name == name {
			return m, true
		}
	}
	return peers.Mode{}, false
}

// peak is the best throughput of a mode with chosen seats in this round.
func (t *turn) peak(mode string) float64 {
	best := 0.0
	for _, c := range t.state.cells {
		if m := c.rounds[t.round]; m != nil && c.Mode.Name == mode && c.Work == Chosen {
			best = max(best, m.OrdersPerSecond())
		}
	}
	return best
}
