package waitroom

// session is one visitor inside. A record is flat, so that a hundred thousand cost the garbage collector nothing.
type session struct {
	serial        uint64 // 0 = the slot is free
	number        uint64
	place         uint64 // of the number, which takes a while to compute
	buyer         uint64 // 0 = nobody said
	hold          uint64 // the newest that was made under it; 0 = none
	enteredMillis int64
	idleMillis    int64 // it lapses at the earlier one of these
	endsMillis    int64
	position      uint32 // in the heap
	lane          uint8
}

func (s *session) dueMillis() int64 { return min(s.idleMillis, s.endsMillis) }

// Hashes for the indexes; never 0.

func numberHash(lane uint8, number uint64) uint64 {
	return max(1, finish(fold(uint64(lane)+1, number)))
}
func buyerHash(buyer uint64) uint64 { return max(1, finish(fold(mixFinal, buyer))) }
func holdHash(hold uint64) uint64   { return max(1, finish(fold(mixMultiplier, hold))) }

func (r *Room) blankSessions() {
	r.sessions = paged[session]{shift: sessionPageShift}
	r.byNumber.hash = func(s *session) uint64 { return numberHash(s.lane, s.number) }
	r.byBuyer.hash = func(s *session) uint64 {
		if s.buyer == 0 {
			return 0
		}
		return buyerHash(s.buyer)
	}
	r.byHold.hash = func(s *session) uint64 {
		if s.hold == 0 {
			return 0
		}
		return holdHash(s.hold)
	}
}

func (r *Room) sessionOf(lane uint8, number uint64) (slot uint32, ok bool) {
	return r.byNumber.find(r, numberHash(lane, number), func(s *session) bool { return s.number == number && s.lane == lane })
}

func (r *Room) sessionOfBuyer(buyer uint64) (slot uint32, ok bool) {
	if buyer == 0 {
		return 0, false
	}
	return r.byBuyer.find(r, buyerHash(buyer), func(s *session) bool { return s.buyer == buyer })
}

func (r *Room) sessionOfHold(hold uint64) (slot uint32, ok bool) {
	if hold == 0 {
		return 0, false
	}
	return r.byHold.find(r, holdHash(hold), func(s *session) bool { return s.hold == hold })
}

// begin puts a session into a free slot, its indexes and the heap. Which slot that is decides nothing.
func (r *Room) begin(s session) (slot uint32) {
	if n := len(r.freeSlots); n > 0 {
		slot = r.freeSlots[n-1]
		r.freeSlots = r.freeSlots[:n-1]
	} else {
		slot = r.slots
		r.slots++
		r.sessions.reach(uint64(r.slots))
	}
	*r.sessions.edit(uint64(slot)) = s
	r.byNumber.insert(r, slot)
	r.byBuyer.insert(r, slot)
	r.byHold.insert(r, slot)
	r.inside++
	if s.hold != 0 {
		r.holding++
	}
	r.sum += s.element()
	r.schedule(slot)
	return slot
}

// end frees a session's place.
func (r *Room) end(slot uint32) {
	s := r.sessions.edit(uint64(slot))
	lane := s.lane
	r.setFate(lane, s.place, fateLeft)
	r.unschedule(slot)
	r.byNumber.remove(r, slot)
	r.byBuyer.remove(r, slot)
	r.byHold.remove(r, slot)
	r.sum -= s.element()
	r.inside--
	if s.hold != 0 {
		r.holding--
	}
	*s = session{}
	r.freeSlots = append(r.freeSlots, slot)
	r.pace.freed.count(r.nowMillis, 1)
	r.revision++
	r.trim(lane)
}

// slide moves a session's idle deadline on, since its visitor did something.
func (r *Room) slide(slot uint32) {
	s := r.sessions.edit(uint64(slot))
	r.sum -= s.element()
	s.idleMillis = max(s.idleMillis, r.nowMillis+millis(r.config.IdleSeconds))
	r.sum += s.element()
}

// setHold notes the newest hold of a session; 0 for none.
func (r *Room) setHold(slot uint32, hold uint64) {
	s := r.sessions.edit(uint64(slot))
	r.byHold.remove(r, slot)
	r.sum -= s.element()
	if s.hold != 0 {
		r.holding--
	}
	if s.hold = hold; hold != 0 {
		r.holding++
	}
	r.sum += s.element()
	r.byHold.insert(r, slot)
}

func millis(seconds uint32) int64 { return int64(seconds) * 1000 }
