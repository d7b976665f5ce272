package audit

import (
	"time"

	"github.com/parterre/parterre/bench/history"
)

// lapseGrace is how long after its deadline a hold may still own its places: promise 4.
const lapseGrace = int64(250 * time.Millisecond)

// tenure is a claim's ownership of a seat, of a table, or of a number of places in an area. Both intervals are in
// nanoseconds since the run's start; sureFrom > sureTo means that it was never sure.
type tenure struct {
	number, quantity  uint32
	claim             int32
	order             orderState // isOrder: surely sold while it lasts; mayBeOrder: held or sold
	possFrom, possTo  int64
	sureFrom, sureTo  int64
	firstRev, lastRev uint64 // revisions at which it was surely owned, 0 = not told
}

// possible says that the place may have been owned by it at some moment of an interval.
func (t *tenure) possible(from, to int64) bool { return t.possFrom <= to && t.possTo >= from }

// sure says that it owned the place during a whole interval.
func (t *tenure) sure(from, to int64) bool { return t.sureFrom <= from && t.sureTo >= to }

// life is what a claim's acts say of its times, while settle reads them.
type life struct {
	possFrom, possTo   int64
	sureFrom, sureTo   int64
	firstRev, aliveRev uint64 // aliveRev: the last at which an answer shows it alive
	extendedRev        uint64 // of the extension that was decided last

	order                    orderState
	retake                   bool // one of its confirmations may have taken the places again
	soldCalled, soldReturned int64
	soldRev                  uint64

	releaseReturned              int64 // acknowledged
	releasedAlive                bool  // surely before the hold lapsed: a lapsed one stays lapsed, and may be taken again
	endedCalled                  int64 // the first call of a release, whatever came of it
	capped                       int64 // the earliest deadline that an extension of unknown outcome can have set
	cancelCalled, cancelReturned int64
	cancelRev                    uint64
	cancelOpen                   bool // a cancellation of unknown outcome
}

// stay is a place of a claim between changes.
type stay struct {
	number, quantity  uint32
	possFrom, possTo  int64
	sureFrom, sureTo  int64
	firstRev, lastRev uint64
	left              bool // given back
	doubted           bool // perhaps, by an act of unknown outcome
}

// settler turns claims into tenures.
type settler struct {
	*ledger
	slack int64 // by which clocks may differ
	acts  []*act
	stays []stay
}

const allRevisions = ^uint64(0)

// settle appends the tenures of a claim to list, and notes in the claim what it is at last.
func (s *settler) settle(number int32, list []tenure) []tenure {
	c := &s.claims[number]
	s.acts = s.actsOf(c, s.acts)
	l := s.live(c)
	s.stay(c)
	c.order, c.endCalled = l.order, min(l.endedCalled, l.cancelCalled)
	c.ends = l.releaseReturned != forever && l.order == noOrder
	s.noteOrder(c, &l)
	for i := range s.stays {
		list = s.append(list, number, &l, &s.stays[i])
	}
	return list
}

// live reads the acts for the claim's times.
func (s *settler) live(c *claim) life {
	l := life{
		possFrom: c.called, possTo: s.lapsed(c.deadline), sureFrom: c.returned, sureTo: s.due(c.deadline),
		firstRev: c.revision, aliveRev: c.revision, soldCalled: forever, soldReturned: forever,
		releaseReturned: forever, endedCalled: forever, capped: forever, cancelCalled: forever, cancelReturned: forever,
	}
	if !c.done {
		l.sureFrom, l.sureTo, l.possTo, l.firstRev, l.aliveRev = forever, -1, forever, 0, 0
	}
	if c.sale {
		l.order, l.soldCalled, l.soldReturned, l.soldRev = isOrder, c.called, c.returned, c.revision
		if !c.done {
			l.order = mayBeOrder
		}
	}
	for _, a := range s.acts {
		s.liveAct(&l, a)
	}
	l.sureTo = min(l.sureTo, l.capped, l.endedCalled)
	if l.order == mayBeOrder && l.releaseReturned != forever && !l.retake {
		l.order = noOrder // what was released was not an order
	}
	return l
}

// due is until when a hold surely lives, lapsed until when it possibly does.
func (s *settler) due(deadline int64) int64 {
	if deadline == forever {
		return forever
	}
	return deadline - s.slack
}

func (s *settler) lapsed(deadline int64) int64 {
	if deadline == forever {
		return forever
	}
	return deadline + lapseGrace + s.slack
}

func (s *settler) liveAct(l *life, a *act) {
	done, unknown := a.outcome == history.Done, a.outcome == history.Unknown
	switch a.kind {
	case history.KindExtend:
		if done {
			l.extend(a, s.due(a.deadline))
			l.possTo = max(l.possTo, s.lapsed(a.deadline))
		} else if unknown { // the new deadline may be earlier than the old one
			l.capped, l.possTo = min(l.capped, s.due(a.called+a.ttl)), forever
		}
	case history.KindRelease:
		if done {
			l.releaseReturned = min(l.releaseReturned, a.returned)
			l.releasedAlive = l.releasedAlive || a.returned <= min(l.sureTo, l.capped)
		}
		if done || unknown {
			l.endedCalled = min(l.endedCalled, a.called)
		}
	case history.KindConfirm:
		s.liveConfirm(l, a, done, unknown)
	case history.KindCancel:
		if a.taken.from == a.taken.to && (done || unknown) {
			l.liveCancel(a, done)
		}
	}
	alive := a.kind == history.KindExtend || a.kind == history.KindChange ||
		a.kind == history.KindConfirm && a.state != history.StateCancelled // confirmed once more, after it was cancelled
	if done && alive && !l.retake {
		l.aliveRev = max(l.aliveRev, a.revision)
	}
}

// extend takes over the deadline of the extension that was decided last, which is not always the one that was called last.
func (l *life) extend(a *act, due int64) {
	switch {
	case a.revision == 0: // nobody knows which was
		l.sureTo = min(l.sureTo, due)
	case a.revision > l.extendedRev:
		l.sureTo, l.extendedRev = due, a.revision
	}
}

func (l *life) liveCancel(a *act, done bool) {
	l.cancelCalled = min(l.cancelCalled, a.called)
	l.cancelOpen = l.cancelOpen || !done
	if done {
		l.cancelReturned = min(l.cancelReturned, a.returned)
		if l.cancelRev == 0 || a.revision < l.cancelRev {
			l.cancelRev = a.revision
		}
	}
}

func (s *settler) liveConfirm(l *life, a *act, done, unknown bool) {
	if !done && !unknown {
		return
	}
	l.retake = l.retake || a.flags&history.FlagRetake != 0
	l.soldCalled = min(l.soldCalled, a.called)
	if done {
		l.order = isOrder
		l.soldReturned = min(l.soldReturned, a.returned)
		if l.soldRev == 0 {
			l.soldRev = a.revision
		}
	} else if l.order == noOrder {
		l.order = mayBeOrder
	}
}

// append makes the tenures of one stay: one, or two if the claim may have lost its places before it was sold.
func (s *settler) append(list []tenure, number int32, l *life, y *stay) []tenure {
	t := tenure{
		number: y.number, quantity: y.quantity, claim: number, order: l.order,
		possFrom: max(l.possFrom, y.possFrom), possTo: min(l.possTo, l.releaseReturned), sureFrom: max(l.sureFrom, y.sureFrom),
		sureTo: l.sureTo, firstRev: max(l.firstRev, y.firstRev), lastRev: l.aliveRev,
	}
	switch {
	case l.order == isOrder && !l.retake:
		t.sureTo, t.lastRev = forever, allRevisions
		t.possTo = forever
	case l.order == isOrder:
		held := t
		held.order = noOrder
		held.possTo = min(held.possTo, l.cancelReturned)
		held.sureTo = min(held.sureTo, l.cancelCalled, l.soldReturned-1) // places of an area must not be counted twice
		if l.cancelCalled != forever {
			held.lastRev = min(held.lastRev, l.lastSoldRev())
		}
		list = append(list, held.within(y))
		t.possFrom, t.sureFrom, t.firstRev = max(l.soldCalled, y.possFrom), max(l.soldReturned, y.sureFrom), max(l.soldRev, y.firstRev)
		t.possTo, t.sureTo, t.lastRev = forever, forever, allRevisions
	case l.order == mayBeOrder:
		t.possTo = forever
	}
	if l.order != noOrder {
		t.possTo, t.sureTo = min(t.possTo, l.cancelReturned), min(t.sureTo, l.cancelCalled)
		if l.cancelCalled != forever {
			t.lastRev = min(t.lastRev, l.lastSoldRev())
		}
	}
	return append(list, t.within(y))
}

// lastSoldRev is the last revision at which a cancelled order was surely there.
func (l *life) lastSoldRev() uint64 {
	if l.cancelRev > 0 && !l.cancelOpen {
		return l.cancelRev - 1
	}
	return max(l.soldRev, l.aliveRev) // cancelled at a revision that nobody was told
}

// within cuts a tenure to the time of a stay.
func (t tenure) within(y *stay) tenure {
	t.possTo, t.sureTo = min(t.possTo, y.possTo), min(t.sureTo, y.sureTo)
	t.lastRev = min(t.lastRev, y.lastRev)
	if t.firstRev == 0 || t.sureFrom > t.sureTo || t.sureFrom == forever {
		t.firstRev, t.lastRev = 0, 0
	}
	return t
}
