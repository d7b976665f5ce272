package raftlog

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hashicorp/raft"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/raftlog/disk"
	"github.com/parterre/parterre/raftlog/transport"
)

// Defaults of Config.
const (
	DefaultQueueCommands   = 16_384
	DefaultSnapshotBytes   = 64 << 20
	DefaultSnapshotEntries = 262_144
	DefaultLogStore        = "bolt"
	// DefaultSnapshotSendBytes is DefaultSnapshotBytes of package transport.
	DefaultSnapshotSendBytes = transport.DefaultSnapshotBytes
)

// Defaults of Timing. They bound the gap after a leader's death: a follower misses heartbeats for 250 to 500 ms, then
// stands; measured, the next commit follows 0.4 s after a kill. A leader beats every 25 to 50 ms, on an idle node
// every 62 to 125 ms (see leadership.beat), and tells its commit index anew every 500 to 1,000 ms (see trail).
const (
	DefaultHeartbeat   = 250 * time.Millisecond
	DefaultElection    = 250 * time.Millisecond
	DefaultLeaderLease = 250 * time.Millisecond
	DefaultCommit      = 500 * time.Millisecond
)

// Member is a voter of the group.
type Member struct {
	Node string // node name = raft.ServerID
	Peer string // host:port of its peer port
}

// Timing are Raft's intervals; zero = default.
type Timing struct {
	Heartbeat, Election, LeaderLease, Commit time.Duration
}

// DiskWrap are layers between a group's guards and its files.
type DiskWrap = disk.Wrap

// Config is what a group is opened with.
type Config struct {
	Partition uint32
	Node      string
	Dir       string   // this group's own folder
	LogStore  string   // "bolt" or "wal"
	Members   []Member // initial voters; used only by Bootstrap
	// Join lets Open begin with an empty folder: the group then has no members, does nothing, and takes what a leader that
	// counts this node sends. Only for a node that never voted, and has told nobody yet that it has anything.
	Join       bool
	Stream     raft.StreamLayer  // this group's streams of the peer port; closed by Close
	Machine    *actors.Partition // empty; stopped by its owner after Close
	Timing     Timing
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	// ClockMillis is the leader's clock for entry times (Unix ms); nil = the machine's.
	ClockMillis func() int64
	// OnFatal is called once when this node must stop: a write or fsync failed, or the disk hangs. It must return soon and
	// must not call Close itself.
	OnFatal func(error)
	// SnapshotBytes and SnapshotEntries: take a snapshot once that much was logged since the last.
	SnapshotBytes   int64
	SnapshotEntries uint64
	// SnapshotSendBytes is how many bytes of a snapshot are sent to a follower in a second.
	SnapshotSendBytes int64
	QueueCommands     int // proposer's bound; default 16,384
	// WrapDisk are layers under the guards of package disk, for faults made on purpose; zero = none.
	WrapDisk DiskWrap

	// For the package's own tests.
	trailingLogs uint64              // default: the constant of that name
	alterHash    func(uint64) uint64 // see fsm
	stallLimit   time.Duration
}

func (c Config) withDefaults() Config {
	setDefault(&c.LogStore, DefaultLogStore)
	setDefault(&c.QueueCommands, DefaultQueueCommands)
	setDefault(&c.trailingLogs, trailingLogs)
	setDefault(&c.SnapshotBytes, DefaultSnapshotBytes)
	setDefault(&c.SnapshotEntries, DefaultSnapshotEntries)
	setDefault(&c.SnapshotSendBytes, DefaultSnapshotSendBytes)
	setDefault(&c.Timing.Heartbeat, DefaultHeartbeat)
	setDefault(&c.Timing.Election, max(DefaultElection, c.Timing.Heartbeat))
	setDefault(&c.Timing.LeaderLease, min(DefaultLeaderLease, c.Timing.Heartbeat))
	setDefault(&c.Timing.Commit, DefaultCommit)
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.ClockMillis == nil {
		c.ClockMillis = func() int64 { return time.Now().UnixMilli() }
	}
	if c.OnFatal == nil {
		c.OnFatal = func(err error) { panic(fmt.Errorf("raftlog: nobody handles a fatal disk fault: %w", err)) }
	}
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (c *Config) validate() error {
	switch {
	case c.Node == "":
		return errors.New("raftlog: config: no node name")
	case c.Dir == "":
		return errors.New("raftlog: config: no folder")
	case c.Stream == nil:
		return errors.New("raftlog: config: no streams")
	case c.Machine == nil:
		return errors.New("raftlog: config: no state machine")
	}
	return nil
}
