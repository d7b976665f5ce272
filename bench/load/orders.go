package load

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/wire"
)

// Work is what the connections do: each order is the next hold, then its confirmation, one request a step, every request
// with a key of its own.
type Work struct {
	Endpoints   []string // host:port, used in turn by the connections
	Connections int
	Duration    time.Duration
	Timeout     time.Duration // of one request; after it the same key is asked again
	// Next gives the next party's event, and appends the JSON body of its hold to body, which has room for it after the
	// first few; ok is false when everything is sold. Called from many goroutines, each with a body of its own.
	Next func(body []byte) (event string, hold []byte, ok bool)
	// Pace says when the next order is due, if set: a connection waits until then, and the hold's latency counts from then,
	// so that what waits for a free connection is measured too. Without it each connection orders as fast as it can.
	Pace func() time.Time
	// Ordered is called after each confirmed order, if set; from many goroutines.
	Ordered func(at time.Time)
	// History gets every operation, if set; it must have the events that Next names.
	History *history.Run
}

// Result is what a run measured. Latencies are in microseconds, of a saturated closed loop unless the work is paced.
type Result struct {
	Orders, Refused, Retried int64
	Elapsed                  time.Duration
	Hold, Confirm            *hdrhistogram.Histogram
}

// OrdersPerSecond is the run's throughput.
func (r *Result) OrdersPerSecond() float64 { return float64(r.Orders) / r.Elapsed.Seconds() }

// histogram limits: 1 µs to 60 s with three digits.
func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, 60_000_000, 3) }

// errSoldOut ends a worker when there is nothing left to sell.
var errSoldOut = errors.New("load: sold out")

// runSeed tells the keys of two runs apart.
var runSeed atomic.Int64

// Run drives the work until its duration is over, ctx ends or everything is sold.
func Run(ctx context.Context, w Work) (*Result, error) {
	ctx, cancel := context.WithTimeout(ctx, w.Duration)
	defer cancel()
	seed := strconv.FormatInt(time.Now().UnixNano()+runSeed.Add(1), 36)
	workers := make([]*worker, w.Connections)
	errs := make([]error, w.Connections)
	start := time.Now()
	var all sync.WaitGroup
	for i := range workers {
		workers[i] = &worker{
			work: &w, conn: wire.New(w.Endpoints[i%len(w.Endpoints)], wire.Options{Timeout: w.Timeout}),
			prefix: seed + "-" + strconv.Itoa(i) + "-", hold: newHistogram(), confirm: newHistogram(),
			watch: watch{run: w.History, log: w.History.NewLog()},
		}
		all.Go(func() { errs[i] = workers[i].run(ctx) })
	}
	all.Wait()
	result := &Result{Elapsed: time.Since(start), Hold: newHistogram(), Confirm: newHistogram()}
	for _, k := range workers {
		result.Orders += k.orders
		result.Refused += k.refused
		result.Retried += k.retried
		result.Hold.Merge(k.hold)
		result.Confirm.Merge(k.confirm)
	}
	return result, errors.Join(errs...)
}

// worker is one connection's loop.
type worker struct {
	work                     *Work
	conn                     *wire.Conn
	prefix                   string
	sequence                 int64
	path, key, body, holdID  []byte
	orders, refused, retried int64
	hold, confirm            *hdrhistogram.Histogram
	watch                    watch
}

func (k *worker) run(ctx context.Context) error {
	defer k.conn.Close()
	for ctx.Err() == nil {
		if err := k.order(ctx); errors.Is(err, errSoldOut) || ctx.Err() != nil {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// order sells one party its seats.
func (k *worker) order(ctx context.Context) error {
	event, hold, ok := k.work.Next(k.body[:0])
	if !ok {
		return errSoldOut
	}
	k.body = hold
	due, err := k.turn(ctx)
	if err != nil {
		return err
	}
	k.path = append(append(append(k.path[:0], "/v1/events/"...), event...), "/holds"...)
	if err := k.watch.begin(history.KindHold, event, k.body); err != nil {
		return err
	}
	status, answer, err := k.ask(ctx, k.hold, due)
	k.watch.end()
	if err != nil {
		return err
	}
	if status != 201 {
		k.refused++
		if status == 409 {
			return nil
		}
		return fmt.Errorf("load: hold: status %d: %s", status, answer)
	}
	id, ok := stringField(answer, `"hold":"`)
	if !ok {
		return fmt.Errorf("load: hold: no id in %s", answer)
	}
	k.holdID = append(k.holdID[:0], id...)
	k.path = append(append(append(k.path[:0], "/v1/events/"...), event...), "/orders"...)
	k.body = append(append(append(k.body[:0], `{"hold":"`...), k.holdID...), `","reference":"bench"}`...)
	if err := k.watch.begin(history.KindConfirm, event, k.body); err != nil {
		return err
	}
	status, answer, err = k.ask(ctx, k.confirm, time.Now())
	k.watch.end()
	if err != nil {
		return err
	}
	if status != 201 {
		return fmt.Errorf("load: confirm: status %d: %s", status, answer)
	}
	k.orders++
	if k.work.Ordered != nil {
		k.work.Ordered(time.Now())
	}
	return nil
}

// turn waits until the next order is due.
func (k *worker) turn(ctx context.Context) (due time.Time, err error) {
	if k.work.Pace == nil {
		return time.Now(), nil
	}
	due = k.work.Pace()
	select {
	case <-time.After(time.Until(due)):
		return due, nil
	case <-ctx.Done():
		return due, ctx.Err()
	}
}

// backoff is the pause before the same key is asked again.
const backoff = 5 * time.Millisecond

// ask posts until an answer decides, always with the same key: connections that break, 429, 503 and 504 are asked again. The
// latency counts from when the request was due.
func (k *worker) ask(ctx context.Context, h *hdrhistogram.Histogram, due time.Time) (int, []byte, error) {
	k.sequence++
	k.key = strconv.AppendInt(append(k.key[:0], k.prefix...), k.sequence, 36)
	r := wire.Request{Method: wire.Post, Path: k.path, Key: k.key, Body: k.body}
	for {
		answer, err := k.conn.Do(&r)
		k.watch.answered(answer, err)
		if err == nil && answer.Status != 429 && answer.Status != 503 && answer.Status != 504 {
			return answer.Status, answer.Body, h.RecordValue(max(1, time.Since(due).Microseconds()))
		}
		if ctx.Err() != nil {
			return 0, nil, ctx.Err()
		}
		k.retried++
		if err != nil {
			k.nextEndpoint()
		}
		time.Sleep(backoff)
	}
}

// nextEndpoint turns to another node after a connection broke.
func (k *worker) nextEndpoint() {
	for i, e := range k.work.Endpoints {
		if e == k.conn.Addr() {
			k.conn.Move(k.work.Endpoints[(i+1)%len(k.work.Endpoints)])
			return
		}
	}
}

// stringField finds a string member by its quoted name and colon, in answers whose strings need no unescaping.
func stringField(body []byte, name string) ([]byte, bool) {
	for i := 0; i+len(name) <= len(body); i++ {
		if string(body[i:i+len(name)]) != name {
			continue
		}
		rest := body[i+len(name):]
		for j, c := range rest {
			if c == '"' {
				return rest[:j], true
			}
		}
	}
	return nil, false
}
