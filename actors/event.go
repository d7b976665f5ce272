package actors

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/parterre/parterre/actors/seatmap"
)

// Event is what readers see of an event. Its methods may be called by any goroutine and never enter the actor.
type Event struct {
	key       string
	chart     string
	partition *Partition
	pid       *actor.PID
	era       *era

	// How it was made: never changes.
	plan        seatmap.PlanHash
	createKey   seatmap.Key
	fingerprint [32]byte
	bornAt      uint64 // revision right after it was made
	identity    uint64 // hash of all of these and the key

	view     atomic.Pointer[View]
	revision atomic.Uint64 // of what is decided; set by the actor before it settles a batch
	wanted   atomic.Uint64 // the highest revision that a reader waits for
	asked    atomic.Bool   // a publish message is under way
	looked   atomic.Bool   // somebody looked at the newest view
	failed   atomic.Bool   // the actor panicked: its mailbox is suspended

	room         atomic.Pointer[RoomView] // never nil; without a picture where there is no room
	roomRevision atomic.Uint64            // of what is decided; as revision

	publishing  publish
	showing     agendaEntry // in the herald's list
	showingRoom agendaEntry // as above
	turn        turn

	// Of the apply goroutine.
	touched *batch
	listed  bool   // among those behind a room
	term    uint64 // what this event adds to the state sum
	lapsing agendaEntry
}

// era is the time between two restored snapshots: events do not outlive it.
type era struct {
	ended chan struct{}
	over  bool // guarded by the registry lock: nothing may be sent to the era's actors any more
}

func newEra() *era { return &era{ended: make(chan struct{})} }

// Key is the event's key.
func (e *Event) Key() string { return e.key }

// Chart is the name of the chart of which the event was made.
func (e *Event) Chart() string { return e.chart }

// Latest is the newest published view, never nil. It may be as old as [UnseenViewInterval] and the herald's delay; nobody
// counts as having looked at it.
func (e *Event) Latest() *View { return e.view.Load() }

// View is the newest published view, never nil. Where it is older than [ViewInterval] and the event has changed since,
// which happens only if nobody looked at it so far, a newer one is asked for and not waited for.
func (e *Event) View() *View {
	v, recent := e.look()
	if !recent {
		e.partition.publish(e)
	}
	return v
}

// Recent is a view that is not older than [ViewInterval], if ctx and the event's actor allow, else the newest one.
func (e *Event) Recent(ctx context.Context) *View {
	v, recent := e.look()
	if recent {
		return v
	}
	bound, cancel := context.WithTimeout(ctx, ViewInterval)
	defer cancel()
	if newer, err := e.ViewAt(bound, e.revision.Load()); err == nil {
		return newer
	}
	return v
}

// Current is the newest published view if it is not older than [ViewInterval] or shows everything; nobody counts as
// having looked at it.
func (e *Event) Current() (v *View, ok bool) {
	v = e.view.Load()
	return v, e.isRecent(v)
}

// look notes that somebody looks, so that the next view follows soon.
func (e *Event) look() (v *View, recent bool) {
	v = e.view.Load()
	if !e.looked.Load() {
		e.looked.Store(true)
	}
	return v, e.isRecent(v)
}

func (e *Event) isRecent(v *View) bool {
	return v.Revision() >= e.revision.Load() || e.partition.uptime()-v.shownAt < ViewInterval
}

// interval is the time between two views that nobody demands: to publish one makes the actor copy every page that it
// changes afterwards, which for a thousand events at whose seats nobody looks costs more than their decisions.
func (e *Event) interval() time.Duration {
	if e.looked.Load() {
		return ViewInterval
	}
	return UnseenViewInterval
}

// ViewAt waits until a view of at least the given revision is published, or ctx ends. Once the revision is decided here,
// its view is published at once. Over a restored snapshot it goes on with the restored event. Errors: ctx's, ErrHalted,
// ErrStopped, ErrGone.
func (e *Event) ViewAt(ctx context.Context, revision uint64) (*View, error) {
	for {
		v := e.view.Load()
		if v.Revision() >= revision || mutantOldView {
			return v, nil
		}
		raise(&e.wanted, revision)
		if e.revision.Load() >= revision {
			e.partition.publish(e)
		}
		select {
		case <-v.renewed:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-e.partition.halted:
			return nil, e.partition.Halted()
		case <-e.era.ended:
			successor, err := e.partition.successor(e)
			if err != nil {
				return nil, err
			}
			e = successor
		}
	}
}

// Fresh waits for a view that shows everything applied when it was called. (An entry that does not change the event
// makes no new view; View.AppliedIndex is then older than the partition's.) Errors as for ViewAt.
func (e *Event) Fresh(ctx context.Context) (*View, error) {
	if err := e.partition.Halted(); err != nil {
		return nil, err
	}
	for {
		// An actor sets the revision before it settles, and so before the applied index says so.
		v, err := e.ViewAt(ctx, e.revision.Load())
		if err != nil {
			return nil, err
		}
		successor, err := e.partition.successor(e)
		if err != nil {
			return nil, err
		}
		if successor == e {
			return v, nil
		}
		e = successor
	}
}

// showView replaces the newest view and wakes who waits for that. Only the actor calls it.
func (e *Event) showView(v *View) {
	v.renewed = make(chan struct{})
	old := e.view.Swap(v)
	if old != nil {
		close(old.renewed)
	}
}

// publish asks e's actor for a view, unless it is asked already or is stopping.
func (p *Partition) publish(e *Event) {
	if e.asked.Swap(true) {
		return
	}
	p.registry.RLock()
	defer p.registry.RUnlock()
	if !e.era.over {
		p.root.Send(e.pid, &e.publishing)
	}
}

// successor is e itself while its era lasts, and then the event of that key in the restored state.
func (p *Partition) successor(e *Event) (*Event, error) {
	p.registry.RLock()
	defer p.registry.RUnlock()
	if p.stopped {
		return nil, ErrStopped
	}
	if !e.era.over {
		return e, nil
	}
	if found := p.state.byKey[e.key]; found != nil {
		return found, nil
	}
	return nil, ErrGone
}

// raise sets v to at least to.
func raise(v *atomic.Uint64, to uint64) {
	for {
		old := v.Load()
		if old >= to || v.CompareAndSwap(old, to) {
			return
		}
	}
}
