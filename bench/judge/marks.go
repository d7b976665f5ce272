package judge

import (
	"cmp"
	"slices"

	"github.com/parterre/parterre/bench/history"
)

// mark is a moment that changes what may be, though nobody was answered anything.
type mark struct {
	what moments
	at   int64
	p    *operation
	// after is how many operations had returned before: each of them comes before the mark.
	after int32
}

// moments are what a mark can be.
type moments uint8

const (
	opened   moments = iota // an operation of unknown outcome was called: its effect is possible from now on
	mayEnd                  // the hold's deadline may have passed in log time
	mustEnd                 // it must have
	mayEndBy                // the deadline that an extension of unknown outcome gave may have passed
)

// marks are those of a group. What may be from a moment on is possible as soon as all that had returned before it is in
// order; what must be is so as soon as anything that was called after it is in order. Both make the sets of the state as
// large as the order allows, and a larger set accepts whatever a smaller one does: so no other position need be tried.
type marks struct {
	may, must []mark
	ended     map[int32]int64 // cells that were surely not held any more from a moment on
}

func (m *marks) opened(p *operation) {
	p.open = true
	m.may = append(m.may, mark{what: opened, at: p.called, p: p})
}

func (m *marks) deadline(p *operation, slack int64) {
	m.may = append(m.may, mark{what: mayEnd, at: p.deadline - slack, p: p})
	m.must = append(m.must, mark{what: mustEnd, at: p.deadline + lapseGrace + slack, p: p})
}

func (m *marks) extended(p *operation, slack int64) {
	m.may = append(m.may, mark{what: mayEndBy, at: p.called + int64(p.TTLSeconds)*1e9 - slack, p: p})
}

func (m *marks) end(p *operation) {
	if m.ended == nil {
		m.ended = map[int32]int64{}
	}
	if at, ok := m.ended[p.cell]; !ok || p.returned < at {
		m.ended[p.cell] = p.returned
	}
}

// number puts the marks in order, without those that say nothing; returns are the operations in the order of their returns.
func (m *marks) number(returns []*operation) {
	m.may, m.must = m.sort(m.may), m.sort(m.must)
	for i := range m.may {
		at, _ := slices.BinarySearchFunc(returns, m.may[i].at, func(p *operation, at int64) int { return cmp.Compare(p.returned, at) })
		m.may[i].after = int32(at)
	}
}

func (m *marks) sort(list []mark) []mark {
	type same struct {
		cell int32
		at   int64
		what moments
	}
	seen := map[same]bool{}
	list = slices.DeleteFunc(list, func(k mark) bool {
		if k.what == opened {
			return false
		}
		key := same{k.p.cell, k.at, k.what}
		twice := seen[key]
		seen[key] = true
		ended, ok := m.ended[k.p.cell]
		return twice || ok && k.at > ended
	})
	slices.SortStableFunc(list, func(a, b mark) int { return cmp.Compare(a.at, b.at) })
	return list
}

// until lets all pass that must have passed before an operation was called.
func (g *group) until(s *state, p *operation) {
	for int(s.must) < len(g.marks.must) && g.marks.must[s.must].at < p.called {
		g.pass(s, &g.marks.must[s.must])
		s.must++
	}
}

// since lets all become possible that may be now that an operation is in order.
func (g *group) since(s *state, p *operation) {
	const bits = 64
	word := p.place / bits
	s.done = s.done.with(word, s.done.at(word)|1<<(p.place%bits))
	for s.done.at(s.front/bits)&(1<<(s.front%bits)) != 0 {
		s.front++
	}
	g.passed(s)
}

func (g *group) passed(s *state) {
	for int(s.may) < len(g.marks.may) && g.marks.may[s.may].after <= s.front {
		g.pass(s, &g.marks.may[s.may])
		s.may++
	}
}

// pass lets time pass, or something of unknown outcome become possible.
func (g *group) pass(s *state, m *mark) {
	p := m.p
	if p.Kind == history.KindBlock || p.Kind == history.KindUnblock {
		g.openBlock(s, p)
		return
	}
	if p.cell < 0 {
		return
	}
	next := *s.cells.at(p.cell)
	switch m.what {
	case mayEnd:
		next.may = max(next.may, p.deadline)
	case mustEnd:
		next.must = max(next.must, p.deadline)
	case mayEndBy:
		next.leaves |= mayLapse
	default:
		open(&next, p, g.c.strangers)
	}
	g.put(s, p.cell, &next)
}
