package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/parterre/parterre/bench/trace"
	"github.com/parterre/parterre/bench/wire"
)

// dispatch reads the trace and hands actions out when they are due, then waits until all are done.
func (e *engine) dispatch(ctx context.Context, o *Options) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for number := int64(0); o.Limit == 0 || number < o.Limit; number++ {
		t := e.tasks.get()
		err := o.Source.Next(&t.record)
		if err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, trace.ErrTruncated) {
				break
			}
			return err
		}
		at := t.record.AtMicros
		if o.Until > 0 && at > o.Until.Microseconds() {
			break
		}
		if int(t.record.Event) >= len(e.stage.Events) {
			return fmt.Errorf("%w: record %d is about event %d of %d", ErrNoEvent, number, t.record.Event, len(e.stage.Events))
		}
		t.number, t.phase, t.due = number, e.calendar.of(at), e.speed.due(at)
		t.traced = t.due
		if err := e.wait(ctx, timer, t.due, false); err != nil {
			return err
		}
		e.read.Add(1)
		e.at.Store(at)
		if e.door.keep(t) {
			e.tasks.put(t)
			continue
		}
		e.arrive(ctx, t)
	}
	e.door.close()
	return e.wait(ctx, timer, 0, true)
}

// wait hands out what is to be asked again until a time has come, or until nothing is under way any more.
func (e *engine) wait(ctx context.Context, timer *time.Timer, until int64, all bool) error {
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		now := e.now()
		t, at, any := e.later.take(now)
		if t != nil {
			e.hand(ctx, t)
			continue
		}
		v, stepAt, stepping := e.door.due(now)
		if v != nil {
			e.door.step(ctx, v)
			continue
		}
		if all && !stepping && e.open.Load() == 0 || !all && until <= now {
			return nil
		}
		if stepping && (!any || stepAt < at) {
			at, any = stepAt, true
		}
		if !all && (!any || until < at) {
			at, any = until, true
		}
		if !any {
			at = now + int64(time.Minute) // a task that ends, or is to be asked again, wakes us
		}
		timer.Reset(time.Duration(at - now))
		select {
		case <-timer.C:
		case <-e.later.wake:
		case <-ctx.Done():
		}
	}
}

// hand gives a task to a worker, a new one if all are busy and another is allowed. It waits if too many tasks wait.
func (e *engine) hand(ctx context.Context, t *task) {
	switch {
	case int64(len(e.ready)) < e.idle.Load():
	case len(e.workers) < e.limit:
		e.hire()
	default:
		e.measure.starve()
	}
	select {
	case e.ready <- t:
	case <-ctx.Done():
		e.later.add(t, 0) // abandon finds it
	}
}

// hire starts a worker. Only the dispatcher hires.
func (e *engine) hire() {
	number := len(e.workers) % len(e.addrs)
	w := &worker{e: e, home: number, at: number, log: &e.logs[len(e.workers)%len(e.logs)]}
	w.conn = wire.New(e.addrs[number], wire.Options{Timeout: e.retry.timeout, MaxAnswerBytes: maxAnswerBytes, TLS: e.tls})
	e.mu.Lock()
	e.workers = append(e.workers, w)
	e.mu.Unlock()
	e.working.Go(w.run)
}

// interrupt ends what is under way.
func (e *engine) interrupt() {
	e.ended.Store(true)
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, w := range e.workers {
		w.conn.Interrupt()
	}
}

// abandon writes down what was asked and not decided when the replay was ended early. Nobody works any more.
func (e *engine) abandon() {
	for _, s := range e.shoppers {
		for t := s.open; t != nil; t = t.next {
			if t.begun {
				e.measure.givenUp()
				e.logs[0].add(&t.seen)
			}
		}
	}
}
