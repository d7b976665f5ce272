package seatmap

// release decides OpRelease: what is held is given back. Once it has ended without being sold there is nothing to do.
func (m *Map) release(d *decision) Code {
	number, ok := m.findHold(d.req.ID)
	if !ok {
		return CodeUnknownHold
	}
	switch m.holds.at(number).state {
	case HoldHeld:
		m.end(number, HoldReleased, d.now)
		d.changed = true
	case HoldReleased, HoldExpired:
	default:
		return CodeHoldConfirmed
	}
	d.hold = number
	return CodeOK
}

// end makes a held hold a tombstone and frees its places. A lapsed one keeps its list of places, for a retake.
func (m *Map) end(number uint32, state HoldState, now int64) {
	m.unschedule(number)
	h := m.open(number)
	m.spill(h, h.receipts > 0 || state == HoldExpired)
	m.vacate(h, StatusHeld)
	m.bury(number, h, state, now)
	m.close(number)
	m.boundTombstones()
}
