package seatmap

import "math/bits"

// window is the last free seats of a walk through the house, as many as the party is large.
type window struct {
	slots []uint32 // a ring
	count int      // seats of the walk so far
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
				w.count, w.ranks = 0, 0
			}
			s.slide(w, number, kind)
		}
	}
	if w.best == noScore {
		w.count, w.ranks = 0, 0
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
	first, party := int(at.word), len(w.slots)
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
			slot := at.first + uint32(i<<6+bits.TrailingZeros64(fit))
			oldest := &w.slots[w.count%party]
			if w.count >= party {
				w.ranks -= l.blockRanks(*oldest)
			}
			*oldest = slot
			w.ranks += l.blockRanks(slot)
			if w.count++; w.count < party {
				continue
			}
			from := w.slots[w.count%party]
			score := uint64(slot-from)<<rankBits | w.ranks
			if score < w.best || score == w.best && from < w.first {
				w.best, w.first = score, from
				s.scratch.chosen = append(s.scratch.chosen[:0], w.slots...)
			}
		}
	}
}

// blockRanks is the rank of one seat.
func (l *layout) blockRanks(slot uint32) uint64 { return l.sums[slot+1] - l.sums[slot] }

// allowed reports whether a bank passes the filter.
func (s *seating) allowed(number uint32) bool {
	for _, sp := range s.scratch.spans {
		if number >= sp.from && number < sp.to {
			return true
		}
	}
	return false
}
