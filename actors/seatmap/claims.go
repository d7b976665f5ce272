package seatmap

// Claims stand in chains: the areas of a live hold, or all the places of a roster.

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

// claimOf is the claim of a live hold on an area, or none.
func (m *Map) claimOf(h *hold, area uint32) uint32 {
	number := h.firstClaim
	for number != none && m.claims.at(number).place != uint32(m.plan.slots)+area {
		number = m.claims.at(number).next
	}
	return number
}

// shrinkClaim takes places of an area away from a held hold.
func (m *Map) shrinkClaim(h *hold, a areaPick) {
	m.moveArea(a.area, StatusHeld, StatusFree, a.quantity)
	number := m.claimOf(h, a.area)
	m.sum -= m.claimElement(number)
	c := m.claims.edit(number)
	c.quantity -= uint32(a.quantity)
	m.sum += m.claimElement(number)
	if c.quantity == 0 {
		m.unlinkClaim(h, number)
	}
}

// growClaim gives places of an area to a held hold.
func (m *Map) growClaim(h *hold, a areaPick) {
	m.moveArea(a.area, StatusFree, StatusHeld, a.quantity)
	number := m.claimOf(h, a.area)
	if number == none {
		c := claim{place: uint32(m.plan.slots) + a.area, quantity: uint32(a.quantity), next: none}
		m.appendClaim(&h.firstClaim, m.lastClaim(h), c)
		return
	}
	m.sum -= m.claimElement(number)
	m.claims.edit(number).quantity += uint32(a.quantity)
	m.sum += m.claimElement(number)
}

func (m *Map) lastClaim(h *hold) uint32 {
	last := none
	for number := h.firstClaim; number != none; number = m.claims.at(number).next {
		last = number
	}
	return last
}

// unlinkClaim takes an emptied claim out of an opened hold's chain and gives it back.
func (m *Map) unlinkClaim(h *hold, number uint32) {
	next := m.claims.at(number).next
	if h.firstClaim == number {
		h.firstClaim = next
	} else {
		before := h.firstClaim
		for m.claims.at(before).next != number {
			before = m.claims.at(before).next
		}
		m.sum -= m.claimElement(before)
		m.claims.edit(before).next = next
		m.sum += m.claimElement(before)
	}
	m.claims.give(number)
}
