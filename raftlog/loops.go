package raftlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/raft"
)

// resignInterval is how often a halted leader tries to give its lead away. It still keeps the log and votes, so it may be
// elected again: but it can decide nothing.
const resignInterval = time.Second

// sendingPoll is how often a snapshot that waits for a follower looks whether it may be taken.
const sendingPoll = 250 * time.Millisecond

// sending reports whether a follower is on its way back by a snapshot. Another one now would cut the log off that the
// follower needs next, and it would be sent the whole state again, and again.
func (g *Group) sending() bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.instance != nil && g.instance.transport.Sending(sendingGrace)
}

// snapshotLoop takes a snapshot whenever enough was logged since the last, and no follower is on its way back.
func (g *Group) snapshotLoop() {
	for {
		select {
		case <-g.backlog.due:
		case <-g.closing:
			return
		}
		if g.sending() && !g.backlog.overdue.Load() {
			select {
			case <-time.After(sendingPoll):
				g.backlog.ask()
			case <-g.closing:
				return
			}
			continue
		}
		err := g.snapshot()
		if err == nil {
			continue
		}
		if errors.Is(err, ErrHalted) || errors.Is(err, ErrClosed) {
			return
		}
		g.logger.Warn("snapshot failed, trying again", "error", err.Error(), "pause", snapshotRetry)
		select {
		case <-time.After(snapshotRetry):
			g.backlog.ask() // freezing has set the count back
		case <-g.closing:
			return
		}
	}
}

// Snapshot writes a snapshot now. Nil if nothing was applied since the last.
func (g *Group) Snapshot(ctx context.Context) error {
	return g.wait(ctx, g.snapshot)
}

func (g *Group) snapshot() error {
	if err := g.config.Machine.Halted(); err != nil {
		return fmt.Errorf("%w: %w", ErrHalted, err)
	}
	return g.withRaft(func(r *raft.Raft) error {
		err := r.Snapshot().Error()
		if err == nil || errors.Is(err, raft.ErrNothingNewToSnapshot) {
			return nil
		}
		return fmt.Errorf("raftlog: snapshot: %w", err)
	})
}

// wait runs f in a goroutine of the group's, and stops waiting for it when ctx ends.
func (g *Group) wait(ctx context.Context, f func() error) error {
	g.mu.RLock()
	if g.closed {
		g.mu.RUnlock()
		return ErrClosed
	}
	done := make(chan error, 1)
	g.routines.Go(func() { done <- f() })
	g.mu.RUnlock()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// resignLoop makes a halted leader give its lead to a replica that can decide.
func (g *Group) resignLoop() {
	select {
	case <-g.halted:
	case <-g.closing:
		return
	}
	g.mu.RLock()
	if g.instance != nil {
		g.instance.leadership.show() // it is not ready any more
	}
	g.mu.RUnlock()
	ticker := time.NewTicker(resignInterval)
	defer ticker.Stop()
	for {
		if err := g.resign(); err != nil && !errors.Is(err, ErrNotLeader) && !errors.Is(err, ErrClosed) {
			g.logger.Warn("a halted leader could not give its lead away", "error", err.Error())
		}
		select {
		case <-ticker.C:
		case <-g.closing:
			return
		}
	}
}

// reopenLoop opens the Raft instance anew when its log contradicts the leader's snapshot (raft#697), or when it refuses
// everything because of a handing over that never ends (see handovers).
func (g *Group) reopenLoop(in *instance) {
	var last time.Time
	for {
		reason := "its log contradicts the leader's snapshot"
		select {
		case <-in.stores.Diverged():
		case <-g.installs.loop:
		case <-in.leadership.stuck:
			reason = "a handing over of an earlier lead does not end"
		case <-g.closing:
			return
		}
		if pause := reopenInterval - time.Since(last); !last.IsZero() && pause > 0 {
			select {
			case <-time.After(pause):
			case <-g.closing:
				return
			}
		}
		last = time.Now()
		next, err := g.reopen(reason)
		if err != nil {
			if !errors.Is(err, ErrClosed) {
				g.fatal(fmt.Errorf("raftlog: cannot open the group again: %w", err))
			}
			return
		}
		in = next
	}
}

// reopen exchanges the instance. Meanwhile there is none, and everything that needs one is refused.
func (g *Group) reopen(reason string) (*instance, error) {
	g.mu.Lock()
	in := g.instance
	if g.closed {
		g.mu.Unlock()
		return nil, ErrClosed
	}
	g.instance = nil
	g.mu.Unlock()
	g.logger.Warn("opening the Raft instance anew", "reason", reason)
	g.metrics.reopens.Inc()
	if err := in.close(g.proposer, g.failed); err != nil {
		return nil, err
	}
	next, err := g.openInstance()
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	if !g.closed {
		g.instance = next
		g.mu.Unlock()
		return next, nil
	}
	g.mu.Unlock()
	return nil, errors.Join(ErrClosed, next.close(g.proposer, g.failed))
}
