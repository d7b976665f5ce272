package disk

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/hashicorp/raft"
)

// logStore is the log as Raft may touch it: every write through the gate, and the log always joined to the newest
// snapshot.
type logStore struct {
	gate  *gate
	inner raft.LogStore
	// newest is the index of the newest complete snapshot, 0 = none. The snapshot store moves it.
	newest *atomic.Uint64
}

func (l *logStore) FirstIndex() (uint64, error) { return l.inner.FirstIndex() }
func (l *logStore) LastIndex() (uint64, error)  { return l.inner.LastIndex() }

// GetLog is reached only by what raft.LogCache does not hold. An entry that cannot be read is a fault: Raft would
// otherwise panic, or ask for ever.
func (l *logStore) GetLog(index uint64, entry *raft.Log) error {
	err := l.gate.access(opRead, 0, func() error { return l.inner.GetLog(index, entry) })
	if err == nil || errors.Is(err, raft.ErrLogNotFound) || l.gate.closed.Load() {
		return err
	}
	err = l.gate.fail(fmt.Errorf("%w: reading entry %d: %w", ErrFault, index, err))
	if l.gate.handed.Load() {
		runtime.Goexit() // Raft's main loop panics on this error; see stableStore.setTerm
	}
	return err
}

func (l *logStore) StoreLog(entry *raft.Log) error { return l.StoreLogs([]*raft.Log{entry}) }

func (l *logStore) StoreLogs(entries []*raft.Log) error {
	size := 0
	for _, entry := range entries {
		size += len(entry.Data) + len(entry.Extensions)
	}
	return l.gate.write(opAppend, size, func() error { return l.inner.StoreLogs(entries) })
}

// DeleteRange deletes entries from first to last, both included. When the log is shortened from the front, the entry
// at the newest snapshot's index stays: its term is what tells a log that contradicts the snapshot (raft#697).
func (l *logStore) DeleteRange(first, last uint64) error {
	end, err := l.inner.LastIndex()
	if err != nil {
		return l.gate.fail(fmt.Errorf("%w: last index: %w", ErrFault, err))
	}
	if newest := l.newest.Load(); newest > 0 && last < end && last >= newest && first <= newest {
		last = newest - 1
	}
	if first > last {
		return l.gate.refusal()
	}
	return l.gate.write(opTrim, 0, func() error { return l.inner.DeleteRange(first, last) })
}

// IsMonotonic decides what Raft does with the log once it has installed a leader's snapshot: true = delete all of it,
// false = delete what the snapshot covers. A log that ends before the snapshot must go, or it would have a hole. A
// log that reaches past it must stay: Raft goes on believing that it has those entries, and on a log emptied under it
// acknowledges what it has not, or panics (second half of raft#697). Raft asks for nothing else.
func (l *logStore) IsMonotonic() bool {
	last, err := l.inner.LastIndex()
	return err == nil && last < l.newest.Load()
}
