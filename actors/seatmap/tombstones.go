package seatmap

// Tombstones are the holds that ended without being sold, in the order in which they ended.

// bury makes an opened hold a tombstone.
func (m *Map) bury(number uint32, h *hold, state HoldState, now int64) {
	m.setState(h, state)
	h.deadlineMillis = now
	h.position = uint32(m.tombstones.push(number))
	m.buried++
}

// unbury takes an opened hold out of the tombstones.
func (m *Map) unbury(h *hold) {
	q := &m.tombstones
	*q.edit(q.head + uint64(h.position-uint32(q.head))) = none
	m.buried--
	m.skipUnburied()
}

func (m *Map) skipUnburied() {
	q := &m.tombstones
	for q.count() > 0 && *q.at(q.head) == none {
		q.pop()
	}
}

// forgetTombstone forgets the oldest tombstone: its id is unknown from now on.
func (m *Map) forgetTombstone() {
	number := *m.tombstones.at(m.tombstones.head)
	h := m.open(number)
	m.unbury(h)
	m.holdIDs.remove(hashID(h.id), number, m.holdHash)
	m.byState[h.state]--
	h.state = holdForgotten
	m.close(number)
	m.tidy(number)
}

// boundTombstones forgets the oldest tombstones beyond the limit.
func (m *Map) boundTombstones() {
	for m.buried > m.limits.tombstones {
		m.forgetTombstone()
	}
}
