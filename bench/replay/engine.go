package replay

import (
	"context"
	"crypto/tls"
	"sync"
	"sync/atomic"
	"time"
)

// engine is one replay under way.
//
// Who may touch what: the dispatcher reads the trace and makes shoppers; a task belongs to whoever has it (see task); a
// shopper's fields need its lock. Lock order: engine.mu and shopper.mu are never held together; later.mu, measure.mu,
// tasks.mu and sharedLog.mu are leaves.
type engine struct {
	stage    *Stage
	speed    Speed
	retry    retry
	calendar calendar
	keys     string // what the keys of this replay begin with
	addrs    []string
	tls      *tls.Config
	limit    int // of connections
	start    time.Time
	offset   int64 // from the history's start to the replay's, nanoseconds

	rooms *Rooms // nil = there are none
	door  *door  // likewise

	measure *measure
	logs    [sharedLogs]sharedLog
	later   *later
	ready   chan *task
	idle    atomic.Int64 // workers that wait for a task
	open    atomic.Int64 // tasks that are not done
	ended   atomic.Bool  // nothing is asked again any more
	read    atomic.Int64 // records of the trace that are under way or done
	at      atomic.Int64 // time in the trace, microseconds

	tasks     tasks
	mu        sync.Mutex
	shoppers  map[uint64]*shopper
	forgotten []*shopper // to be used again, with the room of their slices
	workers   []*worker  // grows as need be; only the dispatcher adds
	working   sync.WaitGroup
}

// sharedLogs is how many logs of the history the workers share.
const sharedLogs = 8

// now is nanoseconds since the replay's start.
func (e *engine) now() int64 { return int64(time.Since(e.start)) }

// historic is a time of the replay as one of the history.
func (e *engine) historic(now int64) int64 { return now + e.offset }

// shopperOf finds a shopper, or makes one.
func (e *engine) shopperOf(number uint64) *shopper {
	e.mu.Lock()
	defer e.mu.Unlock()
	s, known := e.shoppers[number]
	if known {
		return s
	}
	if last := len(e.forgotten) - 1; last >= 0 {
		s, e.forgotten = e.forgotten[last], e.forgotten[:last]
	} else {
		s = new(shopper)
	}
	s.number = number
	e.shoppers[number] = s
	return s
}

// forget lets go of a shopper whose last action is done.
func (e *engine) forget(s *shopper) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.shoppers, s.number)
	clear(s.devices)
	*s = shopper{slots: s.slots[:0], devices: s.devices[:0]}
	e.forgotten = append(e.forgotten, s)
}

// arrive takes a task from the trace whose time has come: it is performed, or waits for those before it, or is skipped.
func (e *engine) arrive(ctx context.Context, t *task) {
	now := e.now()
	s := e.shopperOf(t.record.Shopper)
	t.shopper, t.ready = s, t.due // what it waits from here on is the generator's doing
	e.open.Add(1)
	s.mu.Lock()
	s.last = s.last || t.record.Last
	s.add(t)
	starts := s.free(t)
	skipped := starts && !s.met(&t.record, now)
	t.running = starts
	s.mu.Unlock()
	switch {
	case skipped:
		e.measure.skip(false)
		// Nobody waits for the newest task, so nothing becomes startable.
		e.finish(t, now, nil)
	case starts:
		e.hand(ctx, t)
	}
}

// finish ends a task and returns those of its shopper that waited for it and are performed now.
func (e *engine) finish(t *task, now int64, startable []*task) []*task {
	s := t.shopper
	s.mu.Lock()
	s.remove(t)
	for a := s.open; a != nil; {
		next := a.next
		switch {
		case a.running || !s.free(a):
		case s.met(&a.record, now):
			a.running, a.ready = true, max(a.due, now)
			startable = append(startable, a)
		default:
			s.remove(a)
			a.next, t.next = t.next, a // behind t, with all that end now
			next = s.open              // others may have waited for it
		}
		a = next
	}
	gone := s.last && s.open == nil
	s.mu.Unlock()
	if gone {
		key := visitorKey{t.record.Shopper, t.record.Event}
		e.forget(s)
		e.door.shopperGone(key, now)
	}
	for over := t.next; over != nil; over = over.next {
		e.measure.skip(false)
	}
	e.done(t)
	return startable
}

// done takes a list of tasks back.
func (e *engine) done(t *task) {
	if e.open.Add(-e.tasks.put(t)) == 0 {
		e.later.poke()
	}
}

// phaseAt is the phase of a moment of the replay.
func (e *engine) phaseAt(due int64) phase {
	return e.calendar.of(int64(float64(due) * float64(e.speed) / 1000))
}
