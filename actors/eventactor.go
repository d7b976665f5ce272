package actors

import (
	"runtime/debug"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// batch is the share of one event in a committed entry. The apply goroutine owns and reuses it; between the sending and
// the settling the actor does.
type batch struct {
	owed
	index     uint64
	shown     uint64 // applied index that a view taken after this batch may claim
	nowMillis int64
	commands  []command.Command // the whole entry
	results   []command.Result  // as long, or nil
	next      []int32           // next[i] = the event's next command after i, -1 = none
	first     int32
	last      int32

	// What the actor reports.
	hash           uint64
	deadlineMillis int64
	hasDeadline    bool
}

// freeze asks for the copy-on-write state of an event.
type freeze struct {
	owed
	frozen *seatmap.Frozen
}

// check asks for the hash of an event's state from scratch.
type check struct {
	owed
	hash uint64
}

// publish asks for a view, if anything changed since the last. Each event has one, and at most one is under way.
type publish struct{ event *Event }

// eventActor owns the seat map of one event: nobody else ever touches it.
type eventActor struct {
	event     *Event
	partition *Partition
	seats     *seatmap.Map

	shown     uint64 // applied index of what is decided
	nowMillis int64
	published time.Duration // uptime of the newest view

	// What is being done, for a fault's report.
	doing string
	index uint64
	op    seatmap.Op
	debt  *owed // what the apply goroutine waits for; nil once settled
}

// Receive does one message. It must never wait, and tells nobody but through the message itself and the event's view.
func (a *eventActor) Receive(c actor.Context) {
	defer a.fail()
	switch m := c.Message().(type) {
	case *batch:
		a.begin("decide", &m.owed)
		a.decide(m)
		a.settle()
		a.show(false)
	case *publish:
		a.event.asked.Store(false)
		a.show(true)
	case *freeze:
		a.begin("freeze", &m.owed)
		if plant := a.partition.plant; plant != nil {
			plant("freeze", a.event.key, nil)
		}
		m.frozen = a.seats.Freeze()
		a.settle()
	case *check:
		a.begin("check", &m.owed)
		m.hash = a.seats.Rehash()
		a.settle()
	case *actor.Stopped:
		a.seats = nil
		a.partition.alive.Done()
	}
}

func (a *eventActor) begin(doing string, debt *owed) { a.doing, a.debt = doing, debt }

// settle gives the message back to the apply goroutine: it must not be touched any more.
func (a *eventActor) settle() {
	debt := a.debt
	a.debt = nil
	debt.settle()
}

// fail runs while a panic unwinds: it halts the partition and settles the debt, so that the waiting Apply returns, and
// lets the panic go on, so that proto.actor suspends the mailbox.
func (a *eventActor) fail() {
	value := recover()
	if value == nil {
		return
	}
	a.partition.Halt(&PanicError{
		Event: a.event.key, Index: a.index, Op: a.op, Doing: a.doing, Value: value, Stack: debug.Stack(),
	})
	a.event.failed.Store(true)
	if a.debt != nil {
		a.settle()
	}
	a.partition.entry.group.noteFailure()
	panic(value)
}

func (a *eventActor) decide(b *batch) {
	plant := a.partition.plant
	a.index = b.index
	for i := b.first; i >= 0; i = b.next[i] {
		c := &b.commands[i]
		a.op = c.Request.Op
		if plant != nil {
			plant("decide", a.event.key, c)
		}
		var answer *seatmap.Answer
		if b.results != nil {
			r := &b.results[i]
			r.Index, r.NowMillis = b.index, b.nowMillis
			answer = &r.Answer
		}
		a.seats.Do(b.nowMillis, &c.Request, answer)
		if mutantApplyTwice && !c.Request.Op.ReadOnly() {
			again := c.Request
			again.Key[0], again.ID[0] = ^again.Key[0], again.ID[0]^byte(again.Op&1) // holds and sales under another id
			a.seats.Do(b.nowMillis, &again, nil)
		}
	}
	a.op = 0
	b.hash = a.seats.Hash()
	b.deadlineMillis, b.hasDeadline = a.seats.NextDeadlineMillis()
	a.shown, a.nowMillis = b.shown, b.nowMillis
	a.event.revision.Store(a.seats.Revision())
}

// show publishes a view if there is anything new and it is time, or a reader waits for just this; otherwise it sees to it
// that it will be shown.
func (a *eventActor) show(now bool) {
	e := a.event
	revision, seen := a.seats.Revision(), e.view.Load().Revision()
	if revision == seen || a.partition.Halted() != nil {
		return
	}
	uptime := a.partition.uptime()
	wanted := e.wanted.Load()
	demanded := wanted > seen && revision >= wanted
	if interval := e.interval(); !now && !demanded && uptime-a.published < interval {
		a.partition.herald.remind(&e.showing, a.published+interval)
		return
	}
	e.looked.Store(false)
	a.doing, a.published = "publish", uptime
	if plant := a.partition.plant; plant != nil {
		plant("publish", e.key, nil)
	}
	e.showView(&View{Picture: a.seats.Picture(), AppliedIndex: a.shown, NowMillis: a.nowMillis, shownAt: uptime})
}
