package seatmap

import (
	"bytes"
	"encoding/binary"
)

// deadlines is a binary heap of the held holds, the one that is due first on top. Each hold knows its place in it. Holds
// that are due at the same moment lapse in the order of their ids, which is that of their making; so the order in which
// holds leave does not depend on the heap's layout.
type deadlines struct {
	heap  paged[due]
	count uint32
}

// due is a held hold in the heap. It carries what it is compared by, so that a walk through the heap reads no records,
// which lie anywhere in memory.
type due struct {
	deadlineMillis int64
	idHead         uint64 // the first eight bytes of the id, big endian
	number         uint32
}

func (m *Map) dueOf(number uint32) due {
	h := m.holds.at(number)
	return due{deadlineMillis: h.deadlineMillis, idHead: binary.BigEndian.Uint64(h.id[:8]), number: number}
}

// NextDeadlineMillis is the deadline of the hold that is due first, in log time.
func (m *Map) NextDeadlineMillis() (deadlineMillis int64, ok bool) {
	if m.deadlines.count == 0 {
		return 0, false
	}
	return m.deadlines.heap.at(0).deadlineMillis, true
}

// dueBefore orders holds by deadline, then by id.
func (m *Map) dueBefore(a, b *due) bool {
	if a.deadlineMillis != b.deadlineMillis {
		return a.deadlineMillis < b.deadlineMillis
	}
	if a.idHead != b.idHead {
		return a.idHead < b.idHead
	}
	x, y := m.holds.at(a.number), m.holds.at(b.number)
	return bytes.Compare(x.id[8:], y.id[8:]) < 0
}

// schedule puts a hold's deadline into the heap.
func (m *Map) schedule(number uint32) {
	at := m.deadlines.count
	m.deadlines.heap.grow(at)
	m.deadlines.count++
	m.rise(at, m.dueOf(number))
}

// unschedule takes a hold's deadline out.
func (m *Map) unschedule(number uint32) {
	at := m.holds.at(number).position
	m.holds.edit(number).position = none
	m.deadlines.count--
	last := *m.deadlines.heap.at(m.deadlines.count)
	if last.number == number {
		return
	}
	if at > 0 && m.dueBefore(&last, m.deadlines.heap.at((at-1)/2)) {
		m.rise(at, last)
	} else {
		m.sink(at, last)
	}
}

// rise puts a hold at a place of the heap or above.
func (m *Map) rise(at uint32, d due) {
	for at > 0 {
		parent := (at - 1) / 2
		above := m.deadlines.heap.at(parent)
		if !m.dueBefore(&d, above) {
			break
		}
		m.settle(at, *above)
		at = parent
	}
	m.settle(at, d)
}

// sink puts a hold at a place of the heap or below.
func (m *Map) sink(at uint32, d due) {
	for {
		child := 2*at + 1
		if child >= m.deadlines.count {
			break
		}
		below := m.deadlines.heap.at(child)
		if child+1 < m.deadlines.count {
			if other := m.deadlines.heap.at(child + 1); m.dueBefore(other, below) {
				child, below = child+1, other
			}
		}
		if !m.dueBefore(below, &d) {
			break
		}
		m.settle(at, *below)
		at = child
	}
	m.settle(at, d)
}

func (m *Map) settle(at uint32, d due) {
	*m.deadlines.heap.edit(at) = d
	m.holds.edit(d.number).position = at
}

// lapse frees the holds that are due at now, at most so many, in order of their deadlines. Each is a change of its own.
func (m *Map) lapse(now int64, most int32) (lapsed int32) {
	for lapsed < most && m.deadlines.count > 0 {
		first := m.deadlines.heap.at(0)
		if first.deadlineMillis > now {
			break
		}
		m.end(first.number, HoldExpired, now)
		m.revision++
		lapsed++
	}
	return lapsed
}
