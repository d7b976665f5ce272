package seatmap

import "bytes"

// deadlines is a binary heap of the numbers of held holds, the one that is due first on top. Each hold knows its place
// in it. Holds that are due at the same moment lapse in the order of their ids, which is that of their making; so the
// order in which holds leave does not depend on the heap's layout.
type deadlines struct {
	heap  paged[uint32]
	count uint32
}

// NextDeadlineMillis is the deadline of the hold that is due first, in log time.
func (m *Map) NextDeadlineMillis() (deadlineMillis int64, ok bool) {
	if m.deadlines.count == 0 {
		return 0, false
	}
	return m.holds.at(*m.deadlines.heap.at(0)).deadlineMillis, true
}

// dueBefore orders holds by deadline, then by id.
func (m *Map) dueBefore(a, b uint32) bool {
	x, y := m.holds.at(a), m.holds.at(b)
	if x.deadlineMillis != y.deadlineMillis {
		return x.deadlineMillis < y.deadlineMillis
	}
	return bytes.Compare(x.id[:], y.id[:]) < 0
}

// schedule puts a hold's deadline into the heap.
func (m *Map) schedule(number uint32) {
	at := m.deadlines.count
	m.deadlines.heap.grow(at)
	m.deadlines.count++
	m.rise(at, number)
}

// unschedule takes a hold's deadline out.
func (m *Map) unschedule(number uint32) {
	at := m.holds.at(number).position
	m.holds.edit(number).position = none
	m.deadlines.count--
	last := *m.deadlines.heap.at(m.deadlines.count)
	if last == number {
		return
	}
	if at > 0 && m.dueBefore(last, *m.deadlines.heap.at((at - 1) / 2)) {
		m.rise(at, last)
	} else {
		m.sink(at, last)
	}
}

// rise puts a hold at a place of the heap or above.
func (m *Map) rise(at, number uint32) {
	for at > 0 {
		parent := (at - 1) / 2
		above := *m.deadlines.heap.at(parent)
		if !m.dueBefore(number, above) {
			break
		}
		m.settle(at, above)
		at = parent
	}
	m.settle(at, number)
}

// sink puts a hold at a place of the heap or below.
func (m *Map) sink(at, number uint32) {
	for {
		child := 2*at + 1
		if child >= m.deadlines.count {
			break
		}
		below := *m.deadlines.heap.at(child)
		if child+1 < m.deadlines.count {
			if other := *m.deadlines.heap.at(child + 1); m.dueBefore(other, below) {
				child, below = child+1, other
			}
		}
		if !m.dueBefore(below, number) {
			break
		}
		m.settle(at, below)
		at = child
	}
	m.settle(at, number)
}

func (m *Map) settle(at, number uint32) {
	*m.deadlines.heap.edit(at) = number
	m.holds.edit(number).position = at
}

// lapse frees the holds that are due at now, at most so many, in order of their deadlines. Each is a change of its own.
func (m *Map) lapse(now int64, most int32) (lapsed int32) {
	for lapsed < most && m.deadlines.count > 0 {
		number := *m.deadlines.heap.at(0)
		if m.holds.at(number).deadlineMillis > now {
			break
		}
		m.end(number, HoldExpired, now)
		m.revision++
		lapsed++
	}
	return lapsed
}
