package chaos

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/parterre/parterre/bench/history"
)

// Counts are operations of one kind by how they ended.
type Counts struct{ Done, Refused, TurnedAway, Unknown, Attempts int64 }

// tally counts operations.
type tally struct {
	mu       sync.Mutex
	byKind   map[history.Kind]*Counts
	repeated atomic.Int64 // decided calls that were made again
}

func newTally() *tally { return &tally{byKind: map[history.Kind]*Counts{}} }

func (t *tally) note(o *history.Op) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.byKind[o.Kind]
	if c == nil {
		c = &Counts{}
		t.byKind[o.Kind] = c
	}
	c.Attempts += int64(o.Attempts)
	switch o.Outcome {
	case history.Done:
		c.Done++
	case history.Refused:
		c.Refused++
	case history.TurnedAway:
		c.TurnedAway++
	default:
		c.Unknown++
	}
}

// decided is how many operations were decided so far.
func (t *tally) decided() (n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.byKind {
		n += c.Done + c.Refused
	}
	return n
}

// pulse tells how long a cluster decided nothing.
type pulse struct {
	mu     sync.Mutex
	since  time.Time
	events map[uint32]*beat
	ended  int64 // operations
	failed int64 // of them, those that nobody decided while their callers waited
	again  int64 // of them, those that had to be asked more than once
}

type beat struct {
	last    time.Time
	longest time.Duration
}

// reset begins a window: every event that is sold counts from now on.
func (p *pulse) reset(now time.Time, events []*event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.since, p.ended, p.failed, p.again = now, 0, 0, 0
	p.events = map[uint32]*beat{}
	for _, e := range events {
		p.events[e.number] = &beat{last: now}
	}
}

func (p *pulse) note(o *history.Op, run *history.Run) {
	p.mu.Lock()
	defer p.mu.Unlock()
	called := run.Start().Add(time.Duration(o.Called))
	if p.events == nil || called.Before(p.since) || !isWrite(o.Kind) {
		return
	}
	p.ended++
	if o.Attempts > 1 {
		p.again++
	}
	if o.Outcome != history.Done && o.Outcome != history.Refused {
		p.failed++
		return
	}
	b, at := p.events[o.Event], run.Start().Add(time.Duration(o.Returned))
	if b == nil || at.Before(b.last) {
		return
	}
	b.longest, b.last = max(b.longest, at.Sub(b.last)), at
}

// Window is what a stretch of time felt like.
type Window struct {
	// Gap is the longest time in which nothing was decided of an event that was sold.
	Gap                       time.Duration
	Operations, Failed, Again int64
}

func (p *pulse) window(now time.Time) Window {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := Window{Operations: p.ended, Failed: p.failed, Again: p.again}
	for _, b := range p.events {
		w.Gap = max(w.Gap, b.longest, now.Sub(b.last))
	}
	p.events = nil
	return w
}
