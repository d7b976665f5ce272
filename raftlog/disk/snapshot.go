package disk

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/raft"
)

// snapshotStore is raft.FileSnapshotStore through the gate. Raft sees the newest snapshot only: left to itself it
// falls back to an older one without asking whether the log still reaches back that far. That choice is the open
// guard's (chooseSnapshot).
type snapshotStore struct {
	gate  *gate
	inner raft.SnapshotStore
	log   raft.LogStore // as it is on disk, to compare terms
	dir   string        // where the snapshots lie

	newest *atomic.Uint64
	// proven is the snapshot that the open guard has just read through. Raft's first Open need not check it again: it restores
	// the state, which has a SHA-256 of its own, and a snapshot takes longer to read than all else at a start.
	proven *atomic.Pointer[string]
	mu     sync.Mutex // held while snapshots are renamed and reaped, and while they are listed

	divergedOnce sync.Once
	diverged     chan struct{} // closed once an installed snapshot contradicts the log
}

func (s *snapshotStore) Create(version raft.SnapshotVersion, index, term uint64, configuration raft.Configuration,
	configurationIndex uint64, trans raft.Transport,
) (raft.SnapshotSink, error) {
	sink := &snapshotSink{store: s, index: index, term: term}
	err := s.gate.write(opSnapshot, 0, func() error {
		inner, err := s.inner.Create(version, index, term, configuration, configurationIndex, trans)
		if err != nil {
			return err
		}
		sink.inner, sink.dir = inner, filepath.Join(s.dir, inner.ID()+tmpSuffix)
		sink.file, err = os.OpenFile(filepath.Join(sink.dir, stateFile), os.O_WRONLY, fileMode)
		return err
	})
	if err != nil {
		return nil, err
	}
	return sink, nil
}

// List returns the newest snapshot, or none.
func (s *snapshotStore) List() ([]*raft.SnapshotMeta, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	metas, err := s.inner.List()
	if err != nil {
		return nil, err
	}
	names, err := snapshotNames(s.dir)
	if err != nil {
		return nil, err
	}
	// The inner store passes over what it cannot read.
	if len(names) > 0 && (len(metas) == 0 || metas[0].ID != names[0].name) {
		return nil, fmt.Errorf("%w: %s cannot be listed", ErrSnapshotDamaged, filepath.Join(s.dir, names[0].name))
	}
	return metas[:min(1, len(metas))], nil
}

// Open gives a state that fails with ErrSnapshotDamaged before its end if it is damaged, unless it was read through just now.
func (s *snapshotStore) Open(id string) (*raft.SnapshotMeta, io.ReadCloser, error) {
	proven := s.proven.Swap(nil) // it counts for the first Open only, however that ends
	folder := filepath.Join(s.dir, id)
	meta, content, err := openVerified(folder)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %s: %w", ErrSnapshotDamaged, folder, err)
	}
	if proven != nil && *proven == id {
		return meta, content.file, nil
	}
	return meta, content, nil
}

// compareLog notes a finished snapshot. If the log has another entry at its index than the snapshot's, the snapshot
// was installed by a leader over entries that were never committed, and Raft keeps them (raft#697): Diverged tells.
func (s *snapshotStore) compareLog(index, term uint64) {
	s.newest.Store(max(s.newest.Load(), index))
	var entry raft.Log
	if err := s.log.GetLog(index, &entry); err == nil && entry.Term != term {
		s.gate.logger.Warn("installed snapshot contradicts the log; the group must be opened again",
			"index", index, "snapshot_term", term, "log_term", entry.Term)
		s.divergedOnce.Do(func() { close(s.diverged) })
	}
}

// snapshotSink writes one snapshot. Raft uses a sink from one goroutine.
type snapshotSink struct {
	store       *snapshotStore
	inner       raft.SnapshotSink
	file        *os.File // the same state file once more, to fsync it on the way
	dir         string
	index, term uint64
	unsynced    int
	ended       bool
}

func (s *snapshotSink) ID() string { return s.inner.ID() }

func (s *snapshotSink) Write(p []byte) (n int, err error) {
	err = s.store.gate.write(opSnapshot, len(p), func() error {
		n, err = s.inner.Write(p)
		return err
	})
	if err != nil {
		return n, err
	}
	if s.unsynced += n; s.unsynced >= snapshotSyncBytes {
		s.unsynced = 0
		err = s.store.gate.write(opSnapshot, 0, s.file.Sync)
	}
	return n, err
}

// Close makes the snapshot durable and visible. Only then may Raft delete log entries.
func (s *snapshotSink) Close() error {
	if s.ended {
		return nil
	}
	s.ended = true
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	gate := s.store.gate
	err := gate.write(opSnapshot, 0, func() error { return errors.Join(s.file.Sync(), s.file.Close()) })
	if err != nil {
		return err
	}
	// The inner store fsyncs the files and the folder above; the names inside the snapshot's own folder are ours.
	if err := gate.write(opSnapshot, 0, func() error { return syncDir(s.dir) }); err != nil {
		return err
	}
	if err := gate.write(opSnapshot, 0, s.inner.Close); err != nil {
		return err
	}
	s.store.compareLog(s.index, s.term)
	return nil
}

// Cancel drops the snapshot. What it cannot remove, the next Open does.
func (s *snapshotSink) Cancel() error {
	if s.ended {
		return nil
	}
	s.ended = true
	return s.store.gate.write(opSnapshot, 0, func() error { return errors.Join(s.file.Close(), s.inner.Cancel()) })
}
