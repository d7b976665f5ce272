package compare

import (
	"fmt"
	"slices"
	"time"

	"github.com/parterre/parterre/bench/peers"
)

// Result is what a run measured. Nothing is left out: a system that could not start says why, and so does a cell that failed.
type Result struct {
	options *Options
	systems []*systemState
	rounds  int // that were measured
}

// systemState is what came of one system.
type systemState struct {
	facts   peers.Facts
	ours    bool
	version string
	absent  string // why it was not measured
	cells   []*cellState
	others  []*cellState // special measurements, by their mode's name
}

// cellState is what came of one cell: a measurement for each round, nil where it failed.
type cellState struct {
	Cell
	pool    int
	failure string
	rate    float64 // of an open loop: the first round's
	rounds  []*Measured
}

func newResult(o *Options) *Result {
	r := &Result{options: o, rounds: o.Rounds}
	for i := range o.Systems {
		s := &systemState{facts: o.Systems[i].Peer.Facts(), ours: o.Systems[i].Ours}
		for _, c := range o.cells(&o.Systems[i]) {
			s.cells = append(s.cells, &cellState{Cell: c, rounds: make([]*Measured, o.Rounds)})
		}
		r.systems = append(r.systems, s)
	}
	return r
}

// end leaves out the rounds that did not come.
func (r *Result) end(rounds int) {
	r.rounds = rounds
	if r.options.Progress != nil {
		r.options.Progress(r.shortened())
	}
	for _, s := range r.systems {
		for _, c := range slices.Concat(s.cells, s.others) {
			c.rounds = c.rounds[:rounds]
		}
	}
}

// shortened says that rounds were left out; empty if none were.
func (r *Result) shortened() string {
	if r.rounds == r.options.Rounds {
		return ""
	}
	return fmt.Sprintf("Only %d of %d rounds were measured: another one would not have ended within %s.",
		r.rounds, r.options.Rounds, r.options.Within)
}

// special is the cell of a special measurement, made when it is first asked for.
func (s *systemState) special(mode string, rate float64, o *Options) *cellState {
	for _, c := range s.others {
		if c.Mode.Name == mode {
			return c
		}
	}
	c := &cellState{rate: rate, rounds: make([]*Measured, o.Rounds)}
	c.System, c.Work, c.Clients = s.facts.Title, Chosen, clientsOf(o, rate)
	for _, m := range s.facts.Modes {
		if m.Name == mode {
			c.Mode = m
		}
	}
	s.others = append(s.others, c)
	return c
}

func clientsOf(o *Options, rate float64) int {
	n := o.Clients[0]
	for _, c := range o.Clients {
		if rate > 0 {
			n = max(n, c)
		} else {
			n = min(n, c)
		}
	}
	return n
}

// micros is a latency to read.
func micros(v int64) time.Duration {
	return (time.Duration(v) * time.Microsecond).Round(10 * time.Microsecond)
}
