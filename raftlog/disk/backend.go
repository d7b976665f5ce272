package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/raft"
	raftboltdb "github.com/hashicorp/raft-boltdb/v2"
	wal "github.com/hashicorp/raft-wal"
	"github.com/hashicorp/raft-wal/metadb"
	"go.etcd.io/bbolt"

	"github.com/parterre/parterre/raftlog/disk/hclogslog"
)

// backend are the stores of one kind, without guards.
type backend struct {
	log       raft.LogStore
	stable    raft.StableStore
	snapshots raft.SnapshotStore
	closers   []io.Closer // closed last to first
}

// openBackend opens the files. Term and vote have a bbolt file of their own in either kind, although raft-wal is a
// StableStore too: votes then look the same on disk whatever holds the log, a vote never waits for a log transaction
// or a segment's rotation, and dropping the log (see guardLog) cannot touch a vote.
func openBackend(o Options) (_ *backend, err error) {
	b := &backend{}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.close())
		}
	}()
	stable, err := openBolt(filepath.Join(o.Dir, stableFile))
	if err != nil {
		return nil, err
	}
	b.stable, b.closers = stable, append(b.closers, stable)
	if o.Kind == KindWAL {
		err = b.openWAL(o)
	} else {
		err = b.openLog(o)
	}
	if err != nil {
		return nil, err
	}
	if err := makeDir(filepath.Join(o.Dir, snapshotsDir)); err != nil {
		return nil, err
	}
	b.snapshots, err = raft.NewFileSnapshotStoreWithLogger(o.Dir, retainSnapshots, hclogslog.New(o.Logger, "snapshot"))
	if err != nil {
		return nil, fmt.Errorf("disk: %w", err)
	}
	b.log, b.stable, b.snapshots = o.Wrap.Log(b.log), o.Wrap.Stable(b.stable), o.Wrap.Snapshots(b.snapshots)
	return b, nil
}

func (b *backend) openLog(o Options) error {
	path := filepath.Join(o.Dir, logFile)
	if err := makeBolt(path); err != nil {
		return err
	}
	log, err := openBoltLog(path, boltOptions(path).BoltOptions)
	if err != nil {
		return fmt.Errorf("disk: opening %s: %w", path, err)
	}
	b.log, b.closers = log, append(b.closers, log)
	return nil
}

// openBolt opens raft-boltdb's store, or makes it.
func openBolt(path string) (*raftboltdb.BoltStore, error) {
	if err := makeBolt(path); err != nil {
		return nil, err
	}
	store, err := raftboltdb.New(boltOptions(path))
	if err != nil {
		return nil, fmt.Errorf("disk: opening %s: %w", path, err)
	}
	return store, nil
}

// makeBolt makes raft-boltdb's file if there is none, whole or not at all: bbolt cannot open one that a crash left half made.
func makeBolt(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil // or it cannot be looked at, and opening it says why
	}
	return makeFile(path, func(tmp string) error {
		store, err := raftboltdb.New(boltOptions(tmp))
		if err != nil {
			return err
		}
		return store.Close()
	})
}

// boltOptions: the freelist is not written with every commit (it is rebuilt at open) and is a map, so that a commit
// costs the same whatever was deleted. Commits are always fsynced.
func boltOptions(path string) raftboltdb.Options {
	return raftboltdb.Options{
		Path: path,
		BoltOptions: &bbolt.Options{
			Timeout:        lockWait,
			NoFreelistSync: true,
			FreelistType:   bbolt.FreelistMapType,
		},
		MsgpackUseNewTimeFormat: true,
	}
}

// openWAL opens raft-wal with a metadata store of ours, because WAL.Close leaves its own open and locked.
func (b *backend) openWAL(o Options) error {
	dir := filepath.Join(o.Dir, walDir)
	if err := makeDir(dir); err != nil {
		return err
	}
	meta := &metadb.BoltMetaDB{}
	b.closers = append(b.closers, meta)
	log, err := wal.Open(dir, wal.WithMetaStore(meta), wal.WithLogger(hclogslog.New(o.Logger, "wal")))
	if err != nil {
		return fmt.Errorf("disk: opening %s: %w", dir, err)
	}
	b.log, b.closers = log, append(b.closers, log)
	return nil
}

func (b *backend) close() error {
	var err error
	for i := len(b.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, b.closers[i].Close())
	}
	b.closers = nil
	return err
}
