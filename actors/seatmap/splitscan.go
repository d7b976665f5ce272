package seatmap

// splitByScan makes try 3 for parties that have no trees: it looks at every row, and leaves the best split in the
// scratch.
func (s *seating) splitByScan(party, kind int) bool {
	t, best, bestScore := &s.scratch.split, splitTable{}, noScore
	for _, sp := range s.scratch.spans {
		t.rows = 0
		for number := sp.from; number < sp.to; number++ {
			t.step()
			for t.rows == 0 || t.rows < MaxSplitGroups && s.l.behind(number+uint32(t.rows)-1) {
				s.layByScan(t, number+uint32(t.rows), party, kind)
			}
			t.group = s.l.lines[s.l.banks[number].line].group
			if score := t.solve(party); score < bestScore {
				best, bestScore = *t, score
			}
		}
	}
	*t = best
	return bestScore < noScore
}

// step moves the table one row back.
func (t *splitTable) step() {
	if t.rows == 0 {
		return
	}
	t.rows--
	copy(t.slots[:], t.slots[1:])
	copy(t.costs[:], t.costs[1:])
	copy(t.most[:], t.most[1:])
}

// layByScan adds the row of a bank to the table.
func (s *seating) layByScan(t *splitTable, number uint32, party, kind int) {
	t.most[t.rows] = 0
	count := int(s.l.lines[s.l.banks[number].line].count)
	for size := 1; size < party; size++ {
		slot := none
		if size <= count {
			s.look(&s.scratch.view, number, kind, size, s.refuse)
			if _, slot = s.bestOf(&s.scratch.view); slot == none && !s.refuse {
				count = 0 // no block, no larger one
			}
		}
		t.set(s.l, t.rows, size, slot)
	}
	t.rows++
}
