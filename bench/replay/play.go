package replay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/parterre/parterre/bench/report"
	"github.com/parterre/parterre/bench/trace"
	"github.com/parterre/parterre/bench/wire"
)

// Source gives the records of a trace in their order; a *trace.Reader is one. io.EOF ends it, and trace.ErrTruncated ends it
// early.
type Source interface {
	Next(*trace.Record) error
}

// Options say how a trace is played.
type Options struct {
	Stage     *Stage
	Source    Source
	Retry     trace.Retry // of the trace's header
	Endpoints []string    // base addresses of the nodes; connections are spread over them
	Speed     Speed
	// Connections bounds connections, each with a goroutine; they are made when they are needed. Default 1,024.
	Connections int
	// Limit ends the replay after so many records; 0 = none. Until ends it at a time of the trace; 0 = none.
	Limit int64
	Until time.Duration
	// Faults are broken on purpose, each at its time in the trace.
	Faults []Fault
	// Progress is called every second, from one goroutine; nil = not.
	Progress func(Progress)
	TLS      *tls.Config // for https endpoints; nil = the system's
}

// Fault breaks something: Break says what it broke.
type Fault struct {
	At    time.Duration
	Break func(context.Context) (what string, err error)
}

// Bounds.
const (
	defaultConnections = 1_024
	maxConnections     = 65_536
	// maxReady bounds the actions that are due and wait for a connection. The trace waits when it is full, and what waits
	// with it is late by the clock that latency counts from.
	maxReady = 65_536
	// maxAnswerBytes bounds one answer.
	maxAnswerBytes = 8 << 20
)

// Play plays a trace to its end, or to Limit or Until, and waits for what is under way. An error means that it could not be
// played; what the cluster answers is never one. When ctx ends, the replay ends with what it has, and ctx's error.
func Play(ctx context.Context, o Options) (*Result, error) {
	e, err := newEngine(o)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, e.interrupt)
	var beside sync.WaitGroup
	besides, done := context.WithCancel(ctx)
	faults := e.startFaults(besides, cancel, o.Faults, &beside)
	var stock []report.Stock
	beside.Go(func() { stock = e.watch(besides, o.Progress) })
	err = e.dispatch(ctx, &o)
	close(e.ready)
	e.working.Wait()
	seconds := time.Since(e.start).Seconds()
	stop()
	done()
	beside.Wait()
	e.abandon()
	result := e.result(seconds)
	result.Stock = stock
	var failed error
	result.Faults, failed = faults.outcome()
	return result, errors.Join(failed, err)
}

func newEngine(o Options) (*engine, error) {
	if o.Stage == nil || len(o.Stage.Events) == 0 {
		return nil, fmt.Errorf("%w: the stage has none", ErrNoEvent)
	}
	e := &engine{
		stage: o.Stage, speed: o.Speed, retry: retryOf(o.Retry), calendar: newCalendar(o.Stage.Opens, o.Stage.HoldTTL),
		limit: o.Connections, measure: &measure{}, later: newLater(), shoppers: map[uint64]*shopper{},
		keys: strconv.FormatInt(time.Now().UnixNano(), 36) + "-",
	}
	if e.limit <= 0 {
		e.limit = defaultConnections
	}
	e.limit = min(e.limit, maxConnections)
	e.ready = make(chan *task, maxReady)
	if o.Speed == Max {
		e.ready = make(chan *task, e.limit) // the trace follows the connections
	}
	for _, endpoint := range o.Endpoints {
		addr, secure, err := wire.Endpoint(endpoint)
		if err != nil {
			return nil, fmt.Errorf("%w: %q", err, endpoint)
		}
		if secure {
			if e.tls = o.TLS; e.tls == nil {
				e.tls = &tls.Config{MinVersion: tls.VersionTLS12}
			}
		}
		e.addrs = append(e.addrs, addr)
	}
	if len(e.addrs) == 0 {
		return nil, wire.ErrEndpoint
	}
	e.start = time.Now()
	e.offset = o.Stage.Run.Since(e.start)
	return e, nil
}

// dispatch reads the trace and hands actions out when they are due, then waits until all are done.
func (e *engine) dispatch(ctx context.Context, o *Options) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for number := int64(0); o.Limit == 0 || number < o.Limit; number++ {
		t := newTask()
		err := o.Source.Next(&t.record)
		if err != nil {
			t.forget()
			if errors.Is(err, io.EOF) || errors.Is(err, trace.ErrTruncated) {
				break
			}
			return err
		}
		at := t.record.AtMicros
		if o.Until > 0 && at > o.Until.Microseconds() {
			t.forget()
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
		e.arrive(ctx, t)
	}
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
		if all && e.open.Load() == 0 || !all && until <= now {
			return nil
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
	if int64(len(e.ready)) >= e.idle.Load() && len(e.workers) < e.limit {
		e.hire()
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
	w := &worker{e: e, home: number, at: number, log: e.stage.Run.NewLog()}
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
	log := e.stage.Run.NewLog()
	for _, s := range e.shoppers {
		for t := s.open; t != nil; t = t.next {
			if t.begun {
				e.measure.givenUp()
				log.Add(&t.seen)
			}
		}
	}
}
