package raftlog

import (
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/actors/command"
)

// transferRetry is how often an entry is offered again while Raft hands its leadership over. The handing over ends by
// itself within an election timeout.
const transferRetry = 2 * time.Millisecond

// entryTime is the leader's clock, but never before the log's time, nor before that of an entry that is not applied yet.
func (p *proposer) entryTime() int64 {
	p.lastMillis = max(p.clock(), p.logTime(), p.lastMillis)
	return p.lastMillis
}

// propose seals d, makes it known to the FSM and hands it to Raft.
func (p *proposer) propose(d *draft) *flight {
	f := &flight{draft: d, start: time.Now()}
	if d.kind == kindCommands {
		d.data = sealEntry(d.data, kindCommands, p.entryTime(), d.count)
		d.results = p.takeResults(d.count)
		d.wantHash = d.wantHash || p.checkpoints.dueWith(d.count, f.start)
	}
	p.metrics.proposed(d)
	p.awaited.Store(d)
	f.future = p.applier.Apply(d.data, 0)
	return f
}

// await waits for Raft's and the FSM's word on f's draft, and sets its outcome. While Raft hands its leadership over, it
// takes nothing, and nothing of the draft is in the log: it is offered again, so that a failed handing over refuses nobody.
func (p *proposer) await(f *flight) {
	d, future := f.draft, f.future
	if f.ended != nil {
		<-f.ended
	}
	err := future.Error()
	for errors.Is(err, raft.ErrLeadershipTransferInProgress) && p.isReady() {
		time.Sleep(transferRetry)
		future = p.applier.Apply(d.data, 0)
		err = future.Error()
	}
	if err != nil {
		d.outcome = outcomeOf(err)
	}
	if d.outcome == nil {
		p.judge(d, future.Response(), f.start)
	}
	if d.outcome != nil {
		// The FSM may have taken d all the same, now or soon, and write its results: d is never used again.
		d.abandoned = true
		p.awaited.CompareAndSwap(d, nil)
	}
}

// judge looks at what this node's FSM said about d, which is committed.
func (p *proposer) judge(d *draft, response any, start time.Time) {
	switch response := response.(type) {
	case *draft:
		now := time.Now()
		took := now.Sub(start)
		p.metrics.proposeSeconds.Observe(took.Seconds())
		p.latencies.note(took)
		p.checkpoints.settled(d, now)
		p.trail.settled(d, now)
	case error:
		// The entry is committed, so the other replicas decide it; this one does not.
		// %v: ErrHalted would promise that nothing was proposed.
		d.outcome = fmt.Errorf("%w: %v", ErrOutcomeUnknown, response)
	default:
		d.outcome = fmt.Errorf("%w: committed, but not answered by this node's state machine", ErrOutcomeUnknown)
	}
}

// outcomeOf judges what Raft says about an entry without a result. Only what Raft answers before it touches its log is
// "not proposed": ErrNotLeader (raft.go: follower, candidate, and a leader that is stepping down),
// ErrLeadershipTransferInProgress and ErrEnqueueTimeout. ErrRaftShutdown and ErrLeadershipLost can follow a commit; an
// error of the log store can leave the entry on the disk.
func outcomeOf(err error) error {
	switch {
	case errors.Is(err, raft.ErrNotLeader), errors.Is(err, raft.ErrLeadershipTransferInProgress),
		errors.Is(err, raft.ErrEnqueueTimeout):
		return ErrNotLeader
	}
	return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
}

// claim gives the FSM the draft that it is about to apply, if data is the very buffer that is in flight. The comparison
// is by address: a buffer is made for one entry and never used again, so no other entry can have it, and a leader's FSM
// is given the buffer that was handed to Raft.Apply (raft keeps the future's log). An entry that comes back from a store
// or from another leader has another buffer, or its draft was taken back by await: then nobody waits.
//
// What the FSM takes is committed: see overlap.
func (p *proposer) claim(data []byte) *draft {
	d := p.awaited.Load()
	if d == nil || len(data) == 0 || &d.data[0] != &data[0] || !p.awaited.CompareAndSwap(d, nil) {
		return nil
	}
	select {
	case p.claims <- struct{}{}:
	default:
	}
	return d
}

// deliver hands d's results, or its failure, to the batches. Every batch whose last command was d's is done.
func (p *proposer) deliver(d *draft) {
	offset := 0
	for _, s := range d.segments {
		b := s.batch
		switch {
		case b.Err != nil: // an earlier part failed
		case d.outcome != nil:
			b.Err = d.outcome
		default:
			// Swapped, not copied: the slices of the batch's former results serve the next entry.
			for i := s.from; i < s.to; i++ {
				slot := &d.results[offset+i-s.from]
				p.metrics.decided(&b.Commands[i], slot)
				b.Results[i], *slot = *slot, b.Results[i]
			}
			b.Decided = s.to
		}
		offset += s.to - s.from
		if s.to == len(b.Commands) {
			b.Done(b)
		}
	}
	if d.abandoned {
		return
	}
	if d.results != nil && len(p.spare) < maxSpareDrafts {
		p.spare = append(p.spare, d.results[:0])
	}
	p.mu.Lock()
	p.queue.recycle(d)
	p.mu.Unlock()
}

// failQueued answers everything that waits: none of it was proposed.
func (p *proposer) failQueued(reason error) {
	p.mu.Lock()
	if r := p.refusal(); r != nil {
		reason = r
	}
	var failed []*draft
	for d := p.queue.pop(); d != nil; d = p.queue.pop() {
		failed = append(failed, d)
	}
	p.mu.Unlock()
	for _, d := range failed {
		d.outcome = reason
		p.deliver(d)
	}
}

func (p *proposer) takeResults(count int) []command.Result {
	if n := len(p.spare); n > 0 {
		r := p.spare[n-1]
		p.spare = p.spare[:n-1]
		if cap(r) >= count {
			return r[:count]
		}
	}
	return make([]command.Result, count, min(MaxEntryCommands, max(16, count+count/2)))
}
