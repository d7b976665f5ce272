package replay

import (
	"strconv"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/trace"
	"github.com/parterre/parterre/bench/wire"
)

// compose makes a task's request and begins its operation, once: whatever is sent again is the same bytes with the same
// key. It says whether there is anything to send: a map without a run of free seats lets a shopper ask for nothing. The
// caller has the shopper's lock.
func (t *task) compose(e *Event, keys string, now int64) bool {
	r := &t.record
	op, kind := operationOf(r)
	t.op = op
	t.seen.Begin(kind, e.Number, now)
	t.method, t.path, t.body = wire.Post, append(t.path[:0], e.path...), t.body[:0]
	slot := t.shopper.slot(r.Slot)
	if slot.grant != 0 && !takesPlaces(r.Action) {
		t.seen.ID = slot.id
	}
	switch op {
	case opMap, opMapAgain:
		t.method, t.path = wire.Get, append(t.path, "/seats"...)
		return true
	case opReadHold, opReadOrder:
		t.method = wire.Get
		t.seen.Flags |= history.FlagStrong
		t.about(op, "")
		return true
	case opHold, opBest, opSale:
		if !t.wish(e) {
			return false
		}
	case opConfirm:
		t.confirm(slot)
	case opRelease:
		t.method = wire.Delete
		t.about(op, "")
	case opExtend:
		t.about(op, "/extend")
		t.seen.TTLSeconds = e.seconds(r.Seconds)
		t.body = strconv.AppendUint(append(t.body, `{"ttl_seconds":`...), uint64(t.seen.TTLSeconds), 10)
		t.body = append(t.body, '}')
	case opChange:
		t.method = wire.Patch
		t.about(op, "")
		t.change(e.house)
	case opCancel:
		t.about(op, "/cancel")
		t.cancel(slot)
	}
	t.key = strconv.AppendInt(append(t.key[:0], keys...), t.number, 36)
	return true
}

func takesPlaces(a trace.Action) bool { return a == trace.Hold || a == trace.Sale }

// about is the path of the slot's hold or order.
func (t *task) about(op operation, rest string) {
	where := "/holds/"
	if op == opReadOrder || op == opCancel {
		where = "/orders/"
	}
	t.path = t.seen.ID.AppendText(append(t.path, where...))
	t.path = append(t.path, rest...)
}

// confirm pays. The reference is the shopper's and the slot's, so that one that was sent twice names the same payment.
func (t *task) confirm(slot *slot) {
	t.path = append(t.path, "/orders"...)
	b := slot.id.AppendText(append(t.body, `{"hold":"`...))
	b = append(b, `","reference":"`...)
	from := len(b)
	b = t.reference(b)
	t.seen.Reference = history.Digest(b[from:])
	b = append(b, '"')
	if t.record.Retake {
		t.seen.Flags |= history.FlagRetake
		b = append(b, `,"if_expired":"retake"`...)
	}
	t.body = append(b, '}')
}

func (t *task) reference(b []byte) []byte {
	b = strconv.AppendUint(append(b, "psp-"...), t.shopper.number, 36)
	return strconv.AppendUint(append(b, '-'), uint64(t.record.Slot), 10)
}

// cancel gives tickets of the order back, or all.
func (t *task) cancel(slot *slot) {
	if len(t.record.Tickets) == 0 {
		t.body = append(t.body, "{}"...)
		return
	}
	b := append(t.body, `{"tickets":[`...)
	for i, n := range t.record.Tickets {
		if i > 0 {
			b = append(b, ',')
		}
		b = slot.id.AppendText(append(b, '"'))
		b = append(b, '-')
		if int(n) < len(slot.tickets) { // else a ticket without a number, which the node refuses
			b = strconv.AppendUint(b, uint64(slot.tickets[n].number), 10)
			t.seen.Take(slot.tickets[n].place)
		}
		b = append(b, '"')
	}
	t.body = append(b, "]}"...)
}
