package disk

import (
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

// op is what an access does, for the watchdog's words and the metrics' labels.
type op int32

const (
	opAppend op = iota
	opTrim
	opStable
	opSnapshot
	opRead
	opCount
)

func (o op) String() string {
	return [...]string{"append", "trim", "stable", "snapshot", "read"}[o]
}

// gate stands before every access to the files of a group. The first error shuts it for good (a failed fsync may
// have dropped the dirty pages it failed on, so a retry could succeed and mean nothing:
// https://wiki.postgresql.org/wiki/Fsync_Errors), and so does an access that hangs.
type gate struct {
	logger     *slog.Logger
	onFatal    func(error)
	stallLimit time.Duration
	metrics    *metrics

	epoch  time.Time // start times count nanoseconds from here
	fault  atomic.Pointer[error]
	closed atomic.Bool
	// handed is set once Raft's own goroutines do the writing (Stores.Handover).
	handed atomic.Bool
	slots  [maxAccesses]slot

	stop, done chan struct{}
}

// slot is one access under way. startNanos: 0 = free, -1 = claimed and being filled.
type slot struct {
	startNanos atomic.Int64
	op         atomic.Int32
}

func newGate(o Options, m *metrics) *gate {
	g := &gate{
		logger: o.Logger, onFatal: o.OnFatal, stallLimit: o.StallLimit, metrics: m,
		epoch: time.Now(), stop: make(chan struct{}), done: make(chan struct{}),
	}
	go g.watch()
	return g
}

// write runs one write. Its error, or one that another access met meanwhile, is what every later write gets too.
func (g *gate) write(o op, bytes int, f func() error) error {
	if err := g.refusal(); err != nil {
		return err
	}
	err := g.access(o, bytes, f)
	if err != nil {
		return g.fail(fmt.Errorf("%w: %s: %w", ErrFault, o, err))
	}
	// A stall may have been declared while this write hung: then its late success is not told any more.
	return g.refusal()
}

// access runs f under the watchdog's eyes.
func (g *gate) access(o op, bytes int, f func() error) error {
	at := g.claim(o)
	if at == nil {
		return ErrTooManyAccesses
	}
	start := time.Now()
	err := f()
	at.startNanos.Store(0)
	g.metrics.observe(o, time.Since(start), bytes)
	return err
}

func (g *gate) claim(o op) *slot {
	for i := range g.slots {
		at := &g.slots[i]
		if at.startNanos.CompareAndSwap(0, -1) {
			at.op.Store(int32(o))
			at.startNanos.Store(max(1, int64(time.Since(g.epoch))))
			return at
		}
	}
	return nil
}

// refusal is why a write may not start, or nil.
func (g *gate) refusal() error {
	if fault := g.fault.Load(); fault != nil {
		return *fault
	}
	if g.closed.Load() {
		return ErrClosed
	}
	return nil
}

// fail shuts the gate. The first fault is reported and stays; after Close errors are only returned.
func (g *gate) fail(err error) error {
	if g.closed.Load() {
		return fmt.Errorf("%w: %w", ErrClosed, err)
	}
	if !g.fault.CompareAndSwap(nil, &err) {
		return *g.fault.Load()
	}
	g.logger.Error("disk fault: this node must stop", "error", err)
	g.onFatal(err)
	return err
}

// watch looks at all accesses under way, so that a write costs neither a timer nor a goroutine.
func (g *gate) watch() {
	defer close(g.done)
	tick := time.NewTicker(max(g.stallLimit/8, 5*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-g.stop:
			return
		case <-tick.C:
		}
		now := int64(time.Since(g.epoch))
		for i := range g.slots {
			at := &g.slots[i]
			start, o := at.startNanos.Load(), op(at.op.Load())
			if start > 0 && now-start > int64(g.stallLimit) {
				_ = g.fail(fmt.Errorf("%w: %w: %s took longer than %s", ErrFault, ErrStalled, o, g.stallLimit))
				return // the fault is final: nothing is left to watch
			}
		}
	}
}

// busy reports whether an access is under way.
func (g *gate) busy() bool {
	for i := range g.slots {
		if g.slots[i].startNanos.Load() != 0 {
			return true
		}
	}
	return false
}

func (g *gate) close() {
	if g.closed.CompareAndSwap(false, true) {
		close(g.stop)
	}
	<-g.done
}
