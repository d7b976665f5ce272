package seatmap

import "strconv"

// picks is a selection that was looked up in the plan.
type picks struct {
	slots  []uint32 // seats in the order asked, then whole tables
	areas  []areaPick
	seats  int   // how many of slots are seats
	places int64 // seats, whole tables and places in areas
}

type areaPick struct {
	area     uint32
	quantity int32
}

func (p *picks) reset() { *p = picks{slots: p.slots[:0], areas: p.areas[:0]} }

func (p *picks) empty() bool { return len(p.slots) == 0 && len(p.areas) == 0 }

// field is the name of a part of a selection in the HTTP contract, such as "add.seats[2]".
func field(prefix, part string, i int) string {
	return prefix + part + "[" + strconv.Itoa(i) + "]"
}

// pick looks a selection up. Names that the plan does not have go to the answer's labels; anything else that is wrong
// with the selection itself is CodeInvalid, at the first fault.
func (m *Map) pick(d *decision, into *picks, from *Selection, prefix string) Code {
	into.reset()
	code := m.pickAll(d, into, from, prefix)
	for _, slot := range into.slots {
		m.scratch.marks[slot>>6] &^= 1 << (slot & 63)
	}
	for i := range into.areas {
		mark := uint32(m.plan.slots) + into.areas[i].area
		m.scratch.marks[mark>>6] &^= 1 << (mark & 63)
	}
	return code
}

func (m *Map) pickAll(d *decision, into *picks, from *Selection, prefix string) Code {
	for i, label := range from.Seats {
		slot, ok := m.plan.Slot(label)
		switch {
		case !ok || m.plan.IsTable(slot):
			d.ans.Labels = append(d.ans.Labels, label)
		case m.marked(slot):
			return d.invalid(field(prefix, "seats", i), "named twice")
		default:
			into.slots = append(into.slots, slot)
		}
	}
	into.seats = len(into.slots)
	for i, key := range from.Tables {
		slot, ok := m.plan.Slot(key)
		switch {
		case m.plan.soldBySeat(key):
			return d.invalid(field(prefix, "tables", i), "is sold seat by seat: name its seats")
		case !ok || !m.plan.IsTable(slot):
			d.ans.Labels = append(d.ans.Labels, key)
		case m.marked(slot):
			return d.invalid(field(prefix, "tables", i), "named twice")
		default:
			into.slots = append(into.slots, slot)
		}
	}
	into.places = int64(len(into.slots))
	for i := range from.Areas {
		if code := m.pickArea(d, into, &from.Areas[i], prefix, i); code != CodeOK {
			return code
		}
	}
	return CodeOK
}

func (m *Map) pickArea(d *decision, into *picks, from *AreaQuantity, prefix string, i int) Code {
	area, ok := m.plan.Area(from.Area)
	switch {
	case from.Quantity < 1:
		return d.invalid(field(prefix, "areas", i)+".quantity", "want at least 1")
	case !ok:
		d.ans.Labels = append(d.ans.Labels, from.Area)
	case m.marked(uint32(m.plan.slots + area)):
		return d.invalid(field(prefix, "areas", i), "named twice")
	default:
		into.areas = append(into.areas, areaPick{area: uint32(area), quantity: from.Quantity})
		into.places += int64(from.Quantity)
	}
	return CodeOK
}

// marked reports whether a slot or area was seen in this selection, and marks it.
func (m *Map) marked(place uint32) bool {
	cell, bit := &m.scratch.marks[place>>6], uint64(1)<<(place&63)
	was := *cell&bit != 0
	*cell |= bit
	return was
}

// checkPerHold checks the limit of places in one hold. added tells which field is to blame.
func (m *Map) checkPerHold(d *decision, places int64, added *Selection, prefix string) Code {
	if places <= int64(m.config.PlacesPerHold) {
		return CodeOK
	}
	part := "areas"
	switch {
	case len(added.Seats) > 0:
		part = "seats"
	case len(added.Tables) > 0:
		part = "tables"
	}
	return d.invalid(prefix+part, "at most "+strconv.Itoa(int(m.config.PlacesPerHold))+" places in one hold")
}

// checkFree checks that everything picked is free, and lists what is not.
func (m *Map) checkFree(d *decision, p *picks) Code {
	for _, slot := range p.slots {
		if *m.status.at(slot) != StatusFree {
			d.ans.Labels = append(d.ans.Labels, m.plan.Label(slot))
		}
	}
	if len(d.ans.Labels) > 0 {
		return CodeSeatUnavailable
	}
	for _, a := range p.areas {
		if m.areas.at(a.area).Free < a.quantity {
			d.ans.Labels = append(d.ans.Labels, m.plan.areas[a.area].Key)
		}
	}
	if len(d.ans.Labels) > 0 {
		return CodeNotEnoughSeats
	}
	return CodeOK
}

// checkOnSale checks the seller's switch and the sale's window.
func (m *Map) checkOnSale(d *decision) Code {
	c := m.config
	switch {
	case c.State == SaleDraft:
		return d.refuse(CodeNotOnSale, "the event is a draft")
	case c.State == SalePaused:
		return d.refuse(CodeNotOnSale, "the sale is paused")
	case c.State != SaleOn:
		return d.refuse(CodeNotOnSale, "the sale is closed")
	case d.now < c.SaleOpensMillis:
		return d.refuse(CodeNotOnSale, "the sale has not opened yet")
	case c.SaleClosesMillis != 0 && d.now >= c.SaleClosesMillis:
		return d.refuse(CodeNotOnSale, "the sale has closed")
	}
	return CodeOK
}
