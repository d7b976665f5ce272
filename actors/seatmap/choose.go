package seatmap

import "slices"

// seatingScratch is memory that choices use again.
type seatingScratch struct {
	view      view
	spans     []span
	wanted    []bool  // by category: of the filter
	sections  []int32 // of the filter, in order
	bySection bool    // the filter names sections
	chosen    []uint32
	window    []uint32 // slots
	split     splitTable
}

func (f *seatingScratch) begin(words, categories int) {
	f.wanted = make([]bool, categories)
	f.view = view{
		starts: make([]uint64, words), clean: make([]uint64, words),
		joints: make([]uint64, words), run: make([]uint64, words),
	}
}

func (f *seatingScratch) heapBytes() int {
	return 8*4*cap(f.view.starts) + cap(f.wanted) + 12*cap(f.spans) + 4*cap(f.sections) + 4*cap(f.chosen) + 4*cap(f.window)
}

// choose picks the best seats for a wish that was checked, before the tables of p. The score stands in allocation.go.
// False means that there are none.
func (m *Map) choose(w *Wish, p *picks) bool {
	if m.seating == nil {
		m.seating = newSeating(m)
	}
	s := m.seating
	s.obey(m.config.Orphans)
	m.filter(s, w)
	if !s.seat(m, w) {
		return false
	}
	chosen := s.scratch.chosen
	slices.Sort(chosen)
	p.slots = slices.Insert(p.slots, 0, chosen...)
	p.seats = len(chosen)
	p.places += int64(len(chosen))
	return true
}

// seat makes the tries of a wish and leaves the seats in scratch.chosen.
func (s *seating) seat(m *Map, w *Wish) bool {
	s.scratch.chosen = s.scratch.chosen[:0]
	party := int(w.Quantity)
	counts := s.freeSeats()
	if w.Accessible > 0 {
		return counts[0]+counts[1] >= uint32(party) && s.seatAccessible(m, w)
	}
	if counts[0] >= uint32(party) && s.seatFrom(m, w, ordinary) {
		return true
	}
	return counts[1] > 0 && counts[0]+counts[1] >= uint32(party) && s.seatFrom(m, w, everyone)
}

// seatFrom makes the tries with the seats of one class, of which there are enough.
func (s *seating) seatFrom(m *Map, w *Wish, kind int) bool {
	party := int(w.Quantity)
	if w.Together == TogetherAny {
		s.takeBest(party, kind)
		return true
	}
	if slot := s.block(m, party, kind); slot != none {
		s.take(slot, uint32(party))
		return true
	}
	if w.Together == TogetherRequire {
		return false
	}
	return s.split(party, kind) || s.scatter(m, party, kind)
}

// take chooses size neighbours from slot on.
func (s *seating) take(slot, size uint32) {
	for i := range size {
		s.scratch.chosen = append(s.scratch.chosen, slot+i)
	}
}

// block is the first slot of the best block for a party, or none: tries 1 and 2.
func (s *seating) block(m *Map, party, kind int) uint32 {
	if uint32(party) > s.l.longest {
		return none
	}
	if party > maxTreeParty {
		return s.blockByScan(m, party, kind)
	}
	c := s.class(kind)
	c.ask(party)
	if m.config.Orphans != OrphansAllow {
		if slot := s.bestBlock(&c.clean[party]); slot != none {
			return slot
		}
	}
	return s.bestBlock(&c.blocks[party])
}

// bestBlock is the first slot of the best block of a tree within the filter.
func (s *seating) bestBlock(t *tree) uint32 {
	best := noScore
	for _, sp := range s.scratch.spans {
		best = min(best, t.best(s.l, sp))
	}
	return blockOf(best)
}

// blockByScan looks at every bank, for parties that have no trees.
func (s *seating) blockByScan(m *Map, party, kind int) uint32 {
	slots, best := [2]uint32{none, none}, [2]uint64{noScore, noScore}
	for _, sp := range s.scratch.spans {
		for number := sp.from; number < sp.to; number++ {
			if s.l.lines[s.l.banks[number].line].count < uint32(party) {
				continue
			}
			v := &s.scratch.view
			s.look(v, number, kind, party, s.refuse)
			clean, all := s.bestOf(v)
			for i, slot := range [2]uint32{clean, all} {
				if slot != none && s.l.blockScore(slot, v.size) < best[i] {
					slots[i], best[i] = slot, s.l.blockScore(slot, v.size)
				}
			}
		}
	}
	if m.config.Orphans != OrphansAllow && slots[0] != none {
		return slots[0]
	}
	return slots[1]
}
