package simulator

import (
	"cmp"
	"container/heap"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/metrics"
	"slices"
	"sync"
	"testing/synctest"
	"time"
)

// world is one simulated night: its clock, its chance, and whatever may happen next. All that is not marked otherwise
// belongs to the scheduler's goroutine, which runs loop.
type world struct {
	o     Options
	start time.Time
	rng   *rand.Rand

	events   eventHeap
	lastSeq  uint64
	ended    bool   // the loop ends
	restless bool   // whoever votes may be restarted at once
	closing  bool   // nobody asks for anything new
	next     func() // after a probe
	trace    trace
	failure  *Failure
	counts   Counts

	nodes   []*node
	calls   int // that have not returned
	network network
	judge   *judge
	clients []*client
	nemesis nemesis
	waiting sync.WaitGroup // nodes that are being closed

	mu    sync.Mutex
	inbox []posted
	kick  chan struct{} // capacity 1: there is something in the inbox
}

// The heap is looked at every so many steps, and collected past so many bytes.
const (
	collectSteps = 256
	collectBytes = 256 << 20
)

// posted is something that a goroutine of the real code asks the scheduler for. Whatever was asked at one moment is done
// in the order of ranks, so that it does not matter which goroutine ran first.
type posted struct {
	rank uint64
	do   func()
}

// Kinds of ranks, in the order in which they are served.
const (
	rankRaft uint64 = (iota + 1) << 48
	rankConn
	rankDial
	rankGate
	rankTurn
	rankDone
)

type event struct {
	at  time.Duration
	seq uint64
	do  func()
}

type eventHeap []event

func (h eventHeap) Len() int      { return len(h) }
func (h eventHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h eventHeap) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].seq < h[j].seq
}
func (h *eventHeap) Push(x any) { *h = append(*h, x.(event)) }
func (h *eventHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = event{}
	*h = (*h)[:last]
	return e
}

// now is the time since the night began. Any goroutine may ask.
func (w *world) now() time.Duration { return time.Since(w.start) }

// after has do done d from now.
func (w *world) after(d time.Duration, do func()) {
	w.lastSeq++
	heap.Push(&w.events, event{at: w.now() + d, seq: w.lastSeq, do: do})
}

// soon has do done at this moment, but by itself: what it wakes finds everything else at rest.
func (w *world) soon(do func()) { w.after(0, do) }

// between is a random duration, down to the nanosecond: moments must not coincide, since the runtime orders timers of one
// moment by its own chance.
func (w *world) between(low, high time.Duration) time.Duration {
	return low + time.Duration(w.rng.Int64N(int64(high-low)+1))
}

// chance is true in so many of a hundred cases.
func (w *world) chance(percent float64) bool { return w.rng.Float64()*100 < percent }

// post asks the scheduler for something. Any goroutine may.
func (w *world) post(rank uint64, do func()) {
	w.mu.Lock()
	w.inbox = append(w.inbox, posted{rank, do})
	w.mu.Unlock()
	select {
	case w.kick <- struct{}{}:
	default:
	}
}

// loop does one thing after the other, each when everything that the one before set going has come to rest.
func (w *world) loop() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for w.failure == nil && !w.ended {
		synctest.Wait()
		if w.drain() || len(w.events) == 0 {
			continue
		}
		w.collect()
		if w.events[0].at > w.now() {
			w.sleep(timer)
			continue
		}
		e := heap.Pop(&w.events).(event)
		w.counts.Steps++
		e.do()
		w.sleep(timer)
	}
}

// sleep passes the time until the next event, or until somebody asks for something. Time passes only while all others are
// at rest, so that they need not be waited for before.
func (w *world) sleep(timer *time.Timer) {
	if len(w.events) == 0 {
		return
	}
	wait := w.events[0].at - w.now()
	if wait <= 0 {
		return
	}
	timer.Reset(wait)
	select {
	case <-timer.C:
	case <-w.kick:
	}
}

// collect is when garbage is collected: here, where everything is at rest, and nowhere else, since the runtime stops
// whoever runs then, and lets another go on first.
func (w *world) collect() {
	if w.counts.Steps%collectSteps != 0 {
		return
	}
	heap := [...]metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	if metrics.Read(heap[:]); heap[0].Value.Uint64() > collectBytes {
		runtime.GC()
	}
}

// drain does what was asked for, and reports whether there was anything.
func (w *world) drain() bool {
	select {
	case <-w.kick:
	default:
	}
	w.mu.Lock()
	asked := w.inbox
	w.inbox = nil
	w.mu.Unlock()
	slices.SortStableFunc(asked, func(a, b posted) int { return cmp.Compare(a.rank, b.rank) })
	for _, p := range asked {
		if w.o.Watch != nil { // for whoever looks for chance that is not the seed's; those who are gone may ask, or not
			l := line{w.now(), nobody, "posted", p.rank >> 48, p.rank & 0xffffffff, w.lastSeq}
			w.o.Watch(l.String())
		}
		p.do()
	}
	return len(asked) > 0
}

// fail ends the night: a promise is broken. Only the first counts.
func (w *world) fail(check Check, format string, args ...any) {
	if w.failure == nil {
		w.failure = &Failure{Seed: w.o.Seed, Check: check, At: w.now(), What: fmt.Sprintf(format, args...)}
		w.note(nobody, "FAILED", 0, 0, 0)
	}
}

// finish serves those who still wait, until everything has stopped.
func (w *world) finish(stopped <-chan struct{}) {
	for {
		synctest.Wait()
		if w.drain() {
			continue
		}
		select {
		case <-stopped:
			if w.calls == 0 {
				return
			}
		default:
		}
		if len(w.events) > 0 && w.events[0].at <= w.now() {
			heap.Pop(&w.events).(event).do()
			continue
		}
		time.Sleep(time.Millisecond)
	}
}
