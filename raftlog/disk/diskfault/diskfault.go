package diskfault

import (
	"io"
	"math/rand/v2"
	"sync"
	"time"

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
	reached        int           // accesses that came this far, failed ones included
	pass           int           // accesses still to let through before err
	err            error         // nil = sound
	late           bool          // err comes after the access was done, as that of an fsync
	slowest, least time.Duration // how long an access waits before it is done
	stall          chan struct{} // closed on release, nil = none
}

// Fail lets pass further accesses through and fails all later ones with err, such as syscall.ENOSPC.
func (f *Faults) Fail(op Op, pass int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules[op].pass, f.rules[op].err, f.rules[op].late = pass, err, false
}

// FailSync is Fail for an fsync: what was written stands there, and nobody may rely on it.
func (f *Faults) FailSync(op Op, pass int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules[op].pass, f.rules[op].err, f.rules[op].late = pass, err, true
}

// Slow makes each access wait between least and slowest before it reaches the files. Until then what is written is in
// memory only: it is lost if the process is killed, as is what was written and not yet fsynced when a machine loses power.
func (f *Faults) Slow(op Op, least, slowest time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules[op].least, f.rules[op].slowest = least, slowest
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

// meet does an access by the rules of its kind.
func (f *Faults) meet(op Op, access func() error) error {
	f.mu.Lock()
	r := &f.rules[op]
	r.reached++
	now := *r
	if now.err != nil && now.pass > 0 {
		r.pass--
		now.err = nil
	}
	f.mu.Unlock()
	if now.stall != nil {
		<-now.stall
	}
	if now.slowest > 0 {
		time.Sleep(now.least + rand.N(now.slowest-now.least+1))
	}
	if now.err != nil && !now.late {
		return now.err
	}
	if err := access(); err != nil {
		return err
	}
	return now.err
}

type logStore struct {
	raft.LogStore
	faults *Faults
}

func (s *logStore) StoreLog(entry *raft.Log) error { return s.StoreLogs([]*raft.Log{entry}) }

func (s *logStore) StoreLogs(entries []*raft.Log) error {
	return s.faults.meet(Append, func() error { return s.LogStore.StoreLogs(entries) })
}

func (s *logStore) DeleteRange(first, last uint64) error {
	return s.faults.meet(Trim, func() error { return s.LogStore.DeleteRange(first, last) })
}

func (s *logStore) GetLog(index uint64, entry *raft.Log) error {
	return s.faults.meet(Read, func() error { return s.LogStore.GetLog(index, entry) })
}

type stableStore struct {
	raft.StableStore
	faults *Faults
}

func (s *stableStore) Set(key, value []byte) error {
	return s.faults.meet(Stable, func() error { return s.StableStore.Set(key, value) })
}

func (s *stableStore) SetUint64(key []byte, value uint64) error {
	return s.faults.meet(Stable, func() error { return s.StableStore.SetUint64(key, value) })
}

type snapshotStore struct {
	raft.SnapshotStore
	faults *Faults
}

func (s *snapshotStore) Create(version raft.SnapshotVersion, index, term uint64, configuration raft.Configuration,
	configurationIndex uint64, trans raft.Transport,
) (raft.SnapshotSink, error) {
	var sink raft.SnapshotSink
	err := s.faults.meet(Snapshot, func() (err error) {
		sink, err = s.SnapshotStore.Create(version, index, term, configuration, configurationIndex, trans)
		return err
	})
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

func (s *snapshotSink) Write(p []byte) (n int, err error) {
	err = s.faults.meet(Snapshot, func() (err error) {
		n, err = s.SnapshotSink.Write(p)
		return err
	})
	return n, err
}

func (s *snapshotSink) Close() error {
	return s.faults.meet(Snapshot, func() error { return s.SnapshotSink.Close() })
}

func (s *snapshotSink) Cancel() error {
	return s.faults.meet(Snapshot, func() error { return s.SnapshotSink.Cancel() })
}
