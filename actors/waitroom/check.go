package waitroom

// Check decides whether a hold, change, extension or sale may be done, and moves the session's idle deadline on if so.
func (r *Room) Check(nowMillis int64, p Pass) Code {
	if !r.queues() {
		return CodeOK
	}
	r.nowMillis = max(r.nowMillis, nowMillis)
	if p == (Pass{}) {
		return CodePassRequired
	}
	slot, code := r.insideBy(p)
	if code == CodeOK {
		r.slide(slot)
	}
	return code
}

// insideBy finds the session of a pass.
func (r *Room) insideBy(p Pass) (slot uint32, code Code) {
	slot, ok := r.sessionOf(p.Lane, p.Number)
	if !ok {
		return 0, CodePassEnded
	}
	s := r.sessions.at(uint64(slot))
	switch {
	case s.serial != p.Session || s.buyer != 0 && s.buyer != p.Buyer:
		return 0, CodePassForeign
	case s.dueMillis() <= r.nowMillis:
		return 0, CodePassEnded
	}
	return slot, CodeOK
}

// Held notes that a hold was made under a session. The newest hold of each is remembered: when it becomes an order, the session
// ends.
func (r *Room) Held(p Pass, hold uint64) {
	slot, code := r.insideBy(p)
	if code != CodeOK || hold == 0 {
		return
	}
	if other, ok := r.sessionOfHold(hold); ok {
		r.setHold(other, 0)
	}
	r.setHold(slot, hold)
}

// Ordered notes that a hold became an order: the session ends that made it last, or else, since a visitor may hold more than
// once, the buyer's; 0 = nobody knows whose hold it was.
func (r *Room) Ordered(nowMillis int64, hold, buyer uint64) {
	slot, ok := r.sessionOfHold(hold)
	if !ok {
		slot, ok = r.sessionOfBuyer(buyer)
	}
	if ok {
		r.nowMillis = max(r.nowMillis, nowMillis)
		r.end(slot)
	}
}

// Sold notes a sale in one step.
func (r *Room) Sold(nowMillis int64, p Pass) {
	if !r.live {
		return
	}
	r.nowMillis = max(r.nowMillis, nowMillis)
	if slot, code := r.insideBy(p); code == CodeOK {
		r.end(slot)
	}
}
