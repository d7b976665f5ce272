package seatmap

// cancel decides OpCancel: the places of the tickets named, or of all that are left, are free again.
func (m *Map) cancel(d *decision) Code {
	number, ok := m.findHold(d.req.ID)
	if !ok {
		return CodeUnknownOrder
	}
	h := m.holds.at(number)
	if h.state != HoldConfirmed && h.state != HoldCancelled {
		return CodeUnknownOrder
	}
	for i, ticket := range d.req.Tickets {
		if !m.hasTicket(number, h, ticket) || namedBefore(d.req.Tickets, i) {
			return d.invalid(field("", "tickets", i), "is not part of the order, or not any more")
		}
	}
	d.hold = number
	if h.state == HoldCancelled {
		return CodeOK
	}
	d.changed = true
	h = m.open(number)
	m.spill(h, h.receipts > 0)
	if len(d.req.Tickets) == 0 {
		m.vacate(h, StatusSold)
	} else {
		m.freeTickets(number, h, d.req.Tickets)
	}
	if h.places == 0 {
		m.setState(h, HoldCancelled)
	}
	m.close(number)
	return CodeOK
}

// hasTicket reports whether a ticket is part of an order.
func (m *Map) hasTicket(number uint32, h *hold, ticket uint32) bool {
	if ticket < uint32(m.plan.slots) {
		return *m.owner.at(ticket) == number
	}
	return m.claimWithTicket(h, ticket) != none
}

// claimWithTicket is the claim of an order that a ticket for an area belongs to, or none.
func (m *Map) claimWithTicket(h *hold, ticket uint32) uint32 {
	number := h.firstClaim
	for number != none {
		c := m.claims.at(number)
		if ticket >= c.ticket && ticket-c.ticket < c.quantity {
			break
		}
		number = c.next
	}
	return number
}

// namedBefore reports whether a ticket stands earlier in the list, too. An order has at most MaxPlacesPerHold tickets,
// and every ticket before was found to be one of them.
func namedBefore(tickets []uint32, i int) bool {
	for _, earlier := range tickets[:i] {
		if earlier == tickets[i] {
			return true
		}
	}
	return false
}

// freeTickets frees the places of some tickets of an opened order.
func (m *Map) freeTickets(number uint32, h *hold, tickets []uint32) {
	for _, ticket := range tickets {
		if ticket >= uint32(m.plan.slots) {
			m.freeAreaTicket(h, ticket)
		} else {
			m.setSlot(ticket, StatusFree, none, *m.next.at(ticket)) // the link goes when the chain is made anew
		}
	}
	kept := m.keptSlots(m.scratch.slots[:0], number, h, false)
	kept = m.keptSlots(kept, number, h, true)
	for _, ticket := range tickets {
		if ticket < uint32(m.plan.slots) {
			m.setSlot(ticket, StatusFree, none, none)
		}
	}
	m.own(number, h, kept, StatusSold)
	m.scratch.slots = kept
	m.addPlaces(h, -len(tickets))
}

// freeAreaTicket frees one place of an area; a ticket from the middle splits its claim.
func (m *Map) freeAreaTicket(h *hold, ticket uint32) {
	number := m.claimWithTicket(h, ticket)
	was := *m.claims.at(number)
	m.moveArea(was.place-uint32(m.plan.slots), StatusSold, StatusFree, 1)
	before, after := ticket-was.ticket, was.quantity-(ticket-was.ticket)-1
	left := was
	switch {
	case before == 0:
		left.ticket, left.quantity = was.ticket+1, after
	case after == 0:
		left.quantity = before
	default:
		rest := m.claims.take()
		*m.claims.edit(rest) = claim{place: was.place, quantity: after, ticket: ticket + 1, next: was.next}
		m.sum += m.claimElement(rest)
		left.quantity, left.next = before, rest
	}
	m.sum -= m.claimElement(number)
	*m.claims.edit(number) = left
	m.sum += m.claimElement(number)
	if left.quantity == 0 {
		m.unlinkClaim(h, number)
	}
}
