package replay

import (
	"bytes"
	"time"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/wire"
)

// read notes what an answer says in the operation, and says whether it decides. An answer that cannot be read decides
// nothing.
func (t *task) read(e *Event, a *wire.Answer, now int64) bool {
	o := &t.seen
	if t.op == opMap || t.op == opMapAgain {
		return t.readMap(e, a, now)
	}
	if a.Revision != 0 {
		o.Revision = a.Revision
	}
	if a.Replayed {
		o.Flags |= history.FlagReplayed
	}
	done, err := o.AnsweredWith(e.house.chart, a.Status, a.Body, now)
	return done && err == nil
}

// readMap keeps the picture that a shopper was shown.
func (t *task) readMap(e *Event, a *wire.Answer, now int64) bool {
	o := &t.seen
	o.Revision = a.Revision
	switch a.Status {
	case 200:
		shown, err := e.maps.of(a)
		if err != nil {
			o.Broke(now)
			return false
		}
		t.shopper.mu.Lock()
		t.shopper.saw(t.record.Device, shown)
		t.shopper.mu.Unlock()
		return o.Answered(a.Status, history.CodeNone, now)
	case 304:
		t.shopper.mu.Lock()
		if same := t.shopper.shownTo(t.record.Device); same != nil {
			t.shopper.saw(t.record.Device, same)
		}
		t.shopper.mu.Unlock()
		done := o.Answered(a.Status, history.CodeNone, now)
		o.Outcome = history.Done // what the shopper has is so
		return done
	}
	done, _ := o.AnsweredWith(e.house.chart, a.Status, a.Body, now) // only a body of 2xx can be unreadable
	return done
}

// settle notes in the shopper's slot what a decided action made of it. The caller has the shopper's lock.
func (t *task) settle(e *Event, a *wire.Answer, now int64) {
	o, slot := &t.seen, t.shopper.slot(t.record.Slot)
	ok := o.Outcome == history.Done
	switch t.op {
	case opHold, opBest, opSale:
		if !ok || o.ID.IsZero() {
			return
		}
		t.shopper.grants++
		slot.id, slot.grant, slot.until, slot.state = o.ID, t.shopper.grants, now+int64(e.HoldTTL), slotHeld
		slot.visit = t.visit
		if t.op == opSale {
			slot.ordered(o, a.Body)
		}
	case opConfirm:
		if ok {
			slot.ordered(o, a.Body)
		}
	case opExtend:
		if ok {
			slot.until = now + int64(e.seconds(t.record.Seconds))*int64(time.Second)
		}
	case opRelease:
		if ok {
			slot.state = slotGiven
		}
	case opCancel:
		if ok && o.State == history.StateCancelled {
			slot.state = slotGiven
		}
	}
	if o.Code == history.CodeHoldExpired || o.Code == history.CodeHoldReleased {
		slot.state = slotGiven
	}
}

// ordered notes that the slot is an order, and the numbers of its tickets.
func (s *slot) ordered(o *history.Op, body []byte) {
	s.state, s.tickets = slotOrdered, s.tickets[:0]
	const name = `"ticket":"`
	for i := 0; ; i++ {
		at := bytes.Index(body, []byte(name))
		if at < 0 || i >= len(o.Given) {
			return
		}
		body = body[at+len(name):]
		end := bytes.IndexByte(body, '"')
		if end < 0 {
			return
		}
		number := uint32(0)
		for _, d := range body[bytes.IndexByte(body[:end], '-')+1 : end] {
			number = number*10 + uint32(d-'0')
		}
		s.tickets = append(s.tickets, ticket{number: number, place: o.Given[i].Number})
	}
}

// endingOf is how an attempt ended that was answered.
func endingOf(status int, done bool) ending {
	switch {
	case done:
		return decided
	case status == 429:
		return turnedAway
	}
	return unavailable
}
