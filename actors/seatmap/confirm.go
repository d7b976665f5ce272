package seatmap

// confirm decides OpConfirm: a held hold becomes an order, in every state of the sale.
func (m *Map) confirm(d *decision) Code {
	if code := d.checkTexts(); code != CodeOK {
		return code
	}
	number, ok := m.findHold(d.req.ID)
	if !ok {
		return CodeUnknownHold
	}
	h := m.holds.at(number)
	switch h.state {
	case HoldHeld:
		m.sell(number, d.req.Reference)
	case HoldExpired:
		if !d.req.Retake {
			return CodeHoldExpired
		}
		if code := m.retake(d, number); code != CodeOK {
			return code
		}
	case HoldReleased:
		return CodeHoldReleased
	default:
		if m.text.get(h.reference) != d.req.Reference {
			return d.refuse(CodeHoldConfirmed, "confirmed with another reference")
		}
		d.hold = number
		return CodeOK
	}
	d.hold, d.changed = number, true
	return CodeOK
}

// sell makes a held hold an order.
func (m *Map) sell(number uint32, reference string) {
	m.unschedule(number)
	h := m.open(number)
	for slot := h.firstSlot; slot != none; {
		next := *m.next.at(slot)
		m.setSlot(slot, StatusSold, number, next)
		slot = next
	}
	for i := h.firstClaim; i != none; {
		m.sum -= m.claimElement(i)
		c := m.claims.edit(i)
		c.ticket = m.areaTicket(c.quantity)
		m.sum += m.claimElement(i)
		m.moveArea(c.place-uint32(m.plan.slots), StatusHeld, StatusSold, int32(c.quantity))
		i = c.next
	}
	m.becomeOrder(h, reference)
	m.close(number)
}

func (m *Map) becomeOrder(h *hold, reference string) {
	h.reference = m.text.put(reference)
	h.deadlineMillis = 0
	m.setState(h, HoldConfirmed)
}

// retake makes a lapsed hold an order if all its places are still free. A late payment does not lift the buyer's limit.
func (m *Map) retake(d *decision, number uint32) Code {
	if m.config.State == SaleDraft {
		return d.refuse(CodeNotOnSale, "the event is a draft")
	}
	h := m.holds.at(number)
	p := &m.scratch.add
	m.pickPast(p, h.past)
	if !m.withinLimit(m.buyerName(h.buyer), p.places) {
		return CodeBuyerLimit
	}
	if code := m.checkFree(d, p); code != CodeOK {
		return code
	}
	h = m.open(number)
	m.unbury(h)
	h.position = none
	m.own(number, h, p.slots, StatusSold)
	m.claimAreas(h, p.areas, StatusSold)
	m.addPlaces(h, int(p.places))
	m.becomeOrder(h, d.req.Reference)
	m.close(number)
	m.tidy(number)
	return CodeOK
}

// pickPast picks the places of a roster.
func (m *Map) pickPast(into *picks, number uint32) {
	into.reset()
	slots := uint32(m.plan.slots)
	for i := m.rosters.at(number).first; i != none; i = m.claims.at(i).next {
		c := m.claims.at(i)
		into.places += int64(c.quantity)
		if c.place < slots {
			into.slots = append(into.slots, c.place)
		} else {
			into.areas = append(into.areas, areaPick{area: c.place - slots, quantity: int32(c.quantity)})
		}
	}
}
