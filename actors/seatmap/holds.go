package seatmap

// The life of a hold's record: opened and closed around every change (so that the state hash follows), found by id, and
// given back when neither the hold nor a remembered key needs it.

// open begins a change of a hold's record.
func (m *Map) open(number uint32) *hold {
	m.sum -= m.holdElement(number)
	return m.holds.edit(number)
}

// close ends what open began.
func (m *Map) close(number uint32) { m.sum += m.holdElement(number) }

// eachHold lists the holds for the index of their ids.
func (m *Map) eachHold(place func(hash uint64, number uint32)) {
	for number := range m.holds.high {
		if h := m.holds.at(number); h.state != 0 && h.state != holdForgotten {
			place(hashID(h.id), number)
		}
	}
}

func (m *Map) holdHash(number uint32) uint64 { return hashID(m.holds.at(number).id) }

func (m *Map) findHold(id ID) (number uint32, ok bool) {
	for at := m.holdIDs.start(hashID(id)); ; {
		number, ok = m.holdIDs.next(&at)
		if !ok || m.holds.at(number).id == id {
			return number, ok
		}
	}
}

// setState moves an opened hold from one state to another and counts.
func (m *Map) setState(h *hold, state HoldState) {
	if h.state != 0 {
		m.byState[h.state]--
	}
	h.state = state
	m.byState[state]++
}

// tidy gives back what nobody can ask for any more: rosters when no key tells of them and no retake needs them, and the
// whole record when its tombstone is forgotten, too.
func (m *Map) tidy(number uint32) {
	h := m.holds.at(number)
	if h.receipts > 0 || h.state == HoldExpired {
		return
	}
	if h.past != none {
		m.freeRosters(m.open(number))
		m.close(number)
	}
	if h = m.holds.at(number); h.state == holdForgotten {
		m.sum -= m.holdElement(number)
		m.text.drop(h.reference)
		m.leaveBuyer(h.buyer)
		m.holds.give(number)
	}
}
