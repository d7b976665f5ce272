package replay

import (
	"encoding/json"
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

// standing is what an answer says of a visitor.
type standing struct {
	Token     string   `json:"token"`
	Pass      string   `json:"pass"`
	Session   uint64   `json:"session"`
	State     string   `json:"state"`
	Number    *uint64  `json:"number"`
	Lane      uint8    `json:"lane_index"`
	Place     *uint64  `json:"place"`
	Wait      *float64 `json:"wait_seconds"`
	Least     *float64 `json:"wait_low_seconds"`
	Most      *float64 `json:"wait_high_seconds"`
	PollAfter float64  `json:"poll_after_seconds"`
	EnterBy   string   `json:"enter_by"`
	Code      string   `json:"code"`
}

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
	var said standing
	done := answer.Status < 500 && answer.Status != 429
	if len(answer.Body) > 0 && json.Unmarshal(answer.Body, &said) != nil {
		done = false
	}
	e.measure.answer(&sample{
		op: t.op, phase: t.phase, status: answer.Status, code: history.CodeOf(said.Code), due: t.due, sent: sent, answered: now,
		traced: t.traced, decided: done, lag: sent - t.ready,
	})
	if !done {
		if answer.Status != 429 {
			w.leave(now)
		}
		return w.again(t, endingOf(answer.Status, done), answer.RetryAfter, now)
	}
	e.door.answered(t, &said, answer.Status < 300, sent, now)
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
		v.token, v.state = []byte(s.Token), waitingInLine
		visit.JoinReturned, visit.Lane = now, s.Lane
		if s.Number != nil {
			visit.Number = *s.Number
		}
		d.told(v, s, sent, now)
	case toAsk:
		if !ok {
			d.refused(v, s.Code, now)
			return
		}
		d.told(v, s, sent, now)
	case toEnter:
		if !ok {
			d.refused(v, s.Code, now)
			return
		}
		d.entered(v, s, t.due, now)
	case toEnterAgain:
		t.visit.Tried = true
		t.visit.Twice = t.visit.Twice || ok
	case toLeave:
		if visit.EndReturned == never {
			visit.EndReturned, visit.End = now, queue.Left
		}
		delete(d.visitors, v.visitorKey)
	}
}

// told notes where a visitor stands. The caller has mu.
func (d *door) told(v *visitor, s *standing, sent, now int64) {
	visit := v.visit
	if s.Place != nil && s.State != "pre_queue" {
		visit.Place, visit.Placed = *s.Place, true
	}
	switch s.State {
	case "ready", "inside", "open":
		visit.ReadyReturned, visit.Called = now, now
		if at, err := time.Parse(time.RFC3339, s.EnterBy); err == nil && len(d.line.Rooms) > 0 {
			visit.Called = min(now, int64(at.Sub(d.e.start))-d.enterWithin())
		}
		v.state = called
		d.schedule(v, now)
		return
	case "sold_out", "closed":
		d.turnOff(v, queue.TurnedAway)
		return
	case "pre_queue":
		visit.Before = true
	default:
		visit.WaitingCalled = sent
		if visit.Foretold == never && s.Wait != nil && s.Least != nil && s.Most != nil {
			visit.Foretold, visit.Expected, visit.Least, visit.Most = now, uint32(*s.Wait), uint32(*s.Least), uint32(*s.Most)
		}
	}
	pause := min(max(time.Duration(s.PollAfter*float64(time.Second)), leastPoll), mostPoll)
	// A quarter sooner or later, as the page does, so that a crowd does not come back as one.
	spread := int64(v.shopper*0x9e3779b97f4a7c15>>40&0xff) - 128
	d.schedule(v, now+int64(pause)+int64(pause)/4*spread/128)
}

func (d *door) enterWithin() int64 { return d.e.rooms.enterWithin * second }

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
	case "sold_out", "room_closed":
		d.turnOff(v, queue.TurnedAway)
	default:
		d.turnOff(v, queue.Lost)
	}
}

// entered lets a visitor's records begin. The caller has mu.
func (d *door) entered(v *visitor, s *standing, asked, now int64) {
	visit := v.visit
	visit.EnterCalled, visit.EnterReturned = asked, now
	visit.Session = s.Session
	if visit.Session == 0 {
		visit.Session = history.Digest(s.Pass)
	}
	v.state, v.pass = inside, []byte(s.Pass)
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
		delete(d.visitors, v.visitorKey)
	}
}
