package seatmap

// change decides OpChange: places leave a hold and others join it, in one step or not at all. Deadline and prices stay.
func (m *Map) change(d *decision) Code {
	number, ok := m.findHold(d.req.ID)
	if !ok {
		return CodeUnknownHold
	}
	h := m.holds.at(number)
	if h.state != HoldHeld {
		return ended(h.state)
	}
	if !d.req.Add.Empty() {
		if code := m.checkOnSale(d); code != CodeOK {
			return code
		}
	}
	remove, add := &m.scratch.remove, &m.scratch.add
	if code := m.pick(d, remove, &d.req.Remove, "remove."); code != CodeOK {
		return code
	}
	if code := m.pick(d, add, &d.req.Add, "add."); code != CodeOK {
		return code
	}
	if len(d.ans.Labels) > 0 {
		return CodeUnknownSeat
	}
	if code := m.checkChange(d, number, h, remove, add); code != CodeOK {
		return code
	}
	m.applyChange(number, remove, add)
	d.hold, d.changed = number, true
	return CodeOK
}

// checkChange checks a change against the hold and the limits.
func (m *Map) checkChange(d *decision, number uint32, h *hold, remove, add *picks) Code {
	if remove.empty() && add.empty() {
		return d.invalid("add", "name places to add or to remove")
	}
	if code := m.checkRemove(d, number, h, remove); code != CodeOK {
		return code
	}
	if code := m.checkAdd(d, number, remove, add); code != CodeOK {
		return code
	}
	places := int64(h.places) - remove.places + add.places
	if places == 0 {
		return d.invalid("remove", "nothing would be left: release the hold instead")
	}
	if !add.empty() {
		if code := m.checkPerHold(d, places, &d.req.Add, "add."); code != CodeOK {
			return code
		}
		if !m.withinLimit(m.buyerName(h.buyer), add.places-remove.places) {
			return CodeBuyerLimit
		}
	}
	if code := m.checkFree(d, add); code != CodeOK {
		return code
	}
	return m.checkOrphans(d, add, remove)
}

// checkRemove checks that the hold has what is to leave it.
func (m *Map) checkRemove(d *decision, number uint32, h *hold, remove *picks) Code {
	for i, slot := range remove.slots {
		if *m.owner.at(slot) != number {
			return d.invalid(slotField("remove.", remove, i), "is not in the hold")
		}
	}
	for i, a := range remove.areas {
		if claimed := m.claimOf(h, a.area); claimed == none || m.claims.at(claimed).quantity < uint32(a.quantity) {
			return d.invalid(field("remove.", "areas", i), "the hold does not have so many")
		}
	}
	return CodeOK
}

// checkAdd checks that what is to join is neither in the hold nor among what leaves it.
func (m *Map) checkAdd(d *decision, number uint32, remove, add *picks) Code {
	for i, slot := range add.slots {
		if *m.owner.at(slot) == number {
			return d.invalid(slotField("add.", add, i), "is in the hold already")
		}
	}
	for i, a := range add.areas {
		for _, r := range remove.areas {
			if a.area == r.area {
				return d.invalid(field("add.", "areas", i), "is among what is to be removed, too")
			}
		}
	}
	return CodeOK
}

// slotField names the seat or table that picks.slots[i] was.
func slotField(prefix string, p *picks, i int) string {
	if i < p.seats {
		return field(prefix, "seats", i)
	}
	return field(prefix, "tables", i-p.seats)
}

// applyChange makes a change that was checked.
func (m *Map) applyChange(number uint32, remove, add *picks) {
	h := m.open(number)
	m.spill(h, h.receipts > 0)
	for _, slot := range remove.slots {
		m.setSlot(slot, StatusFree, none, *m.next.at(slot)) // the link goes when the chain is made anew
	}
	kept := m.scratch.slots[:0]
	kept = m.keptSlots(kept, number, h, false)
	kept = append(kept, add.slots[:add.seats]...)
	kept = m.keptSlots(kept, number, h, true)
	kept = append(kept, add.slots[add.seats:]...)
	for _, slot := range remove.slots {
		m.setSlot(slot, StatusFree, none, none)
	}
	m.own(number, h, kept, StatusHeld)
	m.scratch.slots = kept
	for _, a := range remove.areas {
		m.shrinkClaim(h, a)
	}
	for _, a := range add.areas {
		m.growClaim(h, a)
	}
	m.addPlaces(h, int(add.places-remove.places))
	m.close(number)
}

// keptSlots appends the slots of a hold's chain that it still owns: its seats, or its whole tables.
func (m *Map) keptSlots(kept []uint32, number uint32, h *hold, tables bool) []uint32 {
	for slot := h.firstSlot; slot != none; slot = *m.next.at(slot) {
		if *m.owner.at(slot) == number && m.plan.IsTable(slot) == tables {
			kept = append(kept, slot)
		}
	}
	return kept
}
