package seatmap

import "slices"

// accessibleTable is the best blocks by size and number of accessible seats, in rows that stand one behind the other.
type accessibleTable struct {
	first uint32 // bank of the first row
	rows  int
	slots [MaxSplitGroups][maxTreeParty][maxTreeParty]uint32
}

// accessibleSplit is a split of a party that needs accessible seats.
type accessibleSplit struct {
	groups, beyond, ones int
	ranks                uint64
	row                  uint32 // group number of the first row
	category             uint32
	sizes, slots         [MaxSplitGroups]uint32
}

// before reports whether a is better than b: the order of allocation.go, part by part.
func (a *accessibleSplit) before(b *accessibleSplit) bool {
	switch {
	case a.groups != b.groups:
		return a.groups < b.groups
	case a.beyond != b.beyond:
		return a.beyond < b.beyond
	case a.ones != b.ones:
		return a.ones < b.ones
	case a.ranks != b.ranks:
		return a.ranks < b.ranks
	case a.row != b.row:
		return a.row < b.row
	case a.category != b.category:
		return a.category < b.category
	case a.sizes != b.sizes:
		return slices.Compare(a.sizes[:], b.sizes[:]) < 0
	}
	return slices.Compare(a.slots[:], b.slots[:]) < 0
}

// accessibleSearch is the search for the best split that begins in one row.
type accessibleSearch struct {
	l            *layout
	t            accessibleTable
	party, needs int
	best         accessibleSplit // of no groups: none was found yet
}

// splitAccessible makes try 3 for a party that needs accessible seats, of at most maxTreeParty. A split that serves has an
// accessible row among its own: so it begins in one, or in one of the three before.
func (s *seating) splitAccessible(party, needs int) bool {
	if party < 2 || party > maxTreeParty {
		return false
	}
	x := accessibleSearch{l: s.l, party: party, needs: needs}
	for _, sp := range s.scratch.spans {
		next := sp.from
		for _, number := range s.l.wheels(sp) {
			first := next
			if number-sp.from >= MaxSplitGroups {
				first = max(next, number-MaxSplitGroups+1)
			}
			for ; first <= number; first++ {
				s.splitFrom(&x, first, sp.category)
			}
			next = first
		}
	}
	for row, size := range x.best.sizes {
		if size > 0 {
			s.take(x.best.slots[row], size)
		}
	}
	return x.best.groups > 0
}

// splitFrom tries the splits that begin in a bank.
func (s *seating) splitFrom(x *accessibleSearch, first, category uint32) {
	rows, wheels := 1, s.freeWheels(first)
	for rows < MaxSplitGroups && s.l.behind(first+uint32(rows)-1) {
		wheels += s.freeWheels(first + uint32(rows))
		rows++
	}
	if wheels < x.needs {
		return
	}
	s.layAccessible(&x.t, first, rows, x.party)
	row := s.l.lines[s.l.banks[first].line].group
	for groups := 2; groups <= rows && (x.best.groups == 0 || groups <= x.best.groups); groups++ {
		x.walk(0, x.party, 0, accessibleSplit{groups: groups, row: row, category: category})
	}
}

// layAccessible fills the table with a bank and the rows behind it. Rows that the table has already it keeps.
func (s *seating) layAccessible(t *accessibleTable, first uint32, rows, party int) {
	known := 0
	if t.rows > 0 && first > t.first && first-t.first < uint32(t.rows) {
		known = copy(t.slots[:], t.slots[first-t.first:t.rows])
	}
	t.first, t.rows = first, rows
	v := &s.scratch.view
	for row := known; row < rows; row++ {
		for size := 1; size < party; size++ {
			best := &t.slots[row][size]
			for i := range best {
				best[i] = none
			}
			s.look(v, first+uint32(row), everyone, size, s.refuse)
			for slot := range v.blocks {
				old := &best[s.accessibleSeats(v, slot)]
				if s.l.blockScore(slot, v.size) < s.l.blockScore(*old, v.size) {
					*old = slot
				}
			}
		}
	}
}

// walk seats what is left of the party in the rows from this one on, in every way, and keeps the best. An accessible seat
// is never a group of its own: somebody of the party sits beside it.
func (x *accessibleSearch) walk(row, left, accessible int, split accessibleSplit) {
	rest := split.groups - row - 1 // rows behind this one
	from := 1
	if rest == 0 {
		from = left
	}
	for size := from; size <= left-rest && size < x.party; size++ {
		for n, slot := range x.t.slots[row][size] {
			if slot == none || size == 1 && n > 0 {
				continue
			}
			next := split
			next.sizes[row], next.slots[row] = uint32(size), slot
			next.ranks += x.l.sums[slot+uint32(size)] - x.l.sums[slot]
			if size == 1 {
				next.ones++
			}
			if rest > 0 {
				x.walk(row+1, left-size, accessible+n, next)
				continue
			}
			next.beyond = accessible + n - x.needs
			if next.beyond >= 0 && (x.best.groups == 0 || next.before(&x.best)) {
				x.best = next
			}
		}
	}
}
