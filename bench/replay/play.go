package replay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
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
	// Rooms are put in front of the events; nil = none.
	Rooms *Rooms
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
	if e.rooms != nil {
		start, err := e.openRooms(ctx, e.rooms)
		if err != nil {
			return nil, err
		}
		time.Sleep(time.Until(start))
		e.start = time.Now()
		e.offset = o.Stage.Run.Since(e.start)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, e.interrupt)
	var beside sync.WaitGroup
	besides, done := context.WithCancel(ctx)
	faults := e.startFaults(besides, cancel, o.Faults, &beside)
	var stock []report.Stock
	var moments []report.RoomMoment
	beside.Go(func() { stock, moments = e.watch(besides, o.Progress) })
	err = e.dispatch(ctx, &o)
	close(e.ready)
	e.working.Wait()
	seconds := time.Since(e.start).Seconds()
	stop()
	done()
	beside.Wait()
	e.abandon()
	result := e.result(seconds)
	result.Stock, result.Moments = stock, moments
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
	if o.Rooms != nil {
		if err := o.Rooms.check(o.Speed); err != nil {
			return nil, err
		}
		e.rooms, e.door = o.Rooms, newDoor(e)
	}
	for i := range e.logs {
		e.logs[i].log = o.Stage.Run.NewLog()
	}
	e.start = time.Now()
	e.offset = o.Stage.Run.Since(e.start)
	return e, nil
}
