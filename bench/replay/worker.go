package replay

import (
	"errors"
	"net"
	"sync"
	"time"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/wire"
)

// worker is a connection with a goroutine, which performs one action after the other.
type worker struct {
	e         *engine
	conn      *wire.Conn
	home      int   // number of the node that the connection belongs to
	at        int   // number of the node that it goes to now
	back      int64 // when it goes home again
	log       *sharedLog
	request   wire.Request
	startable []*task
}

// sharedLog is a history's log for several workers: one for each would take a chunk of memory for each connection.
type sharedLog struct {
	mu  sync.Mutex
	log *history.Log
}

func (l *sharedLog) add(o *history.Op) {
	l.mu.Lock()
	l.log.Add(o)
	l.mu.Unlock()
}

// homeAfter is how long a worker stays away from a node that it could not reach.
const homeAfter = 3 * time.Second

// run performs tasks until there are no more.
func (w *worker) run() {
	defer w.conn.Close()
	for {
		w.e.idle.Add(1)
		t, more := <-w.e.ready
		w.e.idle.Add(-1)
		if !more {
			return
		}
		for t != nil {
			t = w.perform(t)
		}
	}
}

// perform makes one attempt, and returns what this shopper does next if that is due already.
func (w *worker) perform(t *task) (next *task) {
	e := w.e
	if e.ended.Load() {
		return nil // it stays with its shopper, where abandon finds it
	}
	now := e.now()
	if !t.begun {
		t.asked = now
	}
	if t.errand != noErrand {
		return w.errand(t)
	}
	event := e.stage.Events[t.record.Event]
	if e.speed == Max && !t.begun {
		t.due, t.ready, t.traced = now, now, now
	}
	if !t.begun && !w.begin(t, event, now) {
		e.measure.skip(true)
		return w.finish(t, now)
	}
	answer, sent, err := w.ask(t)
	now = e.now()
	if err != nil {
		return w.unanswered(t, err, sent, now)
	}
	done := t.read(event, answer, e.historic(now))
	e.measure.answer(&sample{
		op: t.op, phase: t.phase, status: answer.Status, code: t.seen.Code, due: t.due, sent: sent, answered: now,
		traced: t.traced, decided: done, lag: sent - t.ready,
	})
	if !done {
		if answer.Status != 429 {
			w.leave(now) // a node that cannot serve just now, as one that starts, is left for the next, as a balancer does
		}
		return w.again(t, endingOf(answer.Status, done), answer.RetryAfter, now)
	}
	t.shopper.mu.Lock()
	t.settle(event, answer, now)
	t.shopper.mu.Unlock()
	return w.settled(t, now)
}

// settled writes down what became of a task and ends it.
func (w *worker) settled(t *task, now int64) *task {
	switch {
	case t.errand != noErrand:
	case t.visitor != nil:
		w.e.door.acted(t, now)
		fallthrough
	default:
		w.log.add(&t.seen)
	}
	return w.finish(t, now)
}

// begin composes the request; false if there is nothing to ask for.
func (w *worker) begin(t *task, event *Event, now int64) bool {
	t.begun = true
	t.shopper.mu.Lock()
	defer t.shopper.mu.Unlock()
	if !t.compose(event, w.e.keys, w.e.historic(now)) {
		return false
	}
	if t.op == opConfirm && t.visitor != nil {
		t.visit = t.shopper.slot(t.record.Slot).visit // the order ends the session that the hold was made in, no later one
	}
	t.pass = w.e.door.passOf(t)
	return true
}

// ask sends the request to the node at hand, or where it cannot be reached to the next. sent is when the attempt began that
// counts.
func (w *worker) ask(t *task) (answer *wire.Answer, sent int64, err error) {
	e := w.e
	r := &w.request
	*r = wire.Request{Method: t.method, Path: t.path, Key: t.key, Body: t.body, Visitor: t.token, Pass: t.pass}
	if t.op == opMap || t.op == opMapAgain {
		r.Gzip = true
		if t.op == opMapAgain {
			t.shopper.mu.Lock()
			if seen := t.shopper.shownTo(t.record.Device); seen != nil {
				r.IfNoneMatch = seen.etag
			}
			t.shopper.mu.Unlock()
		}
	}
	sent = e.now()
	if w.at != w.home && sent > w.back {
		w.goTo(w.home)
	}
	for range e.addrs {
		if answer, err = w.conn.Do(r); !errors.Is(err, wire.ErrNotSent) {
			break
		}
		w.leave(e.now())
	}
	return answer, sent, err
}

// leave turns to the next node for a while.
func (w *worker) leave(now int64) {
	w.goTo(w.at + 1)
	w.back = now + int64(homeAfter)
}

func (w *worker) goTo(node int) {
	if node %= len(w.e.addrs); node != w.at {
		w.at = node
		w.conn.Move(w.e.addrs[node])
	}
}

// unanswered deals with an attempt that got no answer.
func (w *worker) unanswered(t *task, err error, sent, now int64) *task {
	e, how := w.e, broken
	var timeout net.Error
	switch {
	case errors.Is(err, wire.ErrNotSent):
		how = notSent
		t.seen.NotSent(e.historic(now))
	case errors.As(err, &timeout) && timeout.Timeout():
		how = timedOut
		t.seen.Broke(e.historic(now))
		w.leave(now)
	default:
		t.seen.Broke(e.historic(now))
	}
	e.measure.lost(t.op, t.phase, how, now, sent-t.ready)
	return w.again(t, how, 0, now)
}

// again has a task asked again later, or gives it up.
func (w *worker) again(t *task, how ending, retryAfter time.Duration, now int64) *task {
	e := w.e
	pause, again := e.retry.next(&t.tries, how, retryAfter)
	if !again || e.ended.Load() {
		e.measure.givenUp()
		if t.errand != noErrand {
			e.door.lost(t, now)
		}
		return w.settled(t, now)
	}
	e.measure.again()
	at := now + int64(pause)
	if t.ready = at; how == turnedAway {
		t.due = at // the cluster asked for this pause: it is back-pressure, not latency
	}
	e.later.add(t, at)
	return nil
}

// finish ends a task and returns one that waited for it; further ones go to other workers.
func (w *worker) finish(t *task, now int64) *task {
	if t.errand != noErrand {
		w.e.done(t)
		return nil
	}
	w.startable = w.e.finish(t, now, w.startable[:0])
	if len(w.startable) == 0 {
		return nil
	}
	for _, other := range w.startable[1:] {
		w.e.later.add(other, now)
	}
	return w.startable[0]
}
