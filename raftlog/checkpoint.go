package raftlog

import (
	"time"
)

// A checkpoint is proposed after so many entries, or so long after the last one if something changed since.
const (
	checkpointEntries  = 1_024
	checkpointInterval = 10 * time.Second
)

// checkpointer decides when the leader proposes a checkpoint. It takes two steps, both in the loop that has one entry in
// flight: the FSM tells the state hash right after applying an entry that asked for it (draft.wantHash), and the very
// next entry is the checkpoint with that hash. So "just before" is exact, and no lock is needed between the state and
// its hash. It is the loop's own.
type checkpointer struct {
	entries int       // with commands, since the last checkpoint
	lastAt  time.Time // of the last checkpoint, or of the first change after the start
	pending *checkpoint
}

func newCheckpointer() checkpointer { return checkpointer{} }

// due reports whether a checkpoint should be made.
func (c *checkpointer) due(now time.Time) bool {
	return c.entries >= checkpointEntries || c.entries > 0 && now.Sub(c.lastAt) >= checkpointInterval
}

// dueWith reports whether a checkpoint should follow the entry of count commands that is being proposed.
func (c *checkpointer) dueWith(count int, now time.Time) bool {
	return c.entries+min(count, 1) >= checkpointEntries || c.due(now)
}

// dueAt is when due becomes true if no further entry comes; zero = never.
func (c *checkpointer) dueAt() time.Time {
	if c.entries == 0 {
		return time.Time{}
	}
	return c.lastAt.Add(checkpointInterval)
}

// settled notes that d was applied.
func (c *checkpointer) settled(d *draft, now time.Time) {
	if d.kind == kindCheckpoint {
		c.entries, c.lastAt = 0, now
		return
	}
	if d.count > 0 {
		if c.entries == 0 && c.lastAt.IsZero() {
			c.lastAt = now
		}
		c.entries++
	}
	if d.hashed {
		c.pending = &checkpoint{applied: d.index, hash: d.hash}
	}
}

func (c *checkpointer) takePending() (checkpoint, bool) {
	if c.pending == nil {
		return checkpoint{}, false
	}
	p := *c.pending
	c.pending = nil
	return p, true
}

// forget drops what a lost leadership has made stale.
func (c *checkpointer) forget() { c.pending = nil }
