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

// standing is where a number stands: its place, and whether its call is there and good. It is computed once for each operation, since
// the draw takes a while.
type standing struct {
	place uint64
	fate  fate
	code  Code
}

// stand looks a number up. CodeOK: it was called and may enter, or is inside.
func (r *Room) stand(lane uint8, number uint64) (s standing) {
	if int(lane) >= r.laneCount() {
		return standing{code: CodeUnknownLane}
	}
	l := &r.lanes[lane]
	if number >= l.given {
		return standing{code: CodeUnknownNumber}
	}
	switch s.place = l.place(number); {
	case s.place >= l.frontier:
		s.code = CodeNotCalled
		if r.isClosed() {
			s.code = CodeClosed
		}
		return s
	case s.place < l.fates.floor(): // nothing is known but that it is over
		s.fate = fateLapsed
	default:
		s.fate = l.fates.at(s.place)
	}
	switch {
	case s.fate == fateLapsed:
		s.code = CodeCallLapsed
	case s.fate == fateLeft:
		s.code = CodeSessionEnded
	case s.fate == fateCalled && r.isClosed():
		s.code = CodeClosed
	}
	return s
}

// enter lets a visitor in who was called. Whose buyer is inside already gets that session, and gives the call up.
func (r *Room) enter(q *Request, a *Answer) {
	if !r.queues() {
		return // nobody needs a session
	}
	at := r.stand(q.Lane, q.Number)
	if a.Code = at.code; a.Code == CodeUnknownLane || a.Code == CodeUnknownNumber {
		return
	}
	slot, inside := r.sessionOf(q.Lane, q.Number)
	if !inside {
		slot, inside = r.sessionOfBuyer(q.Buyer)
	}
	if inside && r.sessions.at(uint64(slot)).dueMillis() <= r.nowMillis { // one that Advance left over
		r.end(slot)
		inside, at = false, r.stand(q.Lane, q.Number)
	}
	switch a.Code = at.code; {
	case inside:
		if at.code == CodeOK && at.fate == fateCalled {
			r.giveUp(q.Lane, at.place)
		}
		a.Code = CodeOK
		r.slide(slot)
	case at.code == CodeOK:
		slot = r.letIn(q, at.place)
	default:
		return
	}
	s := r.sessions.at(uint64(slot))
	a.Lane, a.Number, a.Session = s.lane, s.number, s.serial
	a.IdleAtMillis, a.EndsAtMillis = s.dueMillis(), s.endsMillis
}

func (r *Room) letIn(q *Request, place uint64) (slot uint32) {
	r.serial++
	r.called--
	r.setFate(q.Lane, place, fateInside)
	r.revision++
	return r.begin(session{
		serial: r.serial, lane: q.Lane, number: q.Number, place: place, buyer: q.Buyer, enteredMillis: r.nowMillis,
		idleMillis: r.nowMillis + millis(r.config.IdleSeconds), endsMillis: r.nowMillis + millis(r.config.StaySeconds),
	})
}

func (r *Room) giveUp(lane uint8, place uint64) {
	r.called--
	r.setFate(lane, place, fateLeft)
	r.pace.freed.count(r.nowMillis, 1)
	r.revision++
}

// leave ends a session, or gives a call up. Who is out already has left. A number enters once, so that without a session it
// says well enough which one is meant.
func (r *Room) leave(q *Request, a *Answer) {
	at := r.stand(q.Lane, q.Number)
	if a.Code = at.code; a.Code == CodeUnknownLane || a.Code == CodeUnknownNumber {
		return
	}
	slot, inside := r.sessionOf(q.Lane, q.Number)
	switch {
	case inside && q.Session != 0 && r.sessions.at(uint64(slot)).serial != q.Session:
		a.Code = CodePassForeign
	case inside:
		a.Code = CodeOK
		r.end(slot)
	case at.fate == fateCalled && at.place < r.lanes[q.Lane].frontier && q.Session == 0:
		a.Code = CodeOK
		r.giveUp(q.Lane, at.place)
	case a.Code == CodeSessionEnded, a.Code == CodeCallLapsed:
		a.Code = CodeOK
	}
}
