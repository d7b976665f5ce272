package raftlog

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/hashicorp/raft"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/command"
)

// CONTRACT SKELETON: the owners of this package replace this file with the real thing, keeping the signatures.

var (
	ErrNotLeader      = errors.New("raftlog: not the leader")         // nothing was proposed: ask another node
	ErrOverloaded     = errors.New("raftlog: proposer queue is full") // nothing was proposed
	ErrOutcomeUnknown = errors.New("raftlog: outcome unknown")        // proposed, then leadership or the wait was lost
	ErrHalted         = errors.New("raftlog: partition halted")
	ErrClosed         = errors.New("raftlog: closed")
)

// Batch is a group of commands with one completion. Results are valid for the first Decided commands; the others
// have Err. A Batch may be decided in several entries, always in order.
type Batch struct {
	Commands []command.Command
	Results  []command.Result
	Decided  int
	Err      error
	// Done is called once by the group, from a goroutine that must not be blocked.
	Done func(*Batch)
}

type Member struct {
	Node string // node name = raft.ServerID
	Peer string // host:port of its peer port
}

// Timing are Raft's intervals.
type Timing struct {
	Heartbeat, Election, LeaderLease, Commit time.Duration // defaults 250ms, 250ms, 125ms, 25ms
}

type Config struct {
	Partition  uint32
	Node       string
	Dir        string           // this group's own folder
	LogStore   string           // "bolt" or "wal"
	Members    []Member         // initial voters; used only by Bootstrap
	Stream     raft.StreamLayer // this group's streams of the peer port
	Machine    *actors.Partition
	Timing     Timing
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	// ClockMillis is the leader's clock for entry times (Unix ms).
	ClockMillis func() int64
	// OnFatal is called once when this node must stop: a write or fsync failed, or the disk hangs.
	OnFatal func(error)
	// SnapshotBytes and SnapshotEntries: take a snapshot once that much was logged since the last.
	SnapshotBytes   int64
	SnapshotEntries uint64
	QueueCommands   int // proposer's bound; default 16,384
}

// Bootstrap writes the first configuration into an empty folder. ErrHasState if it is not empty.
func Bootstrap(c Config) error { panic("skeleton") }

// HasState reports whether the folder holds a group's log, votes or snapshots.
func HasState(dir string) (bool, error) { panic("skeleton") }

type Group struct{}

func Open(c Config) (*Group, error)                                      { panic("skeleton") }
func (g *Group) Submit(b *Batch) error                                   { panic("skeleton") } // immediate refusal: ErrNotLeader, ErrOverloaded, ErrHalted, ErrClosed; then Done is not called
func (g *Group) Lead() Lead                                              { panic("skeleton") }
func (g *Group) LeadChanged() <-chan struct{}                            { panic("skeleton") } // closed at the next change of Lead
func (g *Group) WaitApplied(ctx context.Context, index uint64) error     { panic("skeleton") }
func (g *Group) TransferLeadership(ctx context.Context, to string) error { panic("skeleton") }
func (g *Group) Snapshot(ctx context.Context) error                      { panic("skeleton") }
func (g *Group) Status() Status                                          { panic("skeleton") }
func (g *Group) Drain(ctx context.Context) error                         { panic("skeleton") } // refuse new batches (ErrNotLeader), decide what is queued
func (g *Group) Close() error                                            { panic("skeleton") }

// Lead is who leads, as this node knows it.
type Lead struct {
	Node  string // "" = nobody known
	Self  bool
	Ready bool // Self, and everything of earlier terms is applied: proposals are taken
	Term  uint64
}

type Status struct {
	Partition                uint32
	Lead                     Lead
	Applied, Committed, Last uint64
	HashIndex                uint64 // last checkpoint compared
	Hash                     uint64
	QueueCommands            int
	Voters                   []Member
	Halted                   string // reason, "" if running
}
