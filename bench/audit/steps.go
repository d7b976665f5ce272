package audit

import (
	"cmp"
	"slices"
)

// steps is a number that changes over time: how many places had owners. Additions come first, then build, then questions.
type steps struct {
	changes []change
	times   []int64 // of the steps
	tree    []int64 // segment tree of the greatest value; the values are its second half
}

type change struct{ at, by int64 }

// add counts by more in [from, to).
func (s *steps) add(from, to, by int64) {
	if from < to {
		s.changes = append(s.changes, change{from, by}, change{to, -by})
	}
}

func (s *steps) build() {
	slices.SortFunc(s.changes, func(a, b change) int { return cmp.Compare(a.at, b.at) })
	sum := int64(0)
	var values []int64
	for i, c := range s.changes {
		sum += c.by
		if i+1 == len(s.changes) || s.changes[i+1].at != c.at {
			s.times, values = append(s.times, c.at), append(values, sum)
		}
	}
	s.changes = nil
	n := len(values)
	s.tree = make([]int64, 2*n)
	copy(s.tree[n:], values)
	for i := n - 1; i > 0; i-- {
		s.tree[i] = max(s.tree[2*i], s.tree[2*i+1])
	}
}

// most is the greatest value, and when it was reached first.
func (s *steps) most() (value, when int64) {
	n := len(s.times)
	for i := range n {
		if v := s.tree[n+i]; v > value {
			value, when = v, s.times[i]
		}
	}
	return value, when
}

// mostIn is the greatest value in [from, to].
func (s *steps) mostIn(from, to int64) int64 {
	n := len(s.times)
	// The step that holds at from began at or before it.
	lo, exact := slices.BinarySearch(s.times, from)
	if !exact {
		lo--
	}
	hi, exact := slices.BinarySearch(s.times, to)
	if exact {
		hi++
	}
	most := int64(0) // before the first step nothing was owned
	for lo, hi = max(lo, 0)+n, hi+n; lo < hi; lo, hi = lo/2, hi/2 {
		if lo&1 == 1 {
			most = max(most, s.tree[lo])
			lo++
		}
		if hi&1 == 1 {
			hi--
			most = max(most, s.tree[hi])
		}
	}
	return most
}
