package audit

import (
	"cmp"
	"slices"

	"github.com/parterre/parterre/bench/history"
)

// forever is a time after every other.
const forever = int64(^uint64(0) >> 1)

// span is a part of the places' arena.
type span struct{ from, to uint32 }

// claim is a hold or sale that a client asked for: acknowledged, or of unknown outcome, and then without an id.
type claim struct {
	id               history.ID
	event            uint32
	sale             bool
	done             bool // acknowledged
	orphan           bool // nobody saw the hold's answer, but that of a confirmation
	called, returned int64
	revision         uint64
	deadline         int64 // nanoseconds since the run's start, forever if not told
	reference        uint64
	places           span
	wanted           uint32 // unknown wishes: how many seats they may have, nobody knows which
	acts             int32  // the first of the list, none = -1

	// What settle finds.
	order     orderState
	ends      bool  // an acknowledged release, and no order
	endCalled int64 // the first call that could have ended it
	left      span  // the places that it has at last, if it is an order
	loose     bool  // an unknown cancellation: the places at last are not known
}

// orderState says how far a claim became an order.
type orderState uint8

const (
	noOrder    orderState = iota
	mayBeOrder            // a confirmation or sale of unknown outcome
	isOrder
	cancelled // every ticket of it
)

// act is what was asked of a claim later.
type act struct {
	kind             history.Kind
	outcome          history.Outcome
	code             history.Code
	flags            history.Flag
	state            history.State
	called, returned int64
	revision         uint64
	deadline         int64
	ttl              int64 // nanoseconds
	added, taken     span
	next             int32
}

// refusal is a request that was refused for want of places.
type refusal struct {
	called, returned int64
	code             history.Code
	kind             history.Kind
	flags            history.Flag
	event            uint32
	wanted           uint32
	asked, named     span
}

// ledger is what a history says, by claim.
type ledger struct {
	run      *history.Run
	v        *Verdict
	claims   []claim
	byID     map[history.ID]int32
	acts     []act
	refusals []refusal
	places   []history.Place
}

// collect reads the history twice: claims first, since what was asked of them may stand in other workers' logs before.
func collect(run *history.Run, v *Verdict) (*ledger, error) {
	l := &ledger{run: run, v: v, byID: make(map[history.ID]int32, run.Len()/3)}
	if err := run.Each(func(o *history.Op) bool {
		v.Operations++
		if o.Outcome == history.Unknown && o.Kind < history.KindReadHold {
			v.Unknown++
		}
		l.open(o)
		return true
	}); err != nil {
		return nil, err
	}
	return l, run.Each(func(o *history.Op) bool {
		l.follow(o)
		return true
	})
}

func (l *ledger) keep(list []history.Place) span {
	from := uint32(len(l.places))
	l.places = append(l.places, list...)
	return span{from, uint32(len(l.places))}
}

func (l *ledger) in(s span) []history.Place { return l.places[s.from:s.to] }

// since turns Unix milliseconds of a deadline into time since the run's start.
func (l *ledger) since(deadlineMillis int64) int64 {
	if deadlineMillis == 0 {
		return forever
	}
	return deadlineMillis*1e6 - l.run.UnixNano(0)
}

// open notes claims and refusals.
func (l *ledger) open(o *history.Op) {
	refusedPlaces := o.Outcome == history.Refused && (o.Code == history.CodeSeatUnavailable || o.Code == history.CodeNotEnoughSeats)
	switch o.Kind {
	case history.KindHold, history.KindWish, history.KindSale:
		switch {
		case o.Outcome == history.Done && !o.ID.IsZero():
			l.acknowledged(o)
		case o.Outcome == history.Unknown, o.Outcome == history.Done:
			wanted := o.Wanted
			if o.Kind == history.KindHold {
				wanted = 0 // its seats are known
			}
			l.claims = append(l.claims, claim{
				event: o.Event, sale: o.Kind == history.KindSale, called: o.Called, returned: o.Returned,
				deadline: forever, wanted: wanted, places: l.keep(o.Asked), acts: -1,
			})
		}
	case history.KindChange, history.KindConfirm:
	default:
		return
	}
	if refusedPlaces {
		l.refusals = append(l.refusals, refusal{
			called: o.Called, returned: o.Returned, code: o.Code, kind: o.Kind, flags: o.Flags, event: o.Event, wanted: o.Wanted,
			asked: l.keep(o.Asked), named: l.keep(o.Given),
		})
	}
}

func (l *ledger) acknowledged(o *history.Op) {
	if first, twice := l.byID[o.ID]; twice {
		l.v.broken(l.v.OneOwner, "%s: two requests were answered with the same hold %s, at %s and at %s", l.eventName(o.Event), o.ID,
			at(l.claims[first].returned), at(o.Returned))
		return
	}
	deadline := l.since(o.Deadline)
	if o.Kind == history.KindSale {
		deadline = forever
	}
	l.byID[o.ID] = int32(len(l.claims))
	l.claims = append(l.claims, claim{
		id: o.ID, event: o.Event, sale: o.Kind == history.KindSale, done: true, called: o.Called, returned: o.Returned,
		revision: o.Revision, deadline: deadline, reference: o.Reference, places: l.keep(o.Given), acts: -1,
	})
}

// follow notes what was asked of claims.
func (l *ledger) follow(o *history.Op) {
	switch o.Kind {
	case history.KindConfirm, history.KindRelease, history.KindExtend, history.KindChange, history.KindCancel,
		history.KindReadHold, history.KindReadOrder:
	default:
		return
	}
	if o.ID.IsZero() || o.Outcome == history.TurnedAway {
		return
	}
	number, known := l.byID[o.ID]
	if !known {
		if o.Kind != history.KindConfirm || o.Outcome != history.Done {
			return // of a hold that the history does not know, nothing can be said
		}
		number = int32(len(l.claims))
		l.byID[o.ID] = number
		l.claims = append(l.claims, claim{
			id: o.ID, event: o.Event, done: true, orphan: true, called: 0, returned: o.Returned, revision: o.Revision,
			deadline: forever, places: l.keep(o.Given), acts: -1,
		})
	}
	c := &l.claims[number]
	if o.Kind == history.KindConfirm && o.Outcome == history.Done {
		c.reference = o.Reference
	}
	l.acts = append(l.acts, act{
		kind: o.Kind, outcome: o.Outcome, code: o.Code, flags: o.Flags, state: o.State, called: o.Called, returned: o.Returned,
		revision: o.Revision, deadline: l.since(o.Deadline), ttl: int64(o.TTLSeconds) * 1e9,
		added: l.keep(o.Asked), taken: l.keep(o.Taken), next: c.acts,
	})
	c.acts = int32(len(l.acts) - 1)
}

// actsOf are a claim's acts in the order of their calls, in scratch.
func (l *ledger) actsOf(c *claim, scratch []*act) []*act {
	scratch = scratch[:0]
	for n := c.acts; n >= 0; n = l.acts[n].next {
		scratch = append(scratch, &l.acts[n])
	}
	if len(scratch) > 1 {
		slices.SortStableFunc(scratch, func(a, b *act) int { return cmp.Compare(a.called, b.called) })
	}
	return scratch
}

func (l *ledger) eventName(event uint32) string { return l.run.Events[event].Name }
