package seatmap

import (
	"math/bits"
	"slices"
)

// window is the last free seats of a walk through the house, as many as the party is large.
type window struct {
	slots []uint32 // a ring
	next  int      // where the next seat goes: in a full ring the place of the first one
	full  bool
	ranks uint64
	best  uint64 // extent, then ranks, of the best window so far
	first uint32 // its first slot
}

// scatter makes try 4: the seats nearest to each other in chart order, in one section if one has enough.
func (s *seating) scatter(m *Map, party, kind int) bool {
	if cap(s.scratch.window) < party {
		s.scratch.window = make([]uint32, party)
	}
	w := &window{slots: s.scratch.window[:party], best: noScore}
	section := int32(-2)
	for word, rows := range s.standing {
		for ; rows != 0; rows &= rows - 1 {
			number := uint32(word<<6 + bits.TrailingZeros64(rows))
			if s.l.lines[number].section != section {
				section = s.l.lines[number].section
				w.empty()
			}
			s.slide(w, number, kind)
		}
	}
	if w.best == noScore {
		w.empty()
		for _, number := range s.l.lineOf {
			if number != none {
				s.slide(w, number, kind)
			}
		}
	}
	return w.best != noScore
}

// slide moves the window over the free seats of a row that fit, and keeps the best window in scratch.chosen.
func (s *seating) slide(w *window, number uint32, kind int) {
	l, at := s.l, &s.l.lines[number]
	first := int(at.word)
	for i := range at.words() {
		fit := uint64(0)
		for _, b := range l.ofLine(number) {
			if s.free[first+i] != 0 && s.allowed(b) {
				fit |= l.inBank(&l.banks[b], i, s.free[first+i])
			}
		}
		if kind == ordinary {
			fit &= l.ordinary[first+i]
		}
		for ; fit != 0; fit &= fit - 1 {
			if w.push(l, at.first+uint32(i<<6+bits.TrailingZeros64(fit))) {
				s.scratch.chosen = append(s.scratch.chosen[:0], w.slots...)
			}
		}
	}
}

func (w *window) empty() { w.next, w.full, w.ranks = 0, false, 0 }

// push moves the window to the next seat, and reports whether it is the best so far.
func (w *window) push(l *layout, slot uint32) bool {
	oldest := &w.slots[w.next]
	if w.full {
		w.ranks -= l.sums[*oldest+1] - l.sums[*oldest]
	}
	*oldest = slot
	w.ranks += l.sums[slot+1] - l.sums[slot]
	if w.next++; w.next == len(w.slots) {
		w.next, w.full = 0, true
	}
	if !w.full {
		return false
	}
	from := w.slots[w.next]
	score := uint64(slot-from)<<rankBits | w.ranks
	if score > w.best || score == w.best && from > w.first {
		return false
	}
	w.best, w.first = score, from
	return true
}

// allowed reports whether a bank passes the filter.
func (s *seating) allowed(number uint32) bool {
	f, b := &s.scratch, &s.l.banks[number]
	if !f.wanted[b.category] || !f.bySection {
		return f.wanted[b.category]
	}
	_, ok := slices.BinarySearch(f.sections, s.l.lines[b.line].section)
	return ok
}
