package seatmap

// The only writers of slots and areas: they keep the state hash and the counts.

// tally is a number of places by status.
type tally [StatusBlocked + 1]int32

// setSlot gives a slot its status, owner and link.
func (m *Map) setSlot(slot uint32, status Status, owner, next uint32) {
	wasStatus, wasOwner, wasNext := m.status.edit(slot), m.owner.edit(slot), m.next.edit(slot)
	m.sum += slotElement(slot, status, owner, next) - slotElement(slot, *wasStatus, *wasOwner, *wasNext)
	if was := *wasStatus; was != status {
		category, section := m.plan.CategoryOf(slot), m.plan.SectionOf(slot)
		m.tally(category, section, was, -1)
		m.tally(category, section, status, 1)
		if m.seating != nil && (was == StatusFree || status == StatusFree) {
			m.seating.change(slot, status == StatusFree)
		}
	}
	*wasStatus, *wasOwner, *wasNext = status, owner, next
}

// moveArea moves places of an area from one status to another.
func (m *Map) moveArea(area uint32, from, to Status, places int32) {
	a := m.areas.edit(area)
	m.sum -= areaElement(area, a)
	*a.places(from) -= places
	*a.places(to) += places
	m.sum += areaElement(area, a)
	spec := &m.plan.areas[area]
	m.tally(spec.Category, spec.Section, from, -places)
	m.tally(spec.Category, spec.Section, to, places)
}

// places is the number of an area's places that have a status.
func (a *AreaState) places(status Status) *int32 {
	switch status {
	case StatusHeld:
		return &a.Held
	case StatusSold:
		return &a.Sold
	case StatusBlocked:
		return &a.Blocked
	}
	return &a.Free
}

func (m *Map) tally(category, section int, status Status, places int32) {
	m.tallies.edit(0)[status] += places
	m.tallies.edit(uint32(1 + category))[status] += places
	if section >= 0 {
		m.tallies.edit(uint32(1 + len(m.plan.categories) + section))[status] += places
	}
}

// own links free slots to an opened hold as its chain, in this order, and gives them a status.
func (m *Map) own(number uint32, h *hold, slots []uint32, status Status) {
	next := none
	for i := len(slots) - 1; i >= 0; i-- {
		m.setSlot(slots[i], status, number, next)
		next = slots[i]
	}
	h.firstSlot = next
}

// claimAreas gives an opened hold, which has no claims yet, a claim for every area picked.
func (m *Map) claimAreas(h *hold, areas []areaPick, status Status) {
	last := none
	for _, a := range areas {
		m.moveArea(a.area, StatusFree, status, a.quantity)
		c := claim{place: uint32(m.plan.slots) + a.area, quantity: uint32(a.quantity), next: none}
		if status == StatusSold {
			c.ticket = m.areaTicket(c.quantity)
		}
		last = m.appendClaim(&h.firstClaim, last, c)
	}
}

// areaTicket numbers the tickets of places in areas: beyond the slots, which are the numbers of the other tickets.
func (m *Map) areaTicket(places uint32) (first uint32) {
	first = uint32(m.plan.slots) + m.areaTickets
	m.areaTickets += places
	return first
}

// vacate frees everything that an opened hold has.
func (m *Map) vacate(h *hold, status Status) {
	for slot := h.firstSlot; slot != none; {
		next := *m.next.at(slot)
		m.setSlot(slot, StatusFree, none, none)
		slot = next
	}
	for number := h.firstClaim; number != none; {
		c := m.claims.at(number)
		m.moveArea(c.place-uint32(m.plan.slots), status, StatusFree, int32(c.quantity))
		number = c.next
	}
	m.freeClaims(h.firstClaim)
	h.firstSlot, h.firstClaim = none, none
	m.addPlaces(h, -int(h.places))
}
