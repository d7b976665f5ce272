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

// spill keeps a roster of the places of an opened hold that is about to lose or change them, and begins a new epoch. If
// nothing can ask for the places of the old epoch, no roster is kept.
func (m *Map) spill(h *hold, keep bool) {
	if keep {
		number := m.rosters.take()
		*m.rosters.edit(number) = roster{epoch: h.epoch, places: uint32(h.places), first: m.copyPlaces(h), next: h.past}
		m.sum += m.rosterElement(number)
		h.past = number
	}
	h.epoch++
}

// copyPlaces copies a hold's places into a chain of claims.
func (m *Map) copyPlaces(h *hold) (first uint32) {
	first, last := none, none
	for slot := h.firstSlot; slot != none; slot = *m.next.at(slot) {
		last = m.appendClaim(&first, last, claim{place: slot, quantity: 1, ticket: slot, next: none})
	}
	for number := h.firstClaim; number != none; number = m.claims.at(number).next {
		copied := *m.claims.at(number)
		copied.next = none
		last = m.appendClaim(&first, last, copied)
	}
	return first
}

// appendClaim puts a new claim behind the last one of a chain, or first.
func (m *Map) appendClaim(first *uint32, last uint32, c claim) (number uint32) {
	number = m.claims.take()
	*m.claims.edit(number) = c
	m.sum += m.claimElement(number)
	if last == none {
		*first = number
		return number
	}
	m.sum -= m.claimElement(last)
	m.claims.edit(last).next = number
	m.sum += m.claimElement(last)
	return number
}

// freeClaims gives a chain of claims back.
func (m *Map) freeClaims(first uint32) {
	for number := first; number != none; {
		next := m.claims.at(number).next
		m.sum -= m.claimElement(number)
		m.claims.give(number)
		number = next
	}
}

// rosterOf is the roster of an epoch that is over.
func (m *Map) rosterOf(h *hold, epoch uint32) uint32 {
	number := h.past
	for m.rosters.at(number).epoch != epoch {
		number = m.rosters.at(number).next
	}
	return number
}

// freeRosters gives back the rosters of an opened hold.
func (m *Map) freeRosters(h *hold) {
	for h.past != none {
		number := h.past
		r := *m.rosters.at(number)
		m.freeClaims(r.first)
		m.sum -= m.rosterElement(number)
		m.rosters.give(number)
		h.past = r.next
	}
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

// bury makes an opened hold a tombstone.
func (m *Map) bury(number uint32, h *hold, state HoldState, now int64) {
	m.setState(h, state)
	h.deadlineMillis = now
	h.position = uint32(m.tombstones.push(number))
	m.buried++
}

// unbury takes an opened hold out of the tombstones.
func (m *Map) unbury(h *hold) {
	q := &m.tombstones
	*q.edit(q.head + uint64(h.position-uint32(q.head))) = none
	m.buried--
	m.skipUnburied()
}

func (m *Map) skipUnburied() {
	q := &m.tombstones
	for q.count() > 0 && *q.at(q.head) == none {
		q.pop()
	}
}

// forgetTombstone forgets the oldest tombstone: its id is unknown from now on.
func (m *Map) forgetTombstone() {
	number := *m.tombstones.at(m.tombstones.head)
	h := m.open(number)
	m.unbury(h)
	m.holdIDs.remove(hashID(h.id), number, m.holdHash)
	m.byState[h.state]--
	h.state = holdForgotten
	m.close(number)
	m.tidy(number)
}

// boundTombstones forgets the oldest tombstones beyond the limit.
func (m *Map) boundTombstones() {
	for m.buried > m.limits.tombstones {
		m.forgetTombstone()
	}
}
