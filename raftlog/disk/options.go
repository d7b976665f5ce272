package disk

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/hashicorp/raft"
	"github.com/prometheus/client_golang/prometheus"
)

// The kinds of log store.
const (
	KindBolt = "bolt" // a file of hashicorp/raft-boltdb: the default
	KindWAL  = "wal"  // hashicorp/raft-wal: faster, called experimental by its authors
)

const (
	defaultStallLimit = 10 * time.Second
	// lockWait covers a predecessor that is just exiting; bbolt waits as long for its own lock.
	lockWait = 2 * time.Second
	// retainSnapshots: the newest one Raft sees, and one for the open guard should the newest be damaged.
	retainSnapshots = 2
	// logCacheEntries bounds raft.LogCache by count, the only way it knows. An entry is at most 256 KiB, so a group
	// holds at most 32 MiB of it. With one entry in flight a healthy follower asks for the newest few; one that is
	// further back reads the page cache instead.
	logCacheEntries = 128
	// snapshotSyncBytes: a snapshot is fsynced every so many bytes, so that its last fsync is short. Otherwise the
	// watchdog could not tell the fsync of a GiB from a hung disk.
	snapshotSyncBytes = 16 << 20
	// maxAccesses is the number of accesses that may be under way at once. Raft's main loop, its snapshot loop and
	// two replicators per peer make fewer than this.
	maxAccesses = 64
)

// Options say where a group's files are and what to do when they fail.
type Options struct {
	Dir        string // this group's own folder; made if it does not exist
	Kind       string // KindBolt or KindWAL
	Partition  uint32 // label of the metrics
	Logger     *slog.Logger
	Registerer prometheus.Registerer // nil = no metrics
	// StallLimit is how long one access may take before the disk counts as hung; default 10 s.
	StallLimit time.Duration
	// OnFatal is called once, at the first fault, from the goroutine that met it: it must return soon and must not
	// call Close. The node closes its peer port, so that it neither leads nor answers any more, and exits.
	OnFatal func(error)
	// OnTerm is called with every new current term just before it is written, hence before Raft acts on it.
	// Wire it to transport.Transport.TermRaised. It must not block.
	OnTerm func(term uint64)
	// Wrap is for tests: layers put between the guards of this package and the real stores, such as those of
	// package diskfault. Product code leaves it zero.
	Wrap Wrap
}

// Wrap are layers under the guards; nil fields wrap nothing.
type Wrap struct {
	Log       func(raft.LogStore) raft.LogStore
	Stable    func(raft.StableStore) raft.StableStore
	Snapshots func(raft.SnapshotStore) raft.SnapshotStore
}

func (o Options) withDefaults() (Options, error) {
	if o.Dir == "" {
		return o, fmt.Errorf("disk: no folder given")
	}
	if o.Kind != KindBolt && o.Kind != KindWAL {
		return o, fmt.Errorf("%w: %q is neither %q nor %q", ErrKind, o.Kind, KindBolt, KindWAL)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.Logger = o.Logger.With("partition", o.Partition)
	if o.StallLimit <= 0 {
		o.StallLimit = defaultStallLimit
	}
	if o.OnFatal == nil {
		o.OnFatal = func(error) {}
	}
	if o.OnTerm == nil {
		o.OnTerm = func(uint64) {}
	}
	if o.Wrap.Log == nil {
		o.Wrap.Log = func(s raft.LogStore) raft.LogStore { return s }
	}
	if o.Wrap.Stable == nil {
		o.Wrap.Stable = func(s raft.StableStore) raft.StableStore { return s }
	}
	if o.Wrap.Snapshots == nil {
		o.Wrap.Snapshots = func(s raft.SnapshotStore) raft.SnapshotStore { return s }
	}
	return o, nil
}
