package replay

import (
	"time"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/queue"
)

const (
	never  = queue.Never
	second = int64(time.Second)
)

// Bounds of what is believed of poll_after_seconds.
const (
	leastPoll = 100 * time.Millisecond
	mostPoll  = time.Minute
)

// againShare is one in how many of those whose order was acknowledged tries to get in again, which must be refused.
const againShare = 8

// errand performs one attempt of an errand.
func (w *worker) errand(t *task) *task {
	e := w.e
	t.begun = true
	t.token = t.visitor.paper(e.door, t.errand)
	answer, sent, err := w.ask(t)
	now := e.now()
	if err != nil {
		return w.unanswered(t, err, sent, now)
	}
	said, done := readStanding(answer.Body), answer.Status < 500 && answer.Status != 429
	e.measure.answer(&sample{
		op: t.op, phase: t.phase, status: answer.Status, code: history.CodeOf(said.code), due: t.due, sent: sent, answered: now,
		traced: t.traced, decided: done, lag: sent - t.ready,
	})
	if !done {
		if answer.Status != 429 {
			w.leave(now)
		}
		return w.again(t, endingOf(answer.Status, done), answer.RetryAfter, now)
	}
	e.door.answered(t, said, answer.Status < 300, sent, now)
	return w.finish(t, now)
}

// paper is the token that an errand shows. A visitor has one when it has joined.
func (v *visitor) paper(d *door, what errand) []byte {
	if what == toJoin {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return v.token
}

// answered notes the answer to an errand and puts the next step down.
func (d *door) answered(t *task, s *standing, ok bool, sent, now int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v, visit := t.visitor, t.visitor.visit
	switch t.errand {
	case toJoin:
		if !ok {
			d.turnOff(v, queue.TurnedAway)
			return
		}
		v.token, v.state = []byte(s.token), waitingInLine
		visit.JoinReturned, visit.Lane, visit.Number = now, uint8(s.lane), s.number
		d.told(v, s, sent, now)
	case toAsk:
		if !ok {
			d.refused(v, s.code, now)
			return
		}
		d.told(v, s, sent, now)
	case toEnter:
		if !ok {
			d.refused(v, s.code, now)
			return
		}
		d.entered(v, s, t.due, now)
	case toEnterAgain:
		t.visit.Tried = true
		switch {
		case !ok:
		case s.session() == t.visit.Session:
			t.visit.Stayed = true
		default:
			t.visit.Twice = true
		}
	case toLeave:
		if visit.EndReturned == never {
			visit.EndCalled, visit.EndReturned, visit.End = min(visit.EndCalled, t.asked), now, queue.Left
		}
		delete(d.visitors, v.visitorKey)
	}
}

// told notes where a visitor stands. The caller has mu.
func (d *door) told(v *visitor, s *standing, sent, now int64) {
	visit := v.visit
	switch {
	case s.placed:
		visit.Place, visit.Placed = s.place, true
	case !visit.Before && d.line.Rooms[v.event].Mode == FIFO:
		visit.Place, visit.Placed = visit.Number, true
	}
	switch s.state {
	case "ready", "inside", "open":
		visit.ReadyReturned, visit.Called = now, now
		if at, err := time.Parse(time.RFC3339, s.enterBy); err == nil {
			visit.Called = min(now, int64(at.Sub(d.e.start))-d.e.rooms.enterWithin*second)
		}
		v.state = called
		d.schedule(v, now)
		return
	case "sold_out", "closed":
		d.turnOff(v, queue.TurnedAway)
		return
	case "left", "lapsed":
		d.refused(v, "call_lapsed", now)
		return
	case "pre_queue":
		visit.Before = true
	default:
		d.waits(v, s, sent, now)
	}
	pause := min(max(time.Duration(s.pollAfter)*time.Second, leastPoll), mostPoll)
	// A quarter sooner or later, as the page does, so that a crowd does not come back as one.
	spread := int64(v.shopper*0x9e3779b97f4a7c15>>40&0xff) - 128
	d.schedule(v, now+int64(pause)+int64(pause)/4*spread/128)
}

// waits notes that the visitor is to wait, unless the node has yet to hear of the number. The caller has mu.
func (d *door) waits(v *visitor, s *standing, sent, now int64) {
	if !s.placed {
		return
	}
	visit := v.visit
	visit.WaitingCalled = sent
	if visit.Foretold == never && s.foretold {
		visit.Foretold, visit.Expected, visit.Least, visit.Most = now, uint32(s.wait), uint32(s.least), uint32(s.most)
	}
}

// refused deals with a refusal of a token. A call that lapsed sends its visitor back to the end of the line. The caller has mu.
func (d *door) refused(v *visitor, code string, now int64) {
	switch code {
	case "not_called": // the node that told of the call knows more than the one that was asked, or the call was taken back
		v.state = waitingInLine
		d.schedule(v, now+int64(leastPoll))
	case "call_lapsed", "session_ended":
		v.visit.End = queue.Lapsed
		v.state, v.token = joining, nil
		d.schedule(v, now)
	case "room_closed":
		d.turnOff(v, queue.TurnedAway)
	default:
		d.turnOff(v, queue.Lost)
	}
}

// entered lets a visitor's records begin. The caller has mu.
func (d *door) entered(v *visitor, s *standing, asked, now int64) {
	visit := v.visit
	visit.EnterCalled, visit.EnterReturned = asked, now
	visit.Session = s.session()
	v.state, v.pass = inside, []byte(s.pass)
	v.shift = max(0, now-v.came)
	if next, ok := dueOf(v.script, d.e.speed); ok && len(v.script) > 0 {
		d.schedule(v, max(now, next+v.shift))
	} else if v.gone {
		v.state = leaving
		d.schedule(v, now)
	}
}

// needsPass says which operations show the pass.
func (o operation) needsPass() bool {
	switch o {
	case opHold, opBest, opSale, opExtend, opChange:
		return true
	}
	return false
}

// passOf is what a task shows, nil without a room.
func (d *door) passOf(t *task) []byte {
	if t.visitor == nil || !t.op.needsPass() {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return t.visitor.pass
}

// acted hears how a command with a pass was decided, or that it was given up.
func (d *door) acted(t *task, now int64) {
	o := &t.seen
	d.mu.Lock()
	defer d.mu.Unlock()
	v, visit := t.visitor, t.visit
	ends := t.op == opConfirm || t.op == opSale
	switch {
	case o.Outcome == history.Done && ends, o.Outcome == history.Unknown && ends:
		if visit.EndCalled == never {
			visit.EndCalled = t.asked
		}
		if o.Outcome == history.Done && visit.EndReturned == never {
			visit.EndReturned, visit.End = now, queue.Ordered
			if v.visit == visit {
				v.state = outside
				d.tryAgain(v, now)
			}
		}
	case o.Outcome == history.Done:
		if visit.ActedCalled == never || visit.ActedCalled < t.asked {
			visit.ActedCalled = t.asked
		}
	case o.Code == history.CodePassExpired && v.state == inside && v.visit == visit:
		v.state = outside
		if visit.End == queue.Unended {
			visit.End = queue.Lapsed
		}
	}
}

// tryAgain has some of those who bought try the door again with the number that they had. The caller has mu.
func (d *door) tryAgain(v *visitor, now int64) {
	if v.shopper%againShare != 0 || v.token == nil {
		return
	}
	d.e.open.Add(1)
	d.e.later.add(d.task(v, toEnterAgain, now), now)
}

// lost hears that an errand was given up without an answer that decides.
func (d *door) lost(t *task, now int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := t.visitor
	switch t.errand {
	case toJoin:
		d.turnOff(v, queue.Lost)
	case toAsk, toEnter:
		v.state = waitingInLine
		d.schedule(v, now+int64(time.Second))
	case toLeave:
		v.visit.EndCalled = min(v.visit.EndCalled, t.asked) // it may have been heard
		delete(d.visitors, v.visitorKey)
	}
}
