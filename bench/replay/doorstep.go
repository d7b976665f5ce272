package replay

import (
	"context"
	"strconv"

	"github.com/parterre/parterre/bench/trace"
	"github.com/parterre/parterre/bench/wire"
)

// errand is what a task does at a room's door; none is an action of the trace.
type errand uint8

const (
	noErrand errand = iota
	toJoin
	toAsk
	toEnter
	toEnterAgain // after the session has ended: must be refused
	toLeave
)

// ownNumbers is from where on tasks are numbered that the trace does not number.
const ownNumbers = 1 << 40

// step does what a visitor does next. Only the dispatcher calls it.
func (d *door) step(ctx context.Context, v *visitor) {
	d.mu.Lock()
	state, at := v.state, v.at
	d.mu.Unlock()
	switch state {
	case joining:
		d.begin(v, at)
		d.send(ctx, v, toJoin, at)
	case waitingInLine:
		d.send(ctx, v, toAsk, at)
	case called:
		d.send(ctx, v, toEnter, at)
	case leaving:
		d.send(ctx, v, toLeave, at)
	case inside, outside:
		d.release(ctx, v, at)
	}
}

// begin opens a visit.
func (d *door) begin(v *visitor, at int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v.visit = d.line.Add()
	v.visit.Begin(v.event, at)
	if v.named {
		v.visit.Buyer = v.shopper + 1
	}
}

// send hands an errand to a worker.
func (d *door) send(ctx context.Context, v *visitor, what errand, due int64) {
	d.mu.Lock()
	t := d.task(v, what, due)
	d.mu.Unlock()
	d.e.open.Add(1)
	d.e.hand(ctx, t)
}

// task composes an errand's request. The caller has mu.
func (d *door) task(v *visitor, what errand, due int64) *task {
	t := d.e.tasks.get()
	d.numbered++
	t.number = ownNumbers + d.numbered
	t.visitor, t.visit, t.errand, t.due, t.ready, t.traced, t.phase = v, v.visit, what, due, due, due, d.e.phaseAt(due)
	t.record.Event = v.event
	path := append(t.path[:0], d.e.stage.Events[v.event].path...)
	path = append(path, "/room/visitors"...)
	t.method, t.op, t.body = wire.Post, errandOperations[what], t.body[:0]
	switch what {
	case toJoin:
		t.key = strconv.AppendInt(append(t.key[:0], d.e.keys...), t.number, 36)
		t.body = append(t.body, '{')
		if v.named {
			t.body = append(strconv.AppendUint(append(t.body, `"buyer":"b-`...), v.shopper, 36), '"')
		}
		t.body = append(t.body, '}')
	case toAsk:
		t.method, path = wire.Get, append(path, "/me"...)
	case toLeave:
		path = append(path, "/me/leave"...)
		t.body = append(t.body, "{}"...)
	default:
		path = append(path, "/me/enter"...)
		t.body = append(t.body, "{}"...)
	}
	t.path = path
	return t
}

var errandOperations = [...]operation{toJoin: opJoin, toAsk: opAsk, toEnter: opEnter, toEnterAgain: opEnter, toLeave: opLeave}

// release performs a visitor's next record, or has the visitor join anew where the record needs a session that is over.
func (d *door) release(ctx context.Context, v *visitor, at int64) {
	t := d.e.tasks.get()
	d.mu.Lock()
	rest, ok := t.record.Unpack(v.script)
	over := v.over(d, at)
	d.mu.Unlock()
	if !ok { // it was packed here, so it is there; else there is nothing to do
		d.e.tasks.put(t)
		return
	}
	if over && (looks(&t.record) || takesPlaces(t.record.Action)) && d.wanted(v, &t.record, at) {
		d.e.tasks.put(t)
		d.rejoin(v, at)
		d.step(ctx, v)
		return
	}
	d.mu.Lock()
	v.script = rest
	d.numbered++
	t.number = ownNumbers + d.numbered
	t.visitor, t.visit, t.due, t.traced, t.phase = v, v.visit, at, at, d.e.phaseAt(at)
	if len(rest) == 0 {
		v.script = nil
	} else if next, ok := dueOf(rest, d.e.speed); ok {
		d.schedule(v, max(at, next+v.shift))
	}
	d.mu.Unlock()
	d.e.arrive(ctx, t)
}

// dueOf is when the first of packed records is due in the replay.
func dueOf(script []byte, s Speed) (int64, bool) {
	at, ok := trace.PackedTime(script)
	return s.due(at), ok
}

// over says whether the visitor must take it that its session has ended. The caller has mu.
func (v *visitor) over(d *door, now int64) bool {
	if v.state == outside {
		return true
	}
	room := &d.line.Rooms[v.event]
	acted := v.visit.EnterCalled
	if v.visit.ActedCalled > acted && v.visit.ActedCalled != never {
		acted = v.visit.ActedCalled
	}
	return now > acted+room.IdleSeconds*second || now > v.visit.EnterCalled+room.StaySeconds*second
}

// wanted says whether a record's condition is met now.
func (d *door) wanted(v *visitor, r *trace.Record, now int64) bool {
	s := d.e.shopperOf(v.shopper)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.met(r, now)
}

// close has nobody wait longer than the rooms' patience after the trace's last record.
func (d *door) close() {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closes = d.e.now() + int64(d.e.speed.shorten(d.e.rooms.Patience))
}

// rejoin sends a visitor back to the end of the line. What the visitor wanted to do then is done after the next entry.
func (d *door) rejoin(v *visitor, at int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if next, ok := dueOf(v.script, d.e.speed); ok {
		v.came = next
	}
	v.state, v.at = joining, at
	v.token, v.pass = nil, nil
}
