package seatmap

// takeBest chooses the best single seats one after the other: each is taken out of the tree before the next is asked for,
// and all are put back, since taking them is the hold's business.
func (s *seating) takeBest(party, kind int) {
	c := s.class(kind)
	c.ask(0)
	for range party {
		slot := s.bestBlock(&c.blocks[0])
		s.take(slot, 1)
		s.pretend(c, slot)
	}
	for _, slot := range s.scratch.chosen {
		s.pretend(c, slot)
	}
}

// pretend takes a seat for the choice of best ranks only, or puts it back.
func (s *seating) pretend(c *class, slot uint32) {
	number := s.l.lineOf[s.plan.group[slot]]
	at := &s.l.lines[number]
	i := slot - at.first
	s.free[at.word+i>>6] ^= 1 << (i & 63)
	for _, b := range s.l.ofLine(number) {
		c.renew(b, 0)
	}
}
