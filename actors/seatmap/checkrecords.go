package seatmap

// visit is a walk over all records that must each be met exactly once.
type visit struct {
	m                      *Map
	claims, rosters, slots []bool
	receipts               []uint32
	buyerHolds             []uint32
	buyerPlaces            []uint64
}

// checkRecords checks the records and links that everything else is derived from. It trusts none of them.
func (m *Map) checkRecords() error {
	v := visit{
		m: m, claims: make([]bool, m.claims.high), rosters: make([]bool, m.rosters.high),
		slots: make([]bool, m.plan.slots), receipts: make([]uint32, m.holds.high),
		buyerHolds: make([]uint32, m.buyers.high), buyerPlaces: make([]uint64, m.buyers.high),
	}
	for number := range m.holds.high {
		if h := m.holds.at(number); h.state != 0 {
			if err := v.hold(number, h); err != nil {
				return err
			}
		}
	}
	for _, check := range []func() error{v.leftOver, v.free, v.buyers, v.keys} {
		if err := check(); err != nil {
			return err
		}
	}
	for at := m.tombstones.head; at < m.tombstones.tail; at++ {
		if number := *m.tombstones.at(at); number != none && number >= m.holds.high {
			return broken("tombstone %d is of no hold", at)
		}
	}
	return nil
}

func (v *visit) hold(number uint32, h *hold) error {
	m := v.m
	if h.state > HoldCancelled && h.state != holdForgotten {
		return broken("hold %d: state %d", number, h.state)
	}
	if width := len(m.plan.categories); width > 0 && int(h.book) >= len(m.books)/width {
		return broken("hold %d: price book %d", number, h.book)
	}
	places, err := v.chain(number, h)
	if err != nil {
		return err
	}
	claimed, err := v.claimChain(h.firstClaim, uint32(m.plan.slots), h.state == HoldConfirmed)
	if err != nil {
		return err
	}
	if places += claimed; places != uint64(h.places) || (places > 0) != h.live() {
		return broken("hold %d, %s: %d places, counted %d", number, h.state, h.places, places)
	}
	if h.buyer != none {
		if h.buyer >= m.buyers.high {
			return broken("hold %d: buyer %d", number, h.buyer)
		}
		v.buyerHolds[h.buyer]++
		v.buyerPlaces[h.buyer] += places
	}
	return v.past(number, h)
}

// chain walks the slots of a hold: they know their owner, have its status, and seats come before tables.
func (v *visit) chain(number uint32, h *hold) (places uint64, err error) {
	m, status := v.m, StatusHeld
	if h.state == HoldConfirmed {
		status = StatusSold
	}
	table := false
	for slot := h.firstSlot; slot != none; slot = *m.next.at(slot) {
		if slot >= uint32(m.plan.slots) || v.slots[slot] || *m.owner.at(slot) != number || *m.status.at(slot) != status {
			return 0, broken("hold %d: slot %d is not its own, or not %s", number, slot, status)
		}
		if table && !m.plan.IsTable(slot) {
			return 0, broken("hold %d: seat %d stands after a table", number, slot)
		}
		table = m.plan.IsTable(slot)
		v.slots[slot] = true
		places++
	}
	return places, nil
}

// claimChain walks a chain of claims on places from lowest on, with tickets if they are sold.
func (v *visit) claimChain(first, lowest uint32, sold bool) (places uint64, err error) {
	m := v.m
	slots, end := uint32(m.plan.slots), uint32(m.plan.slots+len(m.plan.areas))
	for number := first; number != none; number = m.claims.at(number).next {
		if number >= m.claims.high || v.claims[number] {
			return 0, broken("claim %d does not exist, or stands in two chains", number)
		}
		v.claims[number] = true
		c := m.claims.at(number)
		if c.quantity == 0 || c.place < lowest || c.place >= end || (c.place < slots && c.quantity != 1) {
			return 0, broken("claim %d: %d of place %d", number, c.quantity, c.place)
		}
		if c.place >= slots && c.quantity > uint32(m.plan.areas[c.place-slots].Capacity) {
			return 0, broken("claim %d: %d places of a smaller area", number, c.quantity)
		}
		if sold && c.place >= slots && (c.ticket < slots || uint64(c.ticket)+uint64(c.quantity) > uint64(slots)+uint64(m.areaTickets)) {
			return 0, broken("claim %d: tickets from %d", number, c.ticket)
		}
		places += uint64(c.quantity)
	}
	return places, nil
}

// past walks the rosters of a hold, newest first.
func (v *visit) past(number uint32, h *hold) error {
	m := v.m
	if h.state == HoldExpired && (h.past >= m.rosters.high || m.rosters.at(h.past).epoch+1 != h.epoch) {
		return broken("hold %d lapsed and its places are not known", number)
	}
	epoch := h.epoch
	for i := h.past; i != none; i = m.rosters.at(i).next {
		if i >= m.rosters.high || v.rosters[i] {
			return broken("roster %d does not exist, or stands in two chains", i)
		}
		v.rosters[i] = true
		r := m.rosters.at(i)
		places, err := v.claimChain(r.first, 0, false)
		if err != nil {
			return err
		}
		if places == 0 || places != uint64(r.places) || r.epoch >= epoch {
			return broken("roster %d of hold %d: %d places, counted %d, epoch %d", i, number, r.places, places, r.epoch)
		}
		if err := v.distinct(i, r); err != nil {
			return err
		}
		epoch = r.epoch
	}
	return nil
}

// distinct checks that no slot stands twice in a roster, whose chain was walked before.
func (v *visit) distinct(number uint32, r *roster) error {
	m, twice := v.m, false
	walk := func(visit func(slot uint32)) {
		for i := r.first; i != none; i = m.claims.at(i).next {
			if place := m.claims.at(i).place; place < uint32(m.plan.slots) {
				visit(place)
			}
		}
	}
	walk(func(slot uint32) { twice = m.marked(slot) || twice })
	walk(func(slot uint32) { m.scratch.marks[slot>>6] &^= 1 << (slot & 63) })
	if twice {
		return broken("roster %d names a slot twice", number)
	}
	return nil
}
