package cluster

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/raftlog"
)

// CONTRACT SKELETON: the owner of this package replaces this file with the real thing, keeping the signatures.

var (
	ErrNoLeader       = errors.New("cluster: no leader for the partition")  // 503 no_leader; nothing was proposed
	ErrOverloaded     = errors.New("cluster: overloaded")                   // 429 overloaded; nothing was proposed
	ErrHalted         = errors.New("cluster: partition halted on its node") // 503 halted
	ErrOutcomeUnknown = errors.New("cluster: outcome unknown")              // 504
	ErrBehind         = errors.New("cluster: this node has not caught up")  // a read that waited in vain: 503 no_leader
	ErrUnknownEvent   = errors.New("cluster: unknown event")
)

// Config is what a node is started with.
type Config struct {
	Node       string
	Dir        string
	Members    []raftlog.Member // the founding voters, this node among them
	Partitions int              // at bootstrap; default 3
	Listener   net.Listener     // the peer port, already listening
	HTTP       string           // told to the others, for /v1/cluster
	Version    string
	LogStore   string
	Timing     raftlog.Timing
	Limits     Limits
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	// ClockMillis is this node's clock; nil = the machine's.
	ClockMillis func() int64
	// OnFatal is called once when the node must stop now (a disk fault): close listeners and exit.
	OnFatal func(error)
}

// Limits are the named limits of a node; zero = default.
type Limits struct {
	QueueCommands   int // per partition, proposer queue; 16,384
	EventCommands   int // per event, in flight; 8,192
	ForwardCommands int // per link, in flight; 16,384
	SnapshotBytes   int64
	SnapshotEntries uint64
}

type Node struct{}

// Start opens the data folder, forms or joins the cluster, and returns when the node runs (not: when it is ready).
// Errors say what to do, as *StartError does for a data folder that was lost.
func Start(ctx context.Context, c Config) (*Node, error) { panic("skeleton") }

// Submit has the command decided, wherever its partition is led, and waits until ctx ends at the latest. It waits out
// elections, and retries with the same key when an outcome is unknown, while ctx allows.
func (n *Node) Submit(ctx context.Context, c *command.Command) (*command.Result, error) {
	panic("skeleton")
}

// PutChart names a drawing. The chart's home is a partition picked by its name.
func (n *Node) PutChart(ctx context.Context, c *command.Chart) (*command.Result, error) {
	panic("skeleton")
}

// CreateEvent installs the chart's plan in the event's partition if need be, then makes the event.
func (n *Node) CreateEvent(ctx context.Context, event string, chart string, config *seatmap.Config, key seatmap.Key) (*command.Result, error) {
	panic("skeleton")
}

// ReadBarrier returns when this node shows everything that was decided for the event's partition before the call.
func (n *Node) ReadBarrier(ctx context.Context, event string) error { panic("skeleton") }

// ChartBarrier is ReadBarrier for a chart's name.
func (n *Node) ChartBarrier(ctx context.Context, chart string) error { panic("skeleton") }

func (n *Node) Event(key string) (*actors.Event, bool)                          { panic("skeleton") } // this node's replica
func (n *Node) Events(after string, limit int) []*actors.Event                  { panic("skeleton") } // of all partitions, by key
func (n *Node) Chart(name string) (*actors.StoredChart, bool)                   { panic("skeleton") }
func (n *Node) Charts(after string, limit int) []*actors.StoredChart            { panic("skeleton") }
func (n *Node) PartitionOf(event string) uint32                                 { panic("skeleton") }
func (n *Node) LeaderOf(partition uint32) string                                { panic("skeleton") } // node name, "" unknown
func (n *Node) Status() Status                                                  { panic("skeleton") }
func (n *Node) Checks() []Check                                                 { panic("skeleton") }
func (n *Node) Transfer(ctx context.Context, partition uint32, to string) error { panic("skeleton") }
func (n *Node) Snapshot(ctx context.Context) error                              { panic("skeleton") }

// Drain makes the node unready, hands its leaderships over and empties its proposers. Then Close.
func (n *Node) Drain(ctx context.Context) error { panic("skeleton") }
func (n *Node) Close() error                    { panic("skeleton") }

// Check is one line of /readyz?verbose.
type Check struct {
	Name   string
	OK     bool
	Detail string
}

// Status is what GET /v1/cluster tells.
type Status struct {
	Cluster    string
	Nodes      []NodeStatus
	Partitions []PartitionStatus
}

type NodeStatus struct {
	Node, HTTP, Peer, Version string
	Reachable                 bool
	ClockOffset               time.Duration // to the median of all nodes
}

type PartitionStatus struct {
	Partition uint32
	Leader    string
	Term      uint64
	Replicas  []ReplicaStatus
}

type ReplicaStatus struct {
	Node               string
	Applied, Committed uint64
	HashIndex          uint64
	StateHash          uint64
	Halted             string
}
