package seatmap

// block decides OpBlock and OpUnblock: places go off sale and back, all of them or none.
func (m *Map) block(d *decision) Code {
	p := &m.scratch.add
	if code := m.pick(d, p, &d.req.Add, ""); code != CodeOK {
		return code
	}
	if len(d.ans.Labels) > 0 {
		return CodeUnknownSeat
	}
	if p.empty() {
		return d.invalid("seats", "choose at least one place")
	}
	from, to := StatusFree, StatusBlocked
	if d.req.Op == OpUnblock {
		from, to = to, from
	}
	if code := m.checkBlock(d, p, from, to); code != CodeOK {
		return code
	}
	for _, slot := range p.slots {
		if *m.status.at(slot) == from {
			m.setSlot(slot, to, none, none)
			d.changed = true
		}
	}
	for _, a := range p.areas {
		m.moveArea(a.area, from, to, a.quantity)
		d.changed = true
	}
	return CodeOK
}

// checkBlock checks that every slot is in one of two states, and that areas have enough places in the first.
func (m *Map) checkBlock(d *decision, p *picks, from, to Status) Code {
	for _, slot := range p.slots {
		if status := *m.status.at(slot); status != from && status != to {
			d.ans.Labels = append(d.ans.Labels, m.plan.Label(slot))
		}
	}
	if len(d.ans.Labels) > 0 {
		return CodeSeatUnavailable
	}
	for _, a := range p.areas {
		if *m.areas.at(a.area).places(from) < a.quantity {
			d.ans.Labels = append(d.ans.Labels, m.plan.areas[a.area].Key)
		}
	}
	if len(d.ans.Labels) > 0 {
		return CodeNotEnoughSeats
	}
	return CodeOK
}
