package actors

import (
	"runtime/debug"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/actors/waitroom"
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
	room   *waitroom.Frozen // nil = none
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
	room      *waitroom.Room // in front of it; nil = none
	unheard   seatmap.Answer // of a command that nobody waits for, where the room has to know it

	shown     uint64 // applied index of what is decided
	nowMillis int64
	published time.Duration // uptime of the newest view
	roomShown time.Duration // uptime of the newest view of the room

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
		a.showRoom(false)
	case *publish:
		a.event.asked.Store(false)
		a.show(true)
		a.showRoom(true)
	case *freeze:
		a.begin("freeze", &m.owed)
		if plant := a.partition.plant; plant != nil {
			plant("freeze", a.event.key, nil)
		}
		m.frozen = a.seats.Freeze()
		if a.room != nil {
			m.room = a.room.Freeze()
		}
		a.settle()
	case *check:
		a.begin("check", &m.owed)
		m.hash = eventHash(a.seats.Rehash(), a.room, (*waitroom.Room).Rehash)
		a.settle()
	case *actor.Stopped:
		a.seats, a.room = nil, nil
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
		var result *command.Result
		var answer *seatmap.Answer
		if b.results != nil {
			result = &b.results[i]
			result.Index, result.NowMillis, result.Room = b.index, b.nowMillis, nil
			answer = &result.Answer
		}
		if a.room != nil || c.Kind == command.KindRoom {
			a.decideAtTheDoor(b.nowMillis, c, result)
			continue
		}
		a.seats.Do(b.nowMillis, &c.Request, answer)
		if mutantApplyTwice && !c.Request.Op.ReadOnly() {
			again := c.Request
			again.Key[0], again.ID[0] = ^again.Key[0], again.ID[0]^byte(again.Op&1) // holds and sales under another id
			a.seats.Do(b.nowMillis, &again, nil)
		}
	}
	a.op = 0
	b.hash = eventHash(a.seats.Hash(), a.room, (*waitroom.Room).Hash)
	b.deadlineMillis, b.hasDeadline = nextDue(a.seats, a.room)
	a.shown, a.nowMillis = b.shown, b.nowMillis
	a.event.revision.Store(a.seats.Revision())
	if a.room != nil {
		a.event.roomRevision.Store(a.room.Revision())
	}
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
