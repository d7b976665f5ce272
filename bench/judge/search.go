package judge

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"
)

// maxSearch bounds the operations of one group: porcupine keeps a bit for each of them with every state that it has seen,
// which are 130 MiB then.
const maxSearch = 32_768

// search looks for an order of every group, one after another, until the event's time is over.
func (c *eventCase) search(roots []int32, groups map[int32]*compiler) {
	end := time.Now().Add(c.o.PerEvent)
	for _, root := range roots {
		g := groups[root].finish()
		c.v.searched(len(g.ops))
		if len(g.ops) > maxSearch {
			c.v.undecided(c.v.Linear, fmt.Sprintf("%s: %d operations depend on each other, at most %d can be judged", c.event.Name, len(g.ops), maxSearch))
			continue
		}
		left := time.Until(end)
		if left <= 0 {
			c.v.undecided(c.v.Linear, fmt.Sprintf("%s: %s were not enough; %d operations were not looked at", c.event.Name, c.o.PerEvent, len(g.ops)))
			continue
		}
		switch g.check(left) {
		case porcupine.Illegal:
			c.v.broken(c.v.Linear, g.explain())
		case porcupine.Unknown:
			c.v.undecided(c.v.Linear, fmt.Sprintf("%s: no order of %d operations was found within %s, and it was not shown that there is none; %s",
				c.event.Name, len(g.ops), left.Round(time.Millisecond), g.peak.words(g)))
		}
	}
}

// check asks porcupine for an order.
func (g *group) check(limit time.Duration) porcupine.CheckResult {
	model := g.model()
	return porcupine.CheckOperationsTimeout(model, g.history(), limit)
}

func (g *group) history() []porcupine.Operation {
	list := make([]porcupine.Operation, len(g.ops))
	for i, p := range g.ops {
		list[i] = porcupine.Operation{ClientId: int(p.Session), Input: p, Call: p.called, Return: p.returned}
	}
	return list
}

func (g *group) model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return g.begin() },
		Step: func(before, input, _ any) (bool, any) {
			s, p := before.(*state), input.(*operation)
			next, why := g.step(s, p)
			if next == nil {
				g.peak.failed(s.depth, failure{p: p, why: why, waits: g.awaited(s, p)})
				return false, s
			}
			return true, next
		},
		Equal:             func(a, b any) bool { return a.(*state).equal(b.(*state)) },
		Hash:              func(s any) uint64 { return s.(*state).sum[0] },
		DescribeOperation: func(input, _ any) string { return g.describe(input.(*operation)) },
		DescribeState:     func(s any) string { return g.describeState(s.(*state)) },
	}
}

// peak is where the search came furthest: what could not be put next there is where the violation shows.
type peak struct {
	mu    sync.Mutex
	depth int32
	stuck []failure
}

type failure struct {
	p     *operation
	why   string
	waits uint64 // revision of the change that has to come first
}

// maxStuck bounds the failures that are remembered.
const maxStuck = 256

func (k *peak) failed(depth int32, f failure) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if depth < k.depth {
		return
	}
	if depth > k.depth {
		k.depth, k.stuck = depth, k.stuck[:0]
	}
	if len(k.stuck) < maxStuck {
		k.stuck = append(k.stuck, f)
	}
}

// culprit is the operation that had to come next by its return, and could not; or the change that this one waits for.
func (k *peak) culprit() (failure, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.stuck) == 0 {
		return failure{}, false
	}
	first := slices.MinFunc(k.stuck, func(a, b failure) int { return cmp.Compare(a.p.returned, b.p.returned) })
	for _, f := range k.stuck {
		if first.waits != 0 && f.waits == 0 && f.p.pin == first.waits {
			return f, true
		}
	}
	return first, true
}

func (k *peak) words(g *group) string {
	f, ok := k.culprit()
	if !ok {
		return "it got nowhere"
	}
	return fmt.Sprintf("after %d of them it met: %s: %s", k.depth, g.describe(f.p), f.why)
}

// explain says in words why there is no order, with the operations that bear on it.
func (g *group) explain() Finding {
	f, ok := g.peak.culprit()
	if !ok {
		return Finding{Event: g.c.event.Name, Says: "its answers have no order that explains them"}
	}
	finding := Finding{
		Event: g.c.event.Name,
		Says:  fmt.Sprintf("no order explains this answer: %s: but %s", g.describe(f.p), f.why),
	}
	near := g.around(f.p)
	for _, p := range tail(near, f.p, maxAround) {
		finding.Around = append(finding.Around, g.c.words(p.Op))
	}
	finding.Picture = g.picture(near)
	return finding
}

// maxAround bounds the operations that are told with a violation.
const maxAround = 24

// around are the operations that share a hold or a place with one, in the order of their calls.
func (g *group) around(about *operation) (near []*operation) {
	places := map[int32]bool{}
	note := func(p *operation) {
		for _, list := range [][]part{p.asked, p.given, p.taken} {
			for _, part := range list {
				if !g.isArea(part.place) {
					places[part.place] = true
				}
			}
		}
	}
	for _, p := range g.all() {
		if p == about || p.cell >= 0 && p.cell == about.cell {
			note(p)
		}
	}
	cells := map[int32]bool{about.cell: true}
	touches := func(p *operation) bool {
		for _, list := range [][]part{p.asked, p.given, p.taken} {
			for _, part := range list {
				if places[part.place] {
					return true
				}
			}
		}
		return false
	}
	for _, p := range g.all() {
		if p.cell >= 0 && touches(p) {
			cells[p.cell] = true
		}
	}
	for _, p := range g.all() {
		if p == about || p.cell >= 0 && cells[p.cell] || touches(p) {
			near = append(near, p)
		}
	}
	slices.SortStableFunc(near, func(a, b *operation) int { return int(min(1, max(-1, a.called-b.called))) })
	return near
}

// tail are the last of the operations called before one returned.
func tail(near []*operation, about *operation, most int) (some []*operation) {
	for _, p := range near {
		if p.called <= about.returned && p.Op != about.Op {
			some = append(some, p)
		}
	}
	some = append(some[max(0, len(some)-most+1):], about)
	return some
}
