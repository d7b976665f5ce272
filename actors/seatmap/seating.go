package seatmap

// seating is what best available keeps about one event: which seats are free, and trees over the best blocks. It is
// derived from the slots, made at the event's first wish, in no snapshot and no hash: what is decided is the optimum of
// the score, whenever and however often it was made. An event that never gets a wish has none.
//
// setSlot tells it of every seat that becomes free or taken. That marks the row; the trees are brought up to date when
// they are next asked, so that a row that was sold in ten steps is looked at once.
type seating struct {
	plan     *Plan
	l        *layout
	free     []uint64    // in the words of the layout's rows
	standing []uint64    // by line: some seat is free
	counts   [][2]uint32 // by cell: free seats that are ordinary, and that are not
	totals   [][2]uint32 // the same by category
	refuse   bool        // the event's orphan rule is OrphansRefuse: trees hold only the blocks that it allows
	classes  [2]*class   // ordinary; everyone, made when it is first needed

	scratch seatingScratch
}

// The classes of seats: those for everybody, and all.
const (
	ordinary = 0
	everyone = 1
)

func newSeating(m *Map) *seating {
	l := m.plan.layout
	s := &seating{
		plan: m.plan, l: l, free: make([]uint64, len(l.linked)), standing: make([]uint64, (len(l.lines)+63)/64),
		counts: make([][2]uint32, len(l.cells)), totals: make([][2]uint32, len(m.plan.categories)),
	}
	for i := range l.lines {
		at := &l.lines[i]
		for slot := at.first; slot < at.first+at.count; slot++ {
			if *m.status.at(slot) == StatusFree {
				s.change(slot, true)
			}
		}
	}
	words := 0
	for i := range l.lines {
		words = max(words, l.lines[i].words())
	}
	s.scratch.begin(words, len(m.plan.categories))
	return s
}

// change says that a seat became free or taken.
func (s *seating) change(slot uint32, free bool) {
	p := s.plan
	group := p.group[slot]
	if group == noGroup {
		return
	}
	number := s.l.lineOf[group]
	at := &s.l.lines[number]
	i := slot - at.first
	kind := 0
	if p.flags[slot]&(SeatAccessible|SeatCompanion) != 0 {
		kind = 1
	}
	count := &s.counts[s.l.banks[s.l.bankOf(number, p.category[slot])].cell][kind]
	total := &s.totals[p.category[slot]][kind]
	word := &s.free[at.word+i>>6]
	if *word ^= 1 << (i & 63); free {
		*count++
		*total++
		s.standing[number>>6] |= 1 << (number & 63)
	} else {
		*count--
		*total--
		s.sit(number, at)
	}
	for _, c := range s.classes {
		if c != nil {
			c.mark(number)
		}
	}
}

// sit takes a row out of standing if no seat of it is free any more.
func (s *seating) sit(number uint32, at *line) {
	for _, word := range s.free[at.word : int(at.word)+at.words()] {
		if word != 0 {
			return
		}
	}
	s.standing[number>>6] &^= 1 << (number & 63)
}

// class is the class's trees, made when it is first asked for a block.
func (s *seating) class(kind int) *class {
	if s.classes[kind] == nil {
		s.classes[kind] = newClass(s, kind)
	}
	return s.classes[kind]
}

// obey sets the orphan rule. Another rule means other blocks.
func (s *seating) obey(rule OrphanRule) {
	if refuse := rule == OrphansRefuse; refuse != s.refuse {
		s.refuse = refuse
		for _, c := range s.classes {
			if c != nil {
				c.markAll()
			}
		}
	}
}

func (s *seating) heapBytes() int {
	if s == nil {
		return 0
	}
	bytes := 8*(cap(s.free)+cap(s.standing)+cap(s.counts)+cap(s.totals)) + s.scratch.heapBytes()
	for _, c := range s.classes {
		if c != nil {
			bytes += c.heapBytes()
		}
	}
	return bytes
}
