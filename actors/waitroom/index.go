package waitroom

// index finds sessions by hash: open addressing with linear probing. An entry is a slot's number and one; 0 is empty. It is
// derived from the sessions: snapshots leave it out, and its layout decides nothing.
type index struct {
	entries []uint32 // length is a power of two
	used    int
	hash    func(*session) uint64 // 0 = does not belong here
}

const indexMinimum = 64

// find is the first slot from the hash's home on whose session is meant.
func (x *index) find(r *Room, hash uint64, meant func(*session) bool) (slot uint32, ok bool) {
	if len(x.entries) == 0 {
		return 0, false
	}
	mask := uint64(len(x.entries) - 1)
	for at := hash & mask; x.entries[at] != 0; at = (at + 1) & mask {
		if slot = x.entries[at] - 1; meant(r.sessions.at(uint64(slot))) {
			return slot, true
		}
	}
	return 0, false
}

// insert adds a slot, if its session belongs here.
func (x *index) insert(r *Room, slot uint32) {
	hash := x.hash(r.sessions.at(uint64(slot)))
	if hash == 0 {
		return
	}
	if x.used++; 4*x.used > 3*len(x.entries) {
		old := x.entries
		x.entries = make([]uint32, max(indexMinimum, 2*len(old)))
		for _, entry := range old {
			if entry != 0 {
				x.place(x.hash(r.sessions.at(uint64(entry-1))), entry)
			}
		}
	}
	x.place(hash, slot+1)
}

func (x *index) place(hash uint64, entry uint32) {
	mask := uint64(len(x.entries) - 1)
	at := hash & mask
	for x.entries[at] != 0 {
		at = (at + 1) & mask
	}
	x.entries[at] = entry
}

// remove takes a slot out, if it is in, and closes the gap, so that no probe ever meets a grave. Its session must be as it was
// when it was put in.
func (x *index) remove(r *Room, slot uint32) {
	hash := x.hash(r.sessions.at(uint64(slot)))
	if hash == 0 {
		return
	}
	mask := uint64(len(x.entries) - 1)
	gap := hash & mask
	for x.entries[gap] != slot+1 {
		gap = (gap + 1) & mask
	}
	for at := (gap + 1) & mask; x.entries[at] != 0; at = (at + 1) & mask {
		home := x.hash(r.sessions.at(uint64(x.entries[at]-1))) & mask
		// The entry may move into the gap unless its home lies behind the gap.
		if (at-home)&mask >= (at-gap)&mask {
			x.entries[gap] = x.entries[at]
			gap = at
		}
	}
	x.entries[gap] = 0
	x.used--
}
