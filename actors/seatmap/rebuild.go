package seatmap

// rebuild makes everything that snapshots leave out: counts of places, the heap, the indexes, the sum. First it checks the
// records, so that it can walk them, and then what was made of them.
func (m *Map) rebuild() error {
	if err := m.checkRecords(); err != nil {
		return err
	}
	m.recount()
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
			m.holdIDs.insert(hashID(h.id), number, m.holdHash)
		}
	}
	for number := range m.buyers.high {
		if m.buyers.at(number).holds > 0 {
			m.buyerNames.insert(m.buyerHash(number), number, m.buyerHash)
		}
	}
	for _, l := range []*ledger{&m.changes, &m.unchanged} {
		for number := l.records.head; number < l.records.tail; number++ {
			r := l.records.at(number)
			l.keys.insert(hashID(r.key), uint32(number)&indexNumberMask, l.rehash)
			if r.code != CodeOK {
				l.bytes += textSize(m.text.get(text(r.about)))
			}
		}
	}
	m.sum = m.resum()
	return m.checkDerived()
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
