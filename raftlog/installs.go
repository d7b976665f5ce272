package raftlog

import (
	"time"
)

// Limits of the guard against raft#697.
const (
	// installsWithoutProgress: so many snapshots installed in a row, without an entry applied in between, are a loop.
	installsWithoutProgress = 3
	// reopenInterval is the shortest time between two openings of the Raft instance by the guard.
	reopenInterval = 30 * time.Second
)

// installs notices when a leader installs one snapshot after another on this follower and the log never gets on: raft#697.
// The follower's log contradicts the snapshot (another term at the same index), Raft keeps the log, refuses the leader's
// next entries, and is sent the snapshot again. Opening the instance anew cures it: package disk then finds the
// contradiction and drops the log. It is the apply goroutine's own.
type installs struct {
	inRow int
	loop  chan struct{} // capacity 1: the group opens its Raft instance anew
}

func newInstalls() *installs { return &installs{loop: make(chan struct{}, 1)} }

// note takes note of a restored snapshot.
func (i *installs) note() {
	i.inRow++
	if i.inRow < installsWithoutProgress {
		return
	}
	i.inRow = 0
	select {
	case i.loop <- struct{}{}:
	default:
	}
}

// progress takes note of applied entries.
func (i *installs) progress() { i.inRow = 0 }
