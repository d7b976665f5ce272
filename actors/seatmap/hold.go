package seatmap

// hold decides OpHold and OpSale: all the places, or none.
func (m *Map) hold(d *decision) Code {
	if code := m.checkOnSale(d); code != CodeOK {
		return code
	}
	if code := d.checkTexts(); code != CodeOK {
		return code
	}
	if d.req.ID.IsZero() {
		return d.invalid("hold", "the command names no id for the hold")
	}
	p := &m.scratch.add
	if code := m.pick(d, p, &d.req.Add, ""); code != CodeOK {
		return code
	}
	if len(d.ans.Labels) > 0 {
		return CodeUnknownSeat
	}
	w := &d.req.Wish
	if w.Quantity != 0 {
		if code := m.checkWish(d); code != CodeOK {
			return code
		}
	} else if p.empty() {
		return d.invalid("seats", "choose at least one place")
	}
	places := p.places + int64(w.Quantity)
	if code := m.checkPerHold(d, places, &d.req.Add, ""); code != CodeOK {
		return code
	}
	if !m.withinLimit(d.req.Buyer, places) {
		return CodeBuyerLimit
	}
	if code := m.checkFree(d, p); code != CodeOK {
		return code
	}
	if _, taken := m.findHold(d.req.ID); taken {
		return d.invalid("hold", "the id is another hold's")
	}
	if code := m.checkSeats(d, p); code != CodeOK {
		return code
	}
	d.hold, d.changed = m.newHold(d, p), true
	return CodeOK
}

// checkSeats makes the choice that a wish asks for, or judges the one that was made.
func (m *Map) checkSeats(d *decision, p *picks) Code {
	if d.req.Wish.Quantity == 0 {
		return m.checkOrphans(d, p, &picks{})
	}
	if !m.choose(&d.req.Wish, p) {
		return d.refuse(CodeNotEnoughSeats, "no free seats fit the wish")
	}
	return CodeOK
}

// checkTexts checks the lengths of the caller's words.
func (d *decision) checkTexts() Code {
	if len(d.req.Buyer) > MaxBuyerBytes {
		return d.invalid("buyer", "at most 128 bytes")
	}
	if len(d.req.Reference) > MaxReferenceBytes {
		return d.invalid("reference", "at most 128 bytes")
	}
	return CodeOK
}

// newHold makes the record of a hold, or of an order if it is a sale, and takes the places.
func (m *Map) newHold(d *decision, p *picks) (number uint32) {
	number = m.holds.take()
	h := m.open(number)
	*h = hold{
		id: d.req.ID, buyer: m.joinBuyer(d.req.Buyer), firstSlot: none, firstClaim: none, past: none,
		position: none, book: m.newestBook(),
	}
	status := StatusHeld
	if d.req.Op == OpSale {
		status = StatusSold
		h.reference = m.text.put(d.req.Reference)
		m.setState(h, HoldConfirmed)
	} else {
		h.deadlineMillis = d.now + int64(m.config.HoldTTLSeconds)*1000
		m.setState(h, HoldHeld)
	}
	m.own(number, h, p.slots, status)
	m.claimAreas(h, p.areas, status)
	m.addPlaces(h, int(p.places))
	m.close(number)
	m.holdIDs.insert(hashID(h.id), number, m.eachHold)
	if status == StatusHeld {
		m.schedule(number)
	}
	return number
}

// extend decides OpExtend: a new deadline, counted from now.
func (m *Map) extend(d *decision) Code {
	number, ok := m.findHold(d.req.ID)
	if !ok {
		return CodeUnknownHold
	}
	h := m.holds.at(number)
	if h.state != HoldHeld {
		return ended(h.state)
	}
	if d.req.TTLSeconds < 1 || d.req.TTLSeconds > MaxHoldTTLSeconds {
		return d.invalid("ttl_seconds", "want 1 to 86400")
	}
	if int32(h.extensions) >= m.config.HoldExtensions {
		return d.invalid("ttl_seconds", "no extension is left")
	}
	m.unschedule(number)
	h = m.open(number)
	h.deadlineMillis = d.now + int64(d.req.TTLSeconds)*1000
	h.extensions++
	m.close(number)
	m.schedule(number)
	d.hold, d.changed = number, true
	return CodeOK
}
