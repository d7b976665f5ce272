package seatmap

// One record of each kind, as it stands in a snapshot; encoderecords.go has the counterparts.

func (m *Map) decodeBuyer(d *decoder, number uint32) {
	b := m.buyers.edit(number)
	if b.holds = d.word(MaxHolds, "buyer"); b.holds > 0 {
		b.places = d.word(none, "buyer")
		b.name = m.text.putBytes(d.text(MaxBuyerBytes, "buyer"))
	}
}

func (m *Map) decodeHold(d *decoder, number uint32) {
	h := m.holds.edit(number)
	h.firstSlot, h.firstClaim, h.past, h.position = none, none, none, none
	if h.state = HoldState(d.octet(255, "hold")); h.state == 0 {
		*h = hold{}
		return
	}
	d.fixed(h.id[:], "hold")
	h.deadlineMillis = d.millis("hold")
	h.buyer = d.link(m.buyers.high, "hold")
	h.reference = m.text.putBytes(d.text(MaxReferenceBytes, "hold"))
	m.decodeSlots(d, number, h)
	h.firstClaim = d.link(decodeClaims, "hold")
	h.past = d.link(decodeClaims, "hold")
	h.epoch = d.word(none, "hold")
	h.receipts = d.word(none, "hold")
	if h.tombstone() {
		h.position = d.word(none, "hold")
	}
	h.places = uint16(d.number(1<<16-1, "hold"))
	h.book = uint16(d.number(MaxPriceBooks, "hold"))
	h.extensions = d.octet(MaxHoldExtensions, "hold")
}

// decodeSlots reads the slots of a hold and links them; a slot has one owner.
func (m *Map) decodeSlots(d *decoder, number uint32, h *hold) {
	last := none
	for !d.failed() {
		slot := d.link(uint32(m.plan.slots), "slot of a hold")
		if slot == none {
			return
		}
		if *m.owner.at(slot) != none {
			d.fail("a slot has two owners")
			return
		}
		*m.owner.edit(slot) = number
		if last == none {
			h.firstSlot = slot
		} else {
			*m.next.edit(last) = slot
		}
		last = slot
	}
}

func (m *Map) decodeClaim(d *decoder, number uint32) {
	c := m.claims.edit(number)
	if c.quantity = d.word(MaxAreaCapacity, "claim"); c.quantity > 0 {
		c.place = d.word(none, "claim")
		c.ticket = d.word(none, "claim")
		c.next = d.link(decodeClaims, "claim")
	}
}

func (m *Map) decodeRoster(d *decoder, number uint32) {
	r := m.rosters.edit(number)
	if r.places = d.word(1<<16-1, "roster"); r.places > 0 {
		r.epoch = d.word(none, "roster")
		r.first = d.link(m.claims.high, "roster")
		r.next = d.link(decodeClaims, "roster")
	}
}

func (m *Map) decodeReceipt(d *decoder) (r receipt) {
	d.fixed(r.key[:], "key")
	r.fingerprint = d.uint64("key")
	r.atMillis = d.millis("key")
	r.revision = d.number(1<<64-1, "key")
	r.hold = none
	if r.code = Code(d.octet(byte(Codes-1), "key")); r.code != CodeOK {
		r.about = uint32(m.text.putBytes(d.text(MaxRefusalBytes, "key")))
		return r
	}
	r.created = d.octet(1, "key") == 1
	if r.hold = d.link(m.holds.high, "key"); r.hold != none {
		r.about = d.word(none, "key")
		r.expiresAfterMillis = d.word(none, "key")
		r.state = HoldState(d.octet(byte(HoldCancelled), "key"))
		r.extensionsLeft = d.octet(MaxHoldExtensions, "key")
	}
	return r
}
