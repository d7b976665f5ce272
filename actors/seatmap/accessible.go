package seatmap

import (
	"math/bits"
	"slices"
)

// seatAccessible makes the tries for a party that needs accessible seats. They look at every row that has some: such
// parties are few, and so are such rows.
func (s *seating) seatAccessible(m *Map, w *Wish) bool {
	party, needs := int(w.Quantity), int(w.Accessible)
	if slot := s.accessibleBlock(m, party, needs); slot != none {
		s.take(slot, uint32(party))
		return true
	}
	return w.Together != TogetherRequire && s.splitAccessible(party, needs)
}

// accessibleBlock is the first slot of the best block with enough accessible seats, or none.
func (s *seating) accessibleBlock(m *Map, party, needs int) uint32 {
	type choice struct {
		beyond int
		score  uint64
	}
	best := [2]choice{{score: noScore}, {score: noScore}} // that leaves no single; any
	for _, sp := range s.scratch.spans {
		for _, number := range s.l.wheels(sp) {
			if s.freeWheels(number) < needs {
				continue
			}
			v := &s.scratch.view
			s.look(v, number, everyone, party, s.refuse)
			for slot, clean := range v.blocks {
				beyond := s.accessibleSeats(v, slot) - needs
				if beyond < 0 {
					continue
				}
				c := choice{beyond, s.l.blockScore(slot, v.size)}
				for i := range best {
					if (i == 1 || clean) && (best[i].score == noScore || c.beyond < best[i].beyond ||
						c.beyond == best[i].beyond && c.score < best[i].score) {
						best[i] = c
					}
				}
			}
		}
	}
	i := 1
	if m.config.Orphans != OrphansAllow && best[0].score != noScore {
		i = 0
	}
	return blockOf(best[i].score)
}

// wheels lists the banks of a span that have accessible seats.
func (l *layout) wheels(sp span) []uint32 {
	from, _ := slices.BinarySearch(l.withWheels, sp.from)
	to, _ := slices.BinarySearch(l.withWheels, sp.to)
	return l.withWheels[from:to]
}

// freeWheels counts the free accessible seats of a bank.
func (s *seating) freeWheels(number uint32) (seats int) {
	b := &s.l.banks[number]
	at := &s.l.lines[b.line]
	for i := range at.words() {
		word := s.free[int(at.word)+i] & s.l.accessible[int(at.word)+i]
		seats += bits.OnesCount64(s.l.inBank(b, i, word))
	}
	return seats
}

// blocks goes through the blocks of a view in order: first slot, and whether the block leaves no single.
func (v *view) blocks(yield func(slot uint32, clean bool) bool) {
	for i, starts := range v.starts {
		for ; starts != 0; starts &= starts - 1 {
			bit := bits.TrailingZeros64(starts)
			if !yield(v.at.first+uint32(i<<6+bit), v.clean[i]>>bit&1 != 0) {
				return
			}
		}
	}
}

// accessibleSeats counts the accessible seats of a view's block.
func (s *seating) accessibleSeats(v *view, slot uint32) (seats int) {
	bitmap := s.l.accessible[v.at.word : int(v.at.word)+v.at.words()]
	for i := 0; i < int(v.size); i += 64 {
		word := later(bitmap, 0, int(slot-v.at.first)+i)
		if rest := int(v.size) - i; rest < 64 {
			word &= 1<<rest - 1
		}
		seats += bits.OnesCount64(word)
	}
	return seats
}
