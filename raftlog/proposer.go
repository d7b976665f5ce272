package raftlog

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/actors/command"
)

// applier is the part of *raft.Raft that the proposer needs.
type applier interface {
	Apply(data []byte, timeout time.Duration) raft.ApplyFuture
}

// proposer is the loop that packs commands into entries, one uncommitted entry at a time. Whatever arrives meanwhile is the
// next entry; there is no timer that waits for more.
//
// While an entry is in flight, the results of the one before it are handed out: that overlaps with the fsyncs. Where many
// commands wait, so does applying the one before it (see takeTurn).
type proposer struct {
	clock    func() int64 // Unix ms
	logTime  func() int64 // log time of the newest applied entry, Unix ms
	queueMax int          // commands
	metrics  *metrics

	// turn is held from taking a draft until its outcome, and that of those that follow it in its turn, is known. Whoever holds it knows that nothing is in flight.
	turn    sync.Mutex
	applier applier

	// mu guards what Submit touches. It is the innermost lock: nothing is called with it held.
	mu       sync.Mutex
	queue    queue
	ready    bool // this node leads, and has applied everything of earlier terms
	halted   bool
	draining bool
	closed   bool
	asleep   bool // the loop waits for wake
	// opening: leadership is new, so an entry without commands shows the replicas how far the log goes. (They never see
	// the no-op and the barrier with which Raft begins a term.) It also makes a checkpoint of what the leader found.
	opening bool

	wake    chan struct{} // capacity 1
	drained chan struct{} // closed once draining and nothing is left
	done    chan struct{} // closed when the loop has ended

	// awaited is the uncommitted draft, until either the FSM takes it, to fill its results, or the loop takes it back.
	awaited atomic.Pointer[draft]
	claims  chan struct{} // capacity 1: the FSM took a draft

	// The loop's own.
	latencies   latencies // any goroutine
	checkpoints checkpointer
	trail       trail
	lastMillis  int64 // time of the newest entry proposed in this lead, Unix ms
	spare       [][]command.Result
	isDrained   bool
}

func newProposer(clock, logTime func() int64, queueMax int, m *metrics) *proposer {
	return &proposer{
		clock: clock, logTime: logTime, queueMax: queueMax, metrics: m,
		wake: make(chan struct{}, 1), drained: make(chan struct{}), done: make(chan struct{}), claims: make(chan struct{}, 1),
		checkpoints: newCheckpointer(),
	}
}

// submit queues b, or says at once why not; then nothing is proposed. An internal batch (expiry) passes the bound: there
// is one at a time.
func (p *proposer) submit(b *Batch, internal bool) error {
	if err := checkBatch(b); err != nil {
		return err
	}
	var encoded [][]byte
	if hasLarge(b) {
		if err := p.admit(len(b.Commands), internal); err != nil {
			return err // before the work
		}
		encoded = encodeLarge(b)
	}
	b.reset()
	p.mu.Lock()
	err := p.refusalOf(len(b.Commands), internal)
	if err == nil {
		err = p.queue.add(b, encoded)
	}
	wake := err == nil && p.asleep
	if wake {
		p.asleep = false
	}
	p.mu.Unlock()
	if wake {
		p.poke()
	}
	if errors.Is(err, ErrOverloaded) {
		p.metrics.overloaded.Inc()
	}
	return err
}

func (p *proposer) admit(commands int, internal bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refusalOf(commands, internal)
}

// refusalOf is why a batch of so many commands is not taken now; p.mu is held.
func (p *proposer) refusalOf(commands int, internal bool) error {
	if err := p.refusal(); err != nil {
		return err
	}
	if !internal && (p.queue.commands+commands > p.queueMax || p.queue.bytes > maxQueueBytes) {
		return ErrOverloaded
	}
	return nil
}

// checkBatch refuses what the decoders of the replicas would refuse: a committed entry that cannot be read halts them all.
func checkBatch(b *Batch) error {
	if len(b.Commands) == 0 {
		return ErrEmptyBatch
	}
	for i := range b.Commands {
		if err := b.Commands[i].Validate(); err != nil {
			return fmt.Errorf("%w: command %d: %w", ErrInvalidCommand, i, err)
		}
	}
	return nil
}

// refusal is why no batch at all is taken; p.mu is held.
func (p *proposer) refusal() error {
	switch {
	case p.closed:
		return ErrClosed
	case p.halted:
		return ErrHalted
	case !p.ready, p.draining:
		return ErrNotLeader
	}
	return nil
}

func (p *proposer) poke() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// change sets flags under the lock and lets the loop look at them.
func (p *proposer) change(set func()) {
	p.mu.Lock()
	set()
	p.asleep = false
	p.mu.Unlock()
	p.poke()
}

func (p *proposer) setReady(ready bool) {
	p.change(func() { p.opening, p.ready = ready && !p.ready, ready })
}
func (p *proposer) halt()  { p.change(func() { p.halted = true }) }
func (p *proposer) drain() { p.change(func() { p.draining = true }) }
func (p *proposer) close() { p.change(func() { p.closed = true }) }

// pause lets no further entry be proposed, waits for the one in flight, and gives way to another Raft instance.
func (p *proposer) pause() {
	p.setReady(false)
	p.turn.Lock()
	p.applier = nil
	p.turn.Unlock()
}

func (p *proposer) use(a applier) {
	p.turn.Lock()
	p.applier = a
	p.turn.Unlock()
}

// depth is the number of commands that wait.
func (p *proposer) depth() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.queue.commands
}

func (p *proposer) isReady() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ready && !p.closed && !p.halted
}
