package seatmap

// Every success is answered from its receipt, the first time as well as again: so the two cannot differ.

// describe writes into r what the answer about a hold needs and the hold itself may not know any more later on.
func (m *Map) describe(r *receipt, number uint32) {
	r.hold = number
	if number == none {
		return
	}
	h := m.holds.at(number)
	r.state, r.about = h.state, h.epoch
	if h.state == HoldHeld {
		r.expiresAfterMillis = uint32(h.deadlineMillis - r.atMillis)
		r.extensionsLeft = uint8(max(0, m.config.HoldExtensions-int32(h.extensions)))
	}
}

// answer builds the answer of a receipt. The words of a refusal are in ans already.
func (m *Map) answer(r *receipt, ans *Answer) {
	ans.Code, ans.Created, ans.Revision = r.code, r.created, r.revision
	if r.hold == none {
		return
	}
	h := m.holds.at(r.hold)
	ans.State, ans.ID, ans.Currency = r.state, h.id, m.config.Currency
	ans.Buyer = m.buyerName(h.buyer)
	ans.ExtensionsLeft = int32(r.extensionsLeft)
	if r.expiresAfterMillis > 0 {
		ans.ExpiresAtMillis = r.atMillis + int64(r.expiresAfterMillis)
	}
	if r.state == HoldConfirmed || r.state == HoldCancelled {
		ans.Reference = m.text.get(h.reference)
	}
	if r.state == HoldHeld || r.state == HoldConfirmed {
		m.listPlaces(r, h, ans)
	}
}

// listPlaces lists the places that the hold had in the receipt's epoch.
func (m *Map) listPlaces(r *receipt, h *hold, ans *Answer) {
	l := lister{m: m, ans: ans, book: h.book, order: r.state == HoldConfirmed}
	first := h.firstClaim
	if r.about == h.epoch {
		for slot := h.firstSlot; slot != none; slot = *m.next.at(slot) {
			l.slot(slot)
		}
	} else {
		first = m.rosters.at(m.rosterOf(h, r.about)).first
	}
	for number := first; number != none; {
		c := m.claims.at(number)
		if c.place < uint32(m.plan.slots) {
			l.slot(c.place)
		} else {
			l.area(c)
		}
		number = c.next
	}
	ans.Together = l.near.together(m.plan)
}

// lister adds places to an answer.
type lister struct {
	m     *Map
	ans   *Answer
	near  neighbours
	book  uint16
	order bool // each place has a ticket
}

func (l *lister) slot(slot uint32) {
	plan := l.m.plan
	place := Place{Kind: PlaceSeat, Label: plan.Label(slot), Quantity: 1}
	if plan.IsTable(slot) {
		place.Kind = PlaceTable
	} else {
		l.near.add(plan, slot)
	}
	if l.order {
		place.Ticket = slot
	}
	l.add(place, plan.CategoryOf(slot))
}

func (l *lister) area(c *claim) {
	area := &l.m.plan.areas[c.place-uint32(l.m.plan.slots)]
	place := Place{Kind: PlaceArea, Label: area.Key, Quantity: int32(c.quantity)}
	if !l.order {
		l.add(place, area.Category)
		return
	}
	place.Quantity = 1
	for i := range c.quantity {
		place.Ticket = c.ticket + i
		l.add(place, area.Category)
	}
}

func (l *lister) add(place Place, category int) {
	place.Category = l.m.plan.categories[category].Key
	place.Price = l.m.price(l.book, category)
	l.ans.Total += place.Price * int64(place.Quantity)
	l.ans.Places = append(l.ans.Places, place)
}
