package seatmap

// Rosters remember places that holds had once, for tombstones and for remembered answers.

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
