package raftlog

import "errors"

// What a caller is told. The first two promise that nothing was proposed; ErrOutcomeUnknown promises nothing at all, so
// that only a retry with the same key may follow it.
var (
	ErrNotLeader      = errors.New("raftlog: not the leader")         // nothing was proposed: ask another node
	ErrOverloaded     = errors.New("raftlog: proposer queue is full") // nothing was proposed
	ErrOutcomeUnknown = errors.New("raftlog: outcome unknown")        // proposed, then leadership or the wait was lost
	ErrHalted         = errors.New("raftlog: partition halted")       // nothing was proposed, and this node decides nothing more
	ErrClosed         = errors.New("raftlog: closed")                 // nothing was proposed
	ErrTooLarge       = errors.New("raftlog: command larger than an entry may be")
	ErrInvalidCommand = errors.New("raftlog: command that no replica could read")
	ErrEmptyBatch     = errors.New("raftlog: batch without commands")
	// ErrRegisterChanged says that the register has another version than the writer had seen: nothing was written.
	ErrRegisterChanged = errors.New("raftlog: the register was changed meanwhile")
)

// What the files of a group may say.
var (
	// ErrHasState: the folder of a group to be bootstrapped is not empty.
	ErrHasState = errors.New("raftlog: the folder holds a group already")
	// ErrNoState: the folder of a group to be opened holds none.
	ErrNoState = errors.New("raftlog: the folder holds no group; bootstrap it first")
	// ErrLogGap: entries between the newest readable snapshot and the log are missing. Nothing may be decided on top.
	ErrLogGap = errors.New("raftlog: entries are missing between snapshot and log")
	// ErrDamagedEntry: an entry's length, checksum or commands are wrong.
	ErrDamagedEntry = errors.New("raftlog: damaged entry")
	// ErrUnknownEntry: the entry was written by a newer version of this program. It is never skipped.
	ErrUnknownEntry = errors.New("raftlog: entry of an unknown version or kind")
	// ErrHashMismatch: this replica's state differs from the leader's at a checkpoint.
	ErrHashMismatch = errors.New("raftlog: state hash differs from the checkpoint's")
)
