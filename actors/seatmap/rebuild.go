package seatmap

// rebuild makes everything that snapshots leave out: counts of places, the heap, the indexes, the sum. First it checks the
// records, so that it can walk them, and then what was made of them.
func (m *Map) rebuild() error {
	if err := m.checkRecords(); err != nil {
		return err
	}
	m.recount()
	m.fillIndexes()
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
	return m.checkDerived()
}

// fillIndexes fills the indexes, which are empty.
func (m *Map) fillIndexes() {
	m.holdIDs.fill(m.eachHold)
	m.buyerNames.fill(m.eachBuyer)
	m.changes.keys.fill(m.changes.each)
	m.unchanged.keys.fill(m.unchanged.each)
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
		a.Free = a.Capacity - a.Blocked
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
