package seatmap

// Buyers are counted by the places that their holds and orders have together.

func (m *Map) buyerName(number uint32) string {
	if number == none {
		return ""
	}
	return m.text.get(m.buyers.at(number).name)
}

func (m *Map) buyerHash(number uint32) uint64 { return hashText(m.buyerName(number)) }

func (m *Map) findBuyer(name string) (number uint32, ok bool) {
	for at := m.buyerNames.start(hashText(name)); ; {
		number, ok = m.buyerNames.next(&at)
		if !ok || m.buyerName(number) == name {
			return number, ok
		}
	}
}

// eachBuyer lists the buyers for the index of their names.
func (m *Map) eachBuyer(place func(hash uint64, number uint32)) {
	for number := range m.buyers.high {
		if m.buyers.at(number).holds > 0 {
			place(m.buyerHash(number), number)
		}
	}
}

// joinBuyer finds or makes the record of a buyer for one more hold; none for no buyer.
func (m *Map) joinBuyer(name string) uint32 {
	if name == "" {
		return none
	}
	number, ok := m.findBuyer(name)
	if ok {
		m.buyers.edit(number).holds++
		return number
	}
	number = m.buyers.take()
	*m.buyers.edit(number) = buyer{name: m.text.put(name), holds: 1}
	m.buyerNames.insert(hashText(name), number, m.eachBuyer)
	m.sum += m.buyerElement(number)
	return number
}

// leaveBuyer takes one hold's record away from a buyer; the last one takes the buyer along.
func (m *Map) leaveBuyer(number uint32) {
	if number == none {
		return
	}
	b := m.buyers.edit(number)
	if b.holds == 1 {
		m.sum -= m.buyerElement(number)
		m.buyerNames.remove(m.buyerHash(number), number, m.buyerHash)
		m.text.drop(b.name)
		m.buyers.give(number)
		return
	}
	b.holds--
}

// addPlaces counts places of an opened hold, for itself and for its buyer.
func (m *Map) addPlaces(h *hold, places int) {
	h.places = uint16(int(h.places) + places)
	if h.buyer == none {
		return
	}
	b := m.buyers.edit(h.buyer)
	b.places = uint32(int(b.places) + places)
}

// withinLimit reports whether a buyer may have so many places more.
func (m *Map) withinLimit(name string, places int64) bool {
	limit := int64(m.config.PlacesPerBuyer)
	if limit == 0 || name == "" || places <= 0 {
		return true
	}
	if number, ok := m.findBuyer(name); ok {
		places += int64(m.buyers.at(number).places)
	}
	return places <= limit
}

// compact moves the strings that are still meant into a new arena.
func (m *Map) compact() {
	old := m.text
	m.text = arena{}
	for i := range m.buyers.high {
		if b := m.buyers.at(i); b.holds > 0 {
			m.buyers.edit(i).name = m.text.put(old.get(b.name))
		}
	}
	for i := range m.holds.high {
		if h := m.holds.at(i); h.state != 0 && h.reference != 0 {
			m.holds.edit(i).reference = m.text.put(old.get(h.reference))
		}
	}
	q := &m.unchanged.records
	for number := q.head; number < q.tail; number++ {
		if r := q.at(number); r.code != CodeOK {
			q.edit(number).about = uint32(m.text.put(old.get(text(r.about))))
		}
	}
}
