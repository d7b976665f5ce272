package seatmap

// One record of each kind, as it stands in a snapshot; decoderecords.go has the counterparts.

func (m *Map) encodeBuyer(e *encoder, b *buyer) {
	if e.number(uint64(b.holds)); b.holds > 0 {
		e.number(uint64(b.places))
		e.text(m.text.get(b.name))
	}
}

func (m *Map) encodeHold(e *encoder, h *hold) {
	if e.octet(byte(h.state)); h.state == 0 {
		return
	}
	e.raw(string(h.id[:]))
	e.number(uint64(h.deadlineMillis))
	e.link(h.buyer)
	e.text(m.text.get(h.reference))
	for slot := h.firstSlot; slot != none; slot = *m.next.at(slot) {
		e.link(slot)
	}
	e.link(none)
	e.link(h.firstClaim)
	e.link(h.past)
	e.number(uint64(h.epoch))
	e.number(uint64(h.receipts))
	if h.tombstone() {
		e.number(uint64(h.position))
	}
	e.number(uint64(h.places))
	e.number(uint64(h.book))
	e.octet(h.extensions)
}

func encodeClaim(e *encoder, c *claim) {
	if e.number(uint64(c.quantity)); c.quantity > 0 {
		e.number(uint64(c.place))
		e.number(uint64(c.ticket))
		e.link(c.next)
	}
}

func encodeRoster(e *encoder, r *roster) {
	if e.number(uint64(r.places)); r.places > 0 {
		e.number(uint64(r.epoch))
		e.link(r.first)
		e.link(r.next)
	}
}

func (m *Map) encodeReceipt(e *encoder, r *receipt) {
	e.raw(string(r.key[:]))
	e.buffer = le.AppendUint64(e.buffer, r.fingerprint)
	e.number(uint64(r.atMillis))
	e.number(r.revision)
	e.octet(byte(r.code))
	if r.code != CodeOK {
		e.text(m.text.get(text(r.about)))
		return
	}
	e.octet(octetOf(r.created))
	if e.link(r.hold); r.hold != none {
		e.number(uint64(r.about))
		e.number(uint64(r.expiresAfterMillis))
		e.octet(byte(r.state))
		e.octet(r.extensionsLeft)
	}
}
