package seatmap

// rebuild makes everything that snapshots leave out: counts of places, the heap, the indexes, the sum. First it checks the
// records, so that it can walk them, and then what can be wrong with what was made of them. (The rest of checkDerived
// compares the counts, the arena and the indexes with the very code that has just made them.)
func (m *Map) rebuild() error {
	if err := m.checkRecords(); err != nil {
		return err
	}
	m.recount()
	if err := m.fillIndexes(); err != nil {
		return err
	}
	for number := range m.holds.high {
		h := m.holds.at(number)
		if h.state == 0 {
			continue
		}
		if h.state == HoldHeld {
			m.schedule(number)
		}
		if h.tombstone() {
			m.buried++
		}
		if h.state != holdForgotten {
			m.byState[h.state]++
		}
	}
	for _, l := range []*ledger{&m.changes, &m.unchanged} {
		for number := l.records.head; number < l.records.tail; number++ {
			if r := l.records.at(number); r.code != CodeOK {
				l.bytes += textSize(m.text.get(text(r.about)))
			}
		}
	}
	m.sum = m.resum()
	for _, check := range []func() error{m.checkAreas, m.checkHeap, m.checkTombstones} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// fillIndexes fills the indexes, which are empty. No two holds have one id, no two buyers one name, no two receipts of a
// ledger one key.
func (m *Map) fillIndexes() error {
	sameHold := func(a, b uint32) bool { return m.holds.at(a).id == m.holds.at(b).id }
	sameBuyer := func(a, b uint32) bool { return m.buyerName(a) == m.buyerName(b) }
	if !m.holdIDs.fill(m.eachHold, sameHold) {
		return broken("two holds have one id")
	}
	if !m.buyerNames.fill(m.eachBuyer, sameBuyer) {
		return broken("two buyers have one name")
	}
	for _, l := range []*ledger{&m.changes, &m.unchanged} {
		sameKey := func(a, b uint32) bool { return l.records.at(l.number(a)).key == l.records.at(l.number(b)).key }
		if !l.keys.fill(l.each, sameKey) {
			return broken("two receipts have one key")
		}
	}
	return nil
}

// recount counts places by status, category and section from the slots, the claims and what is blocked in areas.
func (m *Map) recount() {
	p := m.plan
	for i := range m.tallies.pages {
		clear(m.tallies.pages[i].cells)
	}
	for slot := range uint32(p.slots) {
		m.tally(p.CategoryOf(slot), p.SectionOf(slot), *m.status.at(slot), 1)
	}
	for i := range uint32(len(p.areas)) {
		a := m.areas.edit(i)
		*a = AreaState{Capacity: p.areas[i].Capacity, Free: p.areas[i].Capacity - a.Blocked, Blocked: a.Blocked}
		m.tally(p.areas[i].Category, p.areas[i].Section, StatusFree, a.Free)
		m.tally(p.areas[i].Category, p.areas[i].Section, StatusBlocked, a.Blocked)
	}
	for number := range m.holds.high {
		h := m.holds.at(number)
		if !h.live() {
			continue
		}
		status := StatusHeld
		if h.state == HoldConfirmed {
			status = StatusSold
		}
		for i := h.firstClaim; i != none; i = m.claims.at(i).next {
			c := m.claims.at(i)
			m.moveArea(c.place-uint32(p.slots), StatusFree, status, int32(c.quantity))
		}
	}
}
