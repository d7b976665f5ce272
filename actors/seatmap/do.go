package seatmap

import "math"

// decision is one request on its way to an answer.
type decision struct {
	now int64
	req *Request
	ans *Answer
	// hold is the record that the answer is about, changed says that the state is another now; both for CodeOK only.
	hold    uint32
	changed bool
}

// refuse ends a decision with a code and a reason.
func (d *decision) refuse(code Code, reason string) Code {
	d.ans.Reason = reason
	return code
}

// invalid ends a decision with CodeInvalid.
func (d *decision) invalid(field, reason string) Code {
	d.ans.Field, d.ans.Reason = field, reason
	return CodeInvalid
}

// Do decides one request at log time nowMillis, which never runs back. ans may be nil: then no answer is built
// (followers). A nil ans changes nothing about the state that results.
//
// Whatever is due is freed first. Then a key that is known gets its first answer again; then the request is decided, and
// its key remembered.
func (m *Map) Do(nowMillis int64, req *Request, ans *Answer) {
	heard := ans != nil
	if !heard {
		ans = &m.scratch.unheard
	}
	ans.Reset()
	m.forget(nowMillis)
	d := decision{now: nowMillis, req: req, ans: ans, hold: none}
	if req.Op == OpExpire {
		ans.Lapsed = m.lapse(nowMillis, req.Limit)
		ans.Revision = m.revision
	} else {
		ans.Lapsed = m.lapse(nowMillis, math.MaxInt32)
		m.decide(&d, heard)
	}
	if !heard {
		clear(ans.Labels) // what belongs to the request goes back with it
		ans.Reset()
	}
	if m.text.wasteful() {
		m.compact()
	}
}

func (m *Map) decide(d *decision, heard bool) {
	keyed := !d.req.Op.ReadOnly() && d.req.Key != Key{}
	if keyed && m.replay(d, heard) {
		return
	}
	var code Code
	if m.full(d.req, keyed) {
		code = d.refuse(CodeOverloaded, "a limit of the event's state is reached")
	} else {
		code = m.operate(d)
	}
	if d.changed {
		m.revision++
	}
	r := receipt{
		key: d.req.Key, fingerprint: d.req.Fingerprint, atMillis: d.now, revision: m.revision,
		hold: none, code: code, created: d.changed,
	}
	if code == CodeOK {
		m.describe(&r, d.hold)
	}
	if heard {
		m.answer(&r, d.ans)
	}
	if keyed {
		m.remember(&r, d)
	}
}

func (m *Map) operate(d *decision) Code {
	switch d.req.Op {
	case OpHold, OpSale:
		return m.hold(d)
	case OpConfirm:
		return m.confirm(d)
	case OpRelease:
		return m.release(d)
	case OpExtend:
		return m.extend(d)
	case OpChange:
		return m.change(d)
	case OpCancel:
		return m.cancel(d)
	case OpBlock, OpUnblock:
		return m.block(d)
	case OpConfigure:
		return m.configure(d)
	case OpGetHold, OpGetOrder:
		return m.get(d)
	}
	return d.invalid("op", "unknown operation")
}

// get reads a hold or an order.
func (m *Map) get(d *decision) Code {
	number, ok := m.findHold(d.req.ID)
	if !ok {
		return unknown(d.req.Op)
	}
	h := m.holds.at(number)
	if d.req.Op == OpGetOrder && h.state != HoldConfirmed && h.state != HoldCancelled {
		return CodeUnknownOrder
	}
	if h.tombstone() {
		return ended(h.state)
	}
	d.hold = number
	return CodeOK
}

// unknown is the code for an id that no record has.
func unknown(op Op) Code {
	if op == OpGetOrder || op == OpCancel {
		return CodeUnknownOrder
	}
	return CodeUnknownHold
}

// ended is the code for a hold that is not held any more.
func ended(state HoldState) Code {
	switch state {
	case HoldReleased:
		return CodeHoldReleased
	case HoldExpired:
		return CodeHoldExpired
	}
	return CodeHoldConfirmed
}
