package compare

import (
	"slices"

	"github.com/parterre/parterre/bench/report"
)

// Select names cells: of a peer (Facts.Name), of any of the modes (none = all), with so many clients (0 = any).
type Select struct {
	Peer    string
	Modes   []string
	Work    Work
	Clients int
}

// Target is an aim of the bench.
type Target struct {
	Work   string // for readers
	Figure string // for readers
	Ours   Select
	// Theirs is what ours is divided by; an empty Peer leaves it undivided.
	Theirs Select
	Value  Value
	AtMost bool
	Want   float64
	Unit   string
}

// Value takes a figure of a measurement. LessIsBetter tells how the best of several cells is found.
type Value struct {
	Of           func(*Measured) float64
	LessIsBetter bool
}

// Values.
var (
	Tickets  = Value{Of: (*Measured).TicketsPerSecond}
	HoldP99  = Value{Of: func(m *Measured) float64 { return float64(m.Hold.ValueAtQuantile(99)) / 1000 }, LessIsBetter: true}
	OrderP99 = Value{Of: func(m *Measured) float64 { return float64(m.Order.ValueAtQuantile(99)) / 1000 }, LessIsBetter: true}
)

// Aim judges a target: of the cells that are selected the best by its median, and round by round, ours by theirs.
func (r *Result) Aim(t *Target) report.Aim {
	a := report.Aim{Work: t.Work, Figure: t.Figure, AtMost: t.AtMost, Want: t.Want, Unit: t.Unit}
	ours := r.best(&t.Ours, t.Value)
	if ours == nil {
		return a
	}
	if t.Theirs.Peer == "" {
		a.Measured = spread(ours, t.Value)
		return a
	}
	if theirs := r.best(&t.Theirs, t.Value); theirs != nil {
		a.Measured = ratio(ours, theirs, t.Value)
	}
	return a
}

// best is the best of the cells that are selected; nil if none was measured.
func (r *Result) best(s *Select, v Value) *cellState {
	var best *cellState
	median := 0.0
	for _, system := range r.systems {
		if system.facts.Name != s.Peer {
			continue
		}
		for _, c := range slices.Concat(system.cells, system.others) {
			if len(s.Modes) > 0 && !slices.Contains(s.Modes, c.Mode.Name) || c.Work != s.Work || s.Clients != 0 && c.Clients != s.Clients {
				continue
			}
			seen := spread(c, v)
			if seen == nil {
				continue
			}
			if best == nil || (seen.Median < median) == v.LessIsBetter && seen.Median != median {
				best, median = c, seen.Median
			}
		}
	}
	return best
}

// spread is a value's over the rounds.
func spread(c *cellState, v Value) *report.Spread {
	var values []float64
	for _, m := range c.rounds {
		if m != nil {
			values = append(values, v.Of(m))
		}
	}
	return report.SpreadOf(values...)
}

// ratio is ours ÷ theirs, over the rounds that both have.
func ratio(ours, theirs *cellState, v Value) *report.Spread {
	var ratios []float64
	for i, a := range ours.rounds {
		if b := theirs.rounds[i]; a != nil && b != nil && v.Of(b) > 0 {
			ratios = append(ratios, v.Of(a)/v.Of(b))
		}
	}
	return report.SpreadOf(ratios...)
}
