package seatmap

// leftOver checks what belongs to no hold.
func (v *visit) leftOver() error {
	m := v.m
	for slot := range uint32(m.plan.slots) {
		status := *m.status.at(slot)
		free := *m.owner.at(slot) == none && *m.next.at(slot) == none && (status == StatusFree || status == StatusBlocked)
		if !v.slots[slot] && !free {
			return broken("slot %d is %d and nobody has it", slot, status)
		}
	}
	return nil
}

// free checks that every record is either in use or on the stack of free numbers, once.
func (v *visit) free() error {
	m := v.m
	used := func(number uint32) bool { return m.holds.at(number).state != 0 }
	if err := checkFreeStack(&m.holds, "hold", used); err != nil {
		return err
	}
	if err := checkFreeStack(&m.buyers, "buyer", func(n uint32) bool { return m.buyers.at(n).holds > 0 }); err != nil {
		return err
	}
	if err := checkFreeStack(&m.claims, "claim", func(n uint32) bool { return v.claims[n] }); err != nil {
		return err
	}
	return checkFreeStack(&m.rosters, "roster", func(n uint32) bool { return v.rosters[n] })
}

func checkFreeStack[T comparable](s *slab[T], what string, used func(number uint32) bool) error {
	var zero T
	free := make([]bool, s.high)
	for i := range s.idle {
		number := *s.free.at(i)
		if number >= s.high || free[number] || used(number) || *s.at(number) != zero {
			return broken("%s %d is free twice, or not free", what, number)
		}
		free[number] = true
	}
	for number := range s.high {
		if !free[number] && !used(number) {
			return broken("%s %d is lost", what, number)
		}
	}
	return nil
}

func (v *visit) buyers() error {
	for number := range v.m.buyers.high {
		b := v.m.buyers.at(number)
		if b.holds != v.buyerHolds[number] || uint64(b.places) != v.buyerPlaces[number] || (b.holds > 0 && b.name == 0) {
			return broken("buyer %d: %d holds and %d places, counted %d and %d", number,
				b.holds, b.places, v.buyerHolds[number], v.buyerPlaces[number])
		}
	}
	return nil
}

// keys checks that every receipt can be answered, and that holds count those about them.
func (v *visit) keys() error {
	m := v.m
	for _, l := range []*ledger{&m.changes, &m.unchanged} {
		for number := l.records.head; number < l.records.tail; number++ {
			r := l.records.at(number)
			if r.key == (Key{}) || (r.code != CodeOK && r.hold != none) || r.created != (l == &m.changes) {
				return broken("receipt %d: code %s, hold %d", number, r.code, r.hold)
			}
			if r.hold == none {
				continue
			}
			if err := v.receipt(number, r); err != nil {
				return err
			}
			v.receipts[r.hold]++
		}
	}
	for number := range m.holds.high {
		h := m.holds.at(number)
		if h.receipts != v.receipts[number] || (h.state == holdForgotten && h.receipts == 0) {
			return broken("hold %d has %d receipts, counted %d", number, h.receipts, v.receipts[number])
		}
	}
	return nil
}

func (v *visit) receipt(number uint64, r *receipt) error {
	m := v.m
	if r.hold >= m.holds.high || m.holds.at(r.hold).state == 0 || r.state == 0 || r.state > HoldCancelled {
		return broken("receipt %d is about no hold", number)
	}
	h := m.holds.at(r.hold)
	if r.about == h.epoch || (r.state != HoldHeld && r.state != HoldConfirmed) {
		return nil
	}
	for i := h.past; i != none; i = m.rosters.at(i).next {
		if m.rosters.at(i).epoch == r.about {
			return nil
		}
	}
	return broken("receipt %d: no roster of epoch %d", number, r.about)
}
