package raftlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/actors/command"
)

// Group is one Raft group on this node: log, proposer and state machine of a partition.
type Group struct {
	config   Config
	logger   *slog.Logger
	metrics  *metrics
	proposer *proposer
	fsm      *fsm
	board    *leadBoard
	waiters  *waiters
	backlog  *backlog
	installs *installs
	streams  *streams

	// mu guards what follows. Nothing is waited for with it held.
	mu       sync.RWMutex
	instance *instance // nil while there is none
	closed   bool

	halted    chan struct{} // closed by the apply goroutine at a halt
	closing   chan struct{} // closed by Close: the loops end
	failed    chan struct{} // closed at a disk fault
	fatalOnce sync.Once
	routines  sync.WaitGroup
	handovers handovers
}

// Open starts the group from its files. Errors: ErrNoState, ErrUnknownEntry, ErrDamagedEntry, ErrLogGap, a damaged
// snapshot, or what the disk said. It does not wait for a leader.
func Open(c Config) (*Group, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	g := newGroup(c)
	in, err := g.openInstance()
	if err != nil {
		return nil, errors.Join(err, g.streams.close())
	}
	g.instance = in
	g.routines.Go(g.proposer.run)
	g.routines.Go(func() { newExpiry(c.Machine, g.proposer, c.ClockMillis).run(g.closing) })
	g.routines.Go(g.snapshotLoop)
	g.routines.Go(func() { g.reopenLoop(in) })
	g.routines.Go(g.resignLoop)
	if err := g.metrics.register(g); err != nil {
		return nil, errors.Join(fmt.Errorf("raftlog: metrics: %w", err), g.Close())
	}
	return g, nil
}

func newGroup(c Config) *Group {
	g := &Group{
		config:  c,
		logger:  c.Logger.With("partition", c.Partition),
		metrics: newMetrics(c.Registerer, c.Partition),
		board:   newLeadBoard(), waiters: newWaiters(), installs: newInstalls(),
		backlog: newBacklog(c.SnapshotBytes, c.SnapshotEntries),
		streams: newStreams(c.Stream),
		halted:  make(chan struct{}), closing: make(chan struct{}), failed: make(chan struct{}),
	}
	g.proposer = newProposer(c.ClockMillis, c.Machine.NowMillis, c.QueueCommands, g.metrics)
	g.fsm = &fsm{
		machine: c.Machine, proposer: g.proposer, logger: g.logger, metrics: g.metrics, waiters: g.waiters,
		backlog: g.backlog, installs: g.installs, onHalt: g.onHalt, closing: g.closing, decoder: command.NewDecoder(nil),
		alterHash: c.alterHash,
	}
	return g
}

// Submit has the batch decided, or refuses at once with ErrNotLeader, ErrOverloaded, ErrHalted, ErrClosed, ErrTooLarge,
// ErrInvalidCommand or ErrEmptyBatch; then Done is not called. Any goroutine may call it, Done of another batch too.
func (g *Group) Submit(b *Batch) error { return g.proposer.submit(b, false) }

// Lead is who leads, as this node knows it.
func (g *Group) Lead() Lead { return *g.board.current.Load() }

// LeadChanged is closed at the next change of Lead. Take it before Lead, so that no change is missed.
func (g *Group) LeadChanged() <-chan struct{} { return g.board.next() }

// SetBusy says whether this node has traffic, in whatever group: a leader of an idle node beats half as often. It is to be
// said again and again, since a group may be opened anew.
func (g *Group) SetBusy(busy bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.instance != nil {
		g.instance.leadership.setBusy(busy)
	}
}

// WaitApplied returns once this replica has applied the entry at index. Errors: ctx's, ErrHalted, ErrClosed,
// ErrOverloaded (too many wait).
func (g *Group) WaitApplied(ctx context.Context, index uint64) error {
	if g.config.Machine.AppliedIndex() >= index {
		return nil
	}
	return g.waiters.wait(ctx, index, g.config.Machine.AppliedIndex)
}

// Drain refuses new batches from now on (ErrNotLeader), and returns when what was queued is decided, or failed.
func (g *Group) Drain(ctx context.Context) error {
	g.proposer.drain()
	select {
	case <-g.proposer.drained:
		return nil
	case <-g.proposer.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends the group: what is queued gets ErrClosed, what is in flight its result or ErrOutcomeUnknown. The state
// machine is left as it is, for its owner to stop.
func (g *Group) Close() error {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return nil
	}
	g.closed = true
	in := g.instance
	g.instance = nil
	g.mu.Unlock()

	close(g.closing)
	g.proposer.close()
	g.waiters.end(ErrClosed)
	var err error
	if in != nil {
		err = in.close(g.proposer, g.failed)
	}
	if !errors.Is(err, errHanging) { // goroutines that wait for a hanging disk cannot be waited for
		g.routines.Wait()
	}
	return errors.Join(err, g.streams.close(), g.metrics.unregister())
}

// withRaft runs f on the running instance, which is kept open meanwhile.
func (g *Group) withRaft(f func(*raft.Raft) error) error {
	g.mu.RLock()
	in := g.instance
	if in == nil {
		defer g.mu.RUnlock()
		if g.closed {
			return ErrClosed
		}
		return errReopening
	}
	in.calls.Add(1)
	g.mu.RUnlock()
	defer in.calls.Done()
	return f(in.raft)
}

// onHalt is called by the apply goroutine.
func (g *Group) onHalt(reason error) {
	g.logger.Error("partition halted on this node: it decides and answers nothing more", "reason", reason.Error(),
		"applied_index", g.config.Machine.AppliedIndex())
	g.proposer.halt()
	g.waiters.end(fmt.Errorf("%w: %w", ErrHalted, reason))
	close(g.halted) // resignLoop goes on from here
}

func (g *Group) fatal(err error) {
	g.fatalOnce.Do(func() {
		close(g.failed)
		g.logger.Error("disk fault: this node must stop", "error", err.Error())
		g.config.OnFatal(err)
	})
}
