package waitroom

// maxNumbers bounds the numbers of a lane.
const maxNumbers = 1 << 40

// join gives out a block of numbers.
func (r *Room) join(q *Request, a *Answer) {
	switch {
	case int(q.Lane) >= r.laneCount():
		a.Code = CodeUnknownLane
	case q.Count < 1 || q.Count > MaxJoin:
		a.Code, a.Field, a.Reason = CodeInvalid, "count", "want 1 to 65536"
	case r.isClosed():
		a.Code = CodeClosed
	case r.nowMillis < r.config.PreQueueOpensMillis:
		a.Code = CodeNotOpen
	case r.lanes[q.Lane].given+uint64(q.Count) > maxNumbers:
		a.Code = CodeFull
	default:
		a.First = r.lanes[q.Lane].given
		r.lanes[q.Lane].given += uint64(q.Count)
		r.revision++
	}
}

// enter lets a visitor in who was called. Whose buyer is inside already gets that session, and gives the call up.
func (r *Room) enter(q *Request, a *Answer) {
	if !r.queues() {
		return // nobody needs a session
	}
	if a.Code = r.enterable(q); a.Code == CodeUnknownLane || a.Code == CodeUnknownNumber || a.Code == CodeClosed {
		return
	}
	slot, inside := r.sessionOf(q.Lane, q.Number)
	if !inside {
		slot, inside = r.sessionOfBuyer(q.Buyer)
	}
	if inside && r.sessions.at(uint64(slot)).dueMillis() <= r.nowMillis { // one that Advance left over
		r.end(slot)
		inside, a.Code = false, r.enterable(q)
	}
	if inside {
		if a.Code == CodeOK && r.fateOf(q.Lane, q.Number) == fateCalled {
			r.giveUp(q.Lane, q.Number)
		}
		a.Code = CodeOK
		r.slide(slot)
	} else if a.Code == CodeOK {
		slot = r.letIn(q)
	} else {
		return
	}
	s := r.sessions.at(uint64(slot))
	a.Lane, a.Number, a.Session = s.lane, s.number, s.serial
	a.IdleAtMillis, a.EndsAtMillis = min(s.idleMillis, s.endsMillis), s.endsMillis
}

// enterable says whether the number's call is there and good.
func (r *Room) enterable(q *Request) Code {
	switch {
	case int(q.Lane) >= r.laneCount():
		return CodeUnknownLane
	case q.Number >= r.lanes[q.Lane].given:
		return CodeUnknownNumber
	case !r.opened || !r.wasCalled(q.Lane, q.Number):
		if r.isClosed() {
			return CodeClosed
		}
		return CodeNotCalled
	}
	switch r.fateOf(q.Lane, q.Number) {
	case fateLapsed:
		return CodeCallLapsed
	case fateLeft:
		return CodeSessionEnded
	case fateCalled:
		if r.isClosed() {
			return CodeClosed
		}
	}
	return CodeOK
}

func (r *Room) wasCalled(lane uint8, number uint64) bool {
	l := &r.lanes[lane]
	return l.place(number) < l.frontier
}

// fateOf is of a number that was called. Of one below the floor nothing is known but that it is over.
func (r *Room) fateOf(lane uint8, number uint64) fate {
	l := &r.lanes[lane]
	place := l.place(number)
	if place < l.fates.floor() {
		return fateLapsed
	}
	return l.fates.at(place)
}

func (r *Room) letIn(q *Request) (slot uint32) {
	r.serial++
	r.called--
	r.setFate(q.Lane, r.lanes[q.Lane].place(q.Number), fateInside)
	r.revision++
	return r.begin(session{
		serial: r.serial, lane: q.Lane, number: q.Number, buyer: q.Buyer, enteredMillis: r.nowMillis,
		idleMillis: r.nowMillis + millis(r.config.IdleSeconds), endsMillis: r.nowMillis + millis(r.config.StaySeconds),
	})
}

func (r *Room) giveUp(lane uint8, number uint64) {
	r.called--
	r.setFate(lane, r.lanes[lane].place(number), fateLeft)
	r.revision++
}

// leave ends a session, or gives a call up. Who is out already has left.
func (r *Room) leave(q *Request, a *Answer) {
	if a.Code = r.enterable(q); a.Code == CodeUnknownLane || a.Code == CodeUnknownNumber {
		return
	}
	slot, inside := r.sessionOf(q.Lane, q.Number)
	switch {
	case inside && r.sessions.at(uint64(slot)).serial != q.Session:
		a.Code = CodePassForeign
	case inside:
		a.Code = CodeOK
		r.end(slot)
	case a.Code == CodeOK && q.Session == 0:
		r.giveUp(q.Lane, q.Number)
	case a.Code == CodeSessionEnded, a.Code == CodeCallLapsed:
		a.Code = CodeOK
	}
}
