package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/raft"
)

// Stores are a group's files, ready for raft.NewRaft.
type Stores struct {
	Log       raft.LogStore
	Stable    raft.StableStore
	Snapshots raft.SnapshotStore

	gate      *gate
	backend   *backend
	snapshots *snapshotStore
	lock      *os.File
	closeOnce sync.Once
	closeErr  error
}

// Open opens the folder, or makes it, and checks it through: see chooseSnapshot and guardLog. Errors: ErrLocked,
// ErrKind, ErrGap, ErrSnapshotDamaged, or what a store said.
func Open(o Options) (_ *Stores, err error) {
	if o, err = o.withDefaults(); err != nil {
		return nil, err
	}
	metrics, err := newMetrics(o.Registerer, o.Partition)
	if err != nil {
		return nil, fmt.Errorf("disk: metrics: %w", err)
	}
	if err := makeDir(o.Dir); err != nil {
		return nil, err
	}
	s := &Stores{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := s.openFiles(o); err != nil {
		return nil, err
	}
	snapshot, err := chooseSnapshot(o.Dir, s.backend.snapshots, s.backend.log, o.Logger)
	if err != nil {
		return nil, err
	}
	if err := guardLog(s.backend.log, snapshot, o.Logger); err != nil {
		return nil, err
	}
	if err := s.guard(o, metrics, snapshot); err != nil {
		return nil, err
	}
	return s, nil
}

// openFiles takes the folder and opens what is in it, unchecked.
func (s *Stores) openFiles(o Options) (err error) {
	if s.lock, err = lockFolder(o.Dir); err != nil {
		return err
	}
	if err := claimKind(o.Dir, o.Kind); err != nil {
		return err
	}
	if err := removeUnfinished(filepath.Join(o.Dir, snapshotsDir), o.Logger); err != nil {
		return err
	}
	s.backend, err = openBackend(o)
	return err
}

// guard puts the guards in front of the opened stores.
func (s *Stores) guard(o Options, m *metrics, snapshot *raft.SnapshotMeta) error {
	s.gate = newGate(o, m)
	newest, proven := &atomic.Uint64{}, &atomic.Pointer[string]{}
	if snapshot != nil {
		newest.Store(snapshot.Index)
		proven.Store(&snapshot.ID)
	}
	cache, err := raft.NewLogCache(logCacheEntries, &logStore{gate: s.gate, inner: s.backend.log, newest: newest})
	if err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	s.snapshots = &snapshotStore{
		gate: s.gate, inner: s.backend.snapshots, log: s.backend.log,
		dir: filepath.Join(o.Dir, snapshotsDir), newest: newest, proven: proven, diverged: make(chan struct{}),
	}
	s.Log, s.Snapshots = cache, s.snapshots
	s.Stable = &stableStore{gate: s.gate, inner: s.backend.stable, onTerm: o.OnTerm}
	return nil
}

// Handover tells that from now on only goroutines of a running Raft use the stores: call it after raft.NewRaft. Where
// Raft would panic on an error (the current term cannot be written, an entry cannot be read), the goroutine then ends
// instead (runtime.Goexit). OnFatal has been called before, and raft.Shutdown still works.
func (s *Stores) Handover() { s.gate.handed.Store(true) }

// Diverged is closed once a leader's snapshot was installed over a log that contradicts it. Raft then refuses every
// entry for good (raft#697): shut the group down and open it again, which drops that log.
func (s *Stores) Diverged() <-chan struct{} { return s.snapshots.diverged }

// Fault is the first fault, nil if there was none.
func (s *Stores) Fault() error {
	if fault := s.gate.fault.Load(); fault != nil {
		return *fault
	}
	return nil
}

// Close closes the files and lets go of the folder. Raft must have been shut down. After a fault with an access still
// hanging it leaves the files open, since closing would hang too, and says so: exit the process then.
func (s *Stores) Close() error {
	s.closeOnce.Do(func() {
		if s.gate != nil {
			s.gate.close()
			if fault := s.Fault(); fault != nil && s.gate.busy() {
				s.closeErr = fmt.Errorf("disk: files left open: %w", fault)
				return
			}
		}
		if s.backend != nil {
			s.closeErr = s.backend.close()
		}
		if s.lock != nil {
			s.closeErr = errors.Join(s.closeErr, s.lock.Close())
		}
	})
	return s.closeErr
}

// HasState reports whether the folder holds a group's log, votes or snapshots. A folder that does not exist, is empty
// or was only opened has none. It takes the folder's lock meanwhile, and proves nothing of what it finds.
func HasState(dir string) (has bool, err error) {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	kind, err := readKind(dir)
	if kind == "" || err != nil {
		return false, err
	}
	o, err := Options{Dir: dir, Kind: kind}.withDefaults()
	if err != nil {
		return false, err
	}
	s := &Stores{}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.openFiles(o); err != nil {
		return false, err
	}
	snapshots, err := snapshotNames(filepath.Join(dir, snapshotsDir))
	if len(snapshots) > 0 || err != nil {
		return true, err
	}
	return raft.HasExistingState(s.backend.log, s.backend.stable, s.backend.snapshots)
}
