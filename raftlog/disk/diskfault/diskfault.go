// Package diskfault makes the files of a Raft group fail or hang on demand. It is for tests, of any package.
package diskfault

import (
	"io"
	"sync"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog/disk"
)

// Op is a kind of access.
type Op int

const (
	Append   Op = iota // entries stored
	Trim               // entries deleted
	Stable             // term or vote written
	Snapshot           // a snapshot made, written to, closed or cancelled
	Read               // an entry read
	opCount
)

// Faults is a disk's behaviour. The zero value is a sound disk. It is safe for concurrent use.
type Faults struct {
	mu    sync.Mutex
	rules [opCount]rule
}

type rule struct {
	reached int           // accesses that came this far, failed ones included
	pass    int           // accesses still to let through before err
	err     error         // nil = sound
	stall   chan struct{} // closed on release, nil = none
}

// Fail lets pass further accesses through and fails all later ones with err, such as syscall.ENOSPC.
func (f *Faults) Fail(op Op, pass int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules[op].pass, f.rules[op].err = pass, err
}

// Stall makes accesses hang, until release is called (more than once is fine).
func (f *Faults) Stall(op Op) (release func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	stall := make(chan struct{})
	f.rules[op].stall = stall
	return sync.OnceFunc(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.rules[op].stall == stall {
			f.rules[op].stall = nil
		}
		close(stall)
	})
}

// Reached counts the accesses that reached this disk.
func (f *Faults) Reached(op Op) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rules[op].reached
}

// Wrap puts the faults under the guards of package disk.
func (f *Faults) Wrap() disk.Wrap {
	return disk.Wrap{Log: f.Log, Stable: f.Stable, Snapshots: f.Snapshots}
}

// Log puts the faults over a log store.
func (f *Faults) Log(inner raft.LogStore) raft.LogStore { return &logStore{inner, f} }

// Stable puts the faults over a stable store.
func (f *Faults) Stable(inner raft.StableStore) raft.StableStore { return &stableStore{inner, f} }

// Snapshots puts the faults over a snapshot store.
func (f *Faults) Snapshots(inner raft.SnapshotStore) raft.SnapshotStore {
	return &snapshotStore{inner, f}
}

func (f *Faults) meet(op Op) error {
	f.mu.Lock()
	r := &f.rules[op]
	r.reached++
	stall, err := r.stall, r.err
	if err != nil && r.pass > 0 {
		r.pass--
		err = nil
	}
	f.mu.Unlock()
	if stall != nil {
		<-stall
	}
	return err
}

type logStore struct {
	raft.LogStore
	faults *Faults
}

func (s *logStore) StoreLog(entry *raft.Log) error { return s.StoreLogs([]*raft.Log{entry}) }

func (s *logStore) StoreLogs(entries []*raft.Log) error {
	if err := s.faults.meet(Append); err != nil {
		return err
	}
	return s.LogStore.StoreLogs(entries)
}

func (s *logStore) DeleteRange(first, last uint64) error {
	if err := s.faults.meet(Trim); err != nil {
		return err
	}
	return s.LogStore.DeleteRange(first, last)
}

func (s *logStore) GetLog(index uint64, entry *raft.Log) error {
	if err := s.faults.meet(Read); err != nil {
		return err
	}
	return s.LogStore.GetLog(index, entry)
}

type stableStore struct {
	raft.StableStore
	faults *Faults
}

func (s *stableStore) Set(key, value []byte) error {
	if err := s.faults.meet(Stable); err != nil {
		return err
	}
	return s.StableStore.Set(key, value)
}

func (s *stableStore) SetUint64(key []byte, value uint64) error {
	if err := s.faults.meet(Stable); err != nil {
		return err
	}
	return s.StableStore.SetUint64(key, value)
}

type snapshotStore struct {
	raft.SnapshotStore
	faults *Faults
}

func (s *snapshotStore) Create(version raft.SnapshotVersion, index, term uint64, configuration raft.Configuration,
	configurationIndex uint64, trans raft.Transport,
) (raft.SnapshotSink, error) {
	if err := s.faults.meet(Snapshot); err != nil {
		return nil, err
	}
	sink, err := s.SnapshotStore.Create(version, index, term, configuration, configurationIndex, trans)
	if err != nil {
		return nil, err
	}
	return &snapshotSink{sink, s.faults}, nil
}

type snapshotSink struct {
	raft.SnapshotSink
	faults *Faults
}

var _ io.WriteCloser = (*snapshotSink)(nil)

func (s *snapshotSink) Write(p []byte) (int, error) {
	if err := s.faults.meet(Snapshot); err != nil {
		return 0, err
	}
	return s.SnapshotSink.Write(p)
}

func (s *snapshotSink) Close() error {
	if err := s.faults.meet(Snapshot); err != nil {
		return err
	}
	return s.SnapshotSink.Close()
}

func (s *snapshotSink) Cancel() error {
	if err := s.faults.meet(Snapshot); err != nil {
		return err
	}
	return s.SnapshotSink.Cancel()
}
