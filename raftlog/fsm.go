package raftlog

import (
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/command"
)

// fsm brings committed entries to the state machine. Raft calls Apply, ApplyBatch, Snapshot and Restore from one
// goroutine (and Restore once more before that goroutine starts).
type fsm struct {
	machine  *actors.Partition
	proposer *proposer
	logger   *slog.Logger
	metrics  *metrics
	waiters  *waiters
	backlog  *backlog
	installs *installs
	// onHalt is called by the apply goroutine, once; it must not block.
	onHalt func(error)
	// closing ends a snapshot that is being written.
	closing <-chan struct{}

	// register is what the log has written into it.
	register registerBoard

	// lastCheckpoint is the newest one compared by this replica.
	lastCheckpoint atomic.Pointer[checkpoint]
	// alterHash lets the tests of this package plant a difference.
	alterHash func(uint64) uint64

	// The apply goroutine's own, used again for every entry.
	decoder   *command.Decoder
	commands  []command.Command
	responses []any
	haltTold  bool
	// serving is set once the group was opened: what is restored from then on came from a leader.
	serving atomic.Bool
	// restoreErr is why the last snapshot was refused: Raft only says that it was.
	restoreErr error
}

var _ raft.BatchingFSM = (*fsm)(nil)

// Apply applies one entry; Raft prefers ApplyBatch.
func (f *fsm) Apply(l *raft.Log) any { return f.ApplyBatch([]*raft.Log{l})[0] }

// ApplyBatch applies entries in order. The response of an entry that this node's proposer waits for is its draft, with
// results; of any other entry nil; an error once the partition has halted. Raft reads the slice before the next call.
func (f *fsm) ApplyBatch(logs []*raft.Log) []any {
	start := time.Now()
	f.responses = f.responses[:0]
	for _, l := range logs {
		f.responses = append(f.responses, f.applyLog(l))
		f.backlog.add(len(l.Data))
	}
	f.installs.progress()
	f.waiters.advance(f.machine.AppliedIndex())
	f.metrics.applySeconds.Observe(time.Since(start).Seconds())
	return f.responses
}

func (f *fsm) applyLog(l *raft.Log) any {
	if l.Index <= f.machine.AppliedIndex() {
		// Raft was opened again over a machine that is ahead of its snapshot: what the machine has, it has for good.
		return nil
	}
	if err := f.machine.Halted(); err != nil {
		return f.halted(err)
	}
	if l.Type != raft.LogCommand {
		f.machine.NoteApplied(l.Index, f.machine.NowMillis())
		return nil
	}
	e, err := decodeEntry(l.Data)
	if err != nil {
		return f.refuse(l, err)
	}
	if e.kind == kindRegister {
		return f.applyRegister(l, &e)
	}
	d := f.proposer.claim(l.Data)
	// An entry's time never runs back, whichever leader's clock it is from.
	now := max(e.timeMillis, f.machine.NowMillis())
	if mutantLocalClock {
		now = max(f.proposer.clock(), f.machine.NowMillis())
	}
	if e.kind == kindCheckpoint {
		err = f.applyCheckpoint(l, &e, now)
	} else {
		err = f.applyCommands(l, &e, now, d)
	}
	if err != nil {
		return f.refuse(l, err)
	}
	if d == nil {
		return nil
	}
	return d
}

func (f *fsm) applyCommands(l *raft.Log, e *entry, now int64, d *draft) error {
	commands, err := e.commands(f.decoder, f.commands)
	if err != nil {
		return err
	}
	f.commands = commands
	if e.count == 0 {
		f.machine.NoteApplied(l.Index, now)
	} else {
		var results []command.Result
		if d != nil {
			results = d.results // nobody asks for a follower's
		}
		if err := f.machine.Apply(l.Index, now, commands, results); err != nil {
			return err
		}
	}
	if d != nil && d.wantHash {
		d.index, d.hash, d.hashed = l.Index, f.hash(), true
	}
	return nil
}

// applyCheckpoint compares this replica's state with what the leader had at the same index. A checkpoint that is not
// about the entry just before it (the leader had lost its lead in between) says nothing; every replica passes over it
// alike.
func (f *fsm) applyCheckpoint(l *raft.Log, e *entry, now int64) error {
	theirs, err := e.checkpoint()
	if err != nil {
		return err
	}
	if applied := f.machine.AppliedIndex(); applied == theirs.applied {
		ours := checkpoint{applied: applied, hash: f.hash()}
		if ours.hash != theirs.hash {
			f.metrics.mismatches.Inc()
			return fmt.Errorf("%w: at index %d this replica has %016x, the leader had %016x",
				ErrHashMismatch, applied, ours.hash, theirs.hash)
		}
		f.lastCheckpoint.Store(&ours)
	}
	f.machine.NoteApplied(l.Index, now)
	return nil
}

func (f *fsm) hash() uint64 {
	h := f.machine.Hash()
	if f.alterHash != nil {
		h = f.alterHash(h)
	}
	return h
}

// refuse halts the partition: to pass over an entry would make this replica another than the rest.
func (f *fsm) refuse(l *raft.Log, cause error) error {
	f.machine.Halt(fmt.Errorf("log index %d, term %d: %w", l.Index, l.Term, cause))
	return f.halted(f.machine.Halted())
}

func (f *fsm) halted(reason error) error {
	if !f.haltTold {
		f.haltTold = true
		f.onHalt(reason)
	}
	return fmt.Errorf("%w: %w", ErrHalted, reason)
}

// Snapshot freezes the state at exactly the last applied entry. A halted partition has no state to speak of.
func (f *fsm) Snapshot() (raft.FSMSnapshot, error) {
	if err := f.machine.Halted(); err != nil {
		return nil, f.halted(err)
	}
	frozen, err := f.machine.Freeze()
	if err != nil {
		return nil, fmt.Errorf("raftlog: freeze: %w", err)
	}
	f.backlog.reset()
	return &snapshot{frozen: frozen, register: f.register.current(), abort: f.closing, metrics: f.metrics}, nil
}

// Restore replaces the state by a snapshot's. A damaged one is an error, and nothing is replaced.
func (f *fsm) Restore(r io.ReadCloser) error {
	start := time.Now()
	if f.restoreErr = f.restore(r); f.restoreErr != nil {
		return fmt.Errorf("raftlog: restore: %w", f.restoreErr)
	}
	f.backlog.reset()
	f.metrics.restored(time.Since(start))
	applied := f.machine.AppliedIndex()
	f.waiters.advance(applied)
	f.installs.note()
	f.logger.Info("state restored from a snapshot", "applied_index", applied, "seconds", time.Since(start).Seconds())
	return nil
}

// pace is how hard a restore works: with all cores where the node starts and serves nobody yet, little where a leader's
// snapshot comes while it serves.
func (f *fsm) pace() actors.Pace {
	if f.serving.Load() {
		return actors.Pace{Members: installRestorers, Rest: installRest}
	}
	return actors.Pace{Members: runtime.GOMAXPROCS(0)}
}
