package raftlog

import (
	"time"

	"github.com/hashicorp/raft"
)

// overlapCommands is how many commands an entry must have, and as many must wait behind it, so that the next entry is
// proposed when this one is committed and not only when it is applied. Then applying overlaps with the next one's fsyncs.
// Below that, an entry that leaves early is a small one, and more entries are slower (docs/decisions/0006).
const overlapCommands = 256

// flight is a draft that was handed to Raft.
type flight struct {
	draft  *draft
	future raft.ApplyFuture
	start  time.Time
	ended  chan struct{} // closed when the future has ended; nil = the loop itself waits for it
}

// takeTurn has d decided, and hands out the results of the entry before it while d is on its way. It returns d if d's
// results are still to be handed out. Where a queue builds up, more entries follow within the turn: at any time one that is
// not committed, and at most one before it that is, and is being applied.
func (p *proposer) takeTurn(d, before *draft) *draft {
	var applying *flight
	for {
		f := p.propose(d)
		if applying != nil {
			p.await(applying)
			before = applying.draft
		}
		if before != nil {
			p.deliver(before)
			before = nil
		}
		next := p.overlap(f)
		if next == nil {
			return p.finish(f)
		}
		applying, d = f, next
	}
}

// finish waits for f's outcome. It returns the draft if its results are still to be handed out.
func (p *proposer) finish(f *flight) *draft {
	p.await(f)
	d := f.draft
	if d.outcome == nil {
		return d
	}
	p.deliver(d)
	p.failQueued(ErrNotLeader) // or halted: see there
	return nil
}

// overlap waits until f is committed or has ended, and returns the draft that may follow it at once; nil = none may. An
// entry that tells the state's hash is followed by nothing but its checkpoint.
func (p *proposer) overlap(f *flight) *draft {
	if d := f.draft; d.kind != kindCommands || d.count < overlapCommands || d.wantHash {
		return nil
	}
	f.ended = make(chan struct{})
	go func() { // await waits for it
		_ = f.future.Error() // which keeps it
		close(f.ended)
	}()
	for p.awaited.Load() == f.draft {
		select {
		case <-p.claims:
		case <-f.ended:
			return nil
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.halted || !p.ready || p.queue.commands < overlapCommands {
		return nil
	}
	return p.queue.pop()
}
