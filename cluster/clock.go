package cluster

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	// clockOffAt and clockBackAt are how far from the median of all reachable nodes' clocks a node may not lead, and may
	// lead again.
	clockOffAt  = 500 * time.Millisecond
	clockBackAt = 250 * time.Millisecond
	// clockQuorum is the fewest clocks, this node's included, by which one can be told to be wrong: of two that differ,
	// nobody knows which.
	clockQuorum = 3
	// clockRounds is how many rounds in a row must agree before the guard changes its mind.
	clockRounds = 2
)

// clockGuard judges this node's clock by the others'. A leader's clock is what holds lapse by.
type clockGuard struct {
	log *slog.Logger

	mu     sync.Mutex
	isOff  bool
	rounds int           // in a row that speak against isOff
	ahead  time.Duration // of this node's clock over the median
	known  int           // clocks in the median
}

func newClockGuard(log *slog.Logger) *clockGuard { return &clockGuard{log: log} }

func (g *clockGuard) off() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.isOff
}

// judge takes the peers' clocks, each minus this node's.
func (g *clockGuard) judge(offsets []time.Duration) {
	ahead, known := aheadOfMedian(offsets), len(offsets)+1
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ahead, g.known = ahead, known
	if known < clockQuorum {
		g.rounds = 0
		return
	}
	distance := ahead.Abs()
	if (!g.isOff && distance <= clockOffAt) || (g.isOff && distance >= clockBackAt) {
		g.rounds = 0
		return
	}
	if g.rounds++; g.rounds < clockRounds {
		return
	}
	g.isOff, g.rounds = !g.isOff, 0
	if g.isOff {
		g.log.Error("THE CLOCK OF THIS NODE IS WRONG: it gives its leaderships away until it is right again",
			"ahead_of_median", ahead.String(), "clocks", known, "allowed", clockOffAt.String())
	} else {
		g.log.Warn("the clock of this node is right again", "ahead_of_median", ahead.String(), "clocks", known)
	}
}

// check is the clock's line of /readyz. It is advisory: a node with a wrong clock does not lead, but it forwards and
// reads as well as any.
func (g *clockGuard) check() Check {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := Check{Name: "clock", OK: !g.isOff, Advisory: true, Detail: fmt.Sprintf("%v ahead of the median of %d clocks", g.ahead, g.known)}
	if g.isOff {
		c.Detail += fmt.Sprintf(": more than %v off, so this node does not lead", clockBackAt)
	}
	return c
}

// aheadOfMedian is this node's clock minus the median of all, given the others' offsets to it.
func aheadOfMedian(offsets []time.Duration) time.Duration {
	return -median(append(slices.Clone(offsets), 0))
}

// median of one or more; of an even number the mean of the middle two.
func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	half := len(d) / 2
	if len(d)%2 == 1 {
		return d[half]
	}
	return d[half-1] + (d[half]-d[half-1])/2
}

// offsets are the reachable peers' clocks minus this node's.
func (n *Node) offsets(now time.Time) []time.Duration {
	var all []time.Duration
	for _, p := range n.members().peers {
		if s, reachable := n.table.of(p.member.Node, now); reachable && s.offsets {
			all = append(all, s.offset)
		}
	}
	return all
}
