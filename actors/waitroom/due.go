package waitroom

// due is a session in the heap. Its time may be earlier than the session's own, since most commands of a visitor only move
// that on: it is put right when it comes to the top. So the order in which sessions lapse is that of their own times, and
// of their serials where these are the same, whatever the heap's layout is.
type due struct {
	atMillis int64
	serial   uint64
	slot     uint32
}

func (a *due) before(b *due) bool {
	return a.atMillis < b.atMillis || a.atMillis == b.atMillis && a.serial < b.serial
}

func (r *Room) dueOf(slot uint32) due {
	s := r.sessions.at(uint64(slot))
	return due{atMillis: s.dueMillis(), serial: s.serial, slot: slot}
}

// nextLapse is the session that lapses first.
func (r *Room) nextLapse() (first due, ok bool) {
	for len(r.heap) > 0 {
		first = r.heap[0]
		own := r.sessions.at(uint64(first.slot)).dueMillis()
		if own == first.atMillis {
			return first, true
		}
		first.atMillis = own
		r.sink(0, first)
	}
	return due{}, false
}

func (r *Room) schedule(slot uint32) {
	r.heap = append(r.heap, due{})
	r.rise(uint32(len(r.heap)-1), r.dueOf(slot))
}

func (r *Room) unschedule(slot uint32) {
	at := r.sessions.at(uint64(slot)).position
	last := r.heap[len(r.heap)-1]
	r.heap = r.heap[:len(r.heap)-1]
	if last.slot == slot {
		return
	}
	if at > 0 && last.before(&r.heap[(at-1)/2]) {
		r.rise(at, last)
	} else {
		r.sink(at, last)
	}
}

// rise puts a session at a place of the heap or above.
func (r *Room) rise(at uint32, d due) {
	for at > 0 {
		parent := (at - 1) / 2
		if !d.before(&r.heap[parent]) {
			break
		}
		r.settle(at, r.heap[parent])
		at = parent
	}
	r.settle(at, d)
}

// sink puts a session at a place of the heap or below.
func (r *Room) sink(at uint32, d due) {
	for count := uint32(len(r.heap)); ; {
		child := 2*at + 1
		if child >= count {
			break
		}
		if child+1 < count && r.heap[child+1].before(&r.heap[child]) {
			child++
		}
		if !r.heap[child].before(&d) {
			break
		}
		r.settle(at, r.heap[child])
		at = child
	}
	r.settle(at, d)
}

func (r *Room) settle(at uint32, d due) {
	r.heap[at] = d
	r.sessions.edit(uint64(d.slot)).position = at
}
