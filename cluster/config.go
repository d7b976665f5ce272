package cluster

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/raftlog"
)

// Config is what a node is started with.
type Config struct {
	// Node is this node's name: 1 to 64 of A-Z a-z 0-9 . _ -
	Node string
	// Dir is the node's data folder, made if it is missing. Nothing else may live in it.
	Dir string
	// Members are the founding voters, this node among them. A folder with data may be opened with none: it knows them.
	Members []raftlog.Member
	// Join are peer addresses of members of a cluster that a node without data joins, instead of founding one. A folder
	// with data is opened without it.
	Join []string
	// Role is what a node that joins is meant to be; "" = RoleVoter. The members must have been told the same.
	Role Role
	// Peer is where the others reach this node's peer port; "" = the listener's address. A founding member's stands in
	// Members.
	Peer string
	// Partitions is the number of slices of all events; it never changes after the formation. 0 = DefaultPartitions, or
	// what the folder says.
	Partitions int
	// Listener is the peer port, already listening. The node closes it.
	Listener net.Listener
	// TLS secures the peer port in both directions; nil = plain TCP.
	TLS *tls.Config
	// HTTP and Version are told to the others, for Status.
	HTTP    string
	Version string
	// LogStore is raftlog's: "bolt" (the default) or "wal". A folder keeps the one that it was made with.
	LogStore string
	Timing   raftlog.Timing
	Limits   Limits
	Logger   *slog.Logger
	// Registerer takes the metrics of the node and of everything below; nil = none. Each Start needs its own.
	Registerer prometheus.Registerer
	// ClockMillis is this node's clock, Unix milliseconds; nil = the machine's.
	ClockMillis func() int64
	// NoFastFail switches the advisory fast-fail off: every command is then decided by its log.
	NoFastFail bool
	// OnFatal is called once, from a goroutine of its own, when the node must stop now (a disk fault). The peer port is
	// closed by then. The owner closes its other listeners and exits.
	OnFatal func(error)
	// WrapDisk are layers under every group's files, for faults made on purpose; zero = none.
	WrapDisk raftlog.DiskWrap
	// Dialed, if not nil, gets every connection that this node makes to a peer, before it is used, and returns the one to
	// use. It is where tests put faults into the network.
	Dialed func(node string, c net.Conn) (net.Conn, error)
}

// Limits are the named limits of a node; zero = default.
type Limits struct {
	QueueCommands   int // per partition, proposer queue; 16,384
	EventCommands   int // per event, in flight at this node; 8,192
	ForwardCommands int // per link, in flight; 16,384
	SnapshotBytes   int64
	// SnapshotSendBytes is how many bytes of a partition's snapshot are sent to a follower in a second.
	SnapshotSendBytes int64
	SnapshotEntries   uint64
}

// Limits that are not settings.
const (
	DefaultPartitions = 3
	MaxPartitions     = 64
	MaxMembers        = 9
	MaxNodeNameBytes  = 64
	MaxPeerBytes      = 255

	defaultQueueCommands   = 16_384
	defaultEventCommands   = 8_192
	defaultForwardCommands = 16_384
	defaultLogStore        = "bolt"
)

// withDefaults fills in what was left out, but for Members and Partitions, which the folder may know.
func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	c.Logger = c.Logger.With("node", c.Node)
	if c.ClockMillis == nil {
		c.ClockMillis = func() int64 { return time.Now().UnixMilli() }
	}
	if c.Dialed == nil {
		c.Dialed = func(_ string, conn net.Conn) (net.Conn, error) { return conn, nil }
	}
	if c.OnFatal == nil {
		c.OnFatal = func(error) {}
	}
	setDefault(&c.Role, RoleVoter)
	if c.Peer == "" && c.Listener != nil {
		c.Peer = c.Listener.Addr().String()
	}
	setDefault(&c.Limits.QueueCommands, defaultQueueCommands)
	setDefault(&c.Limits.EventCommands, defaultEventCommands)
	setDefault(&c.Limits.ForwardCommands, defaultForwardCommands)
	return c
}

func setDefault[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// check refuses what no node can run with.
func (c *Config) check() error {
	switch {
	case !validName(c.Node):
		return badConfig("the node's name %q is not 1 to %d of A-Z a-z 0-9 . _ -", c.Node, MaxNodeNameBytes)
	case c.Dir == "":
		return badConfig("no data folder is named")
	case c.Listener == nil:
		return badConfig("the peer port is not listening")
	case c.Partitions < 0 || c.Partitions > MaxPartitions:
		return badConfig("%d partitions were asked for; 1 to %d are possible", c.Partitions, MaxPartitions)
	case len(c.Join) > 0 && len(c.Members) > 0:
		return badConfig("founding members and a cluster to join are both named: a node does one or the other")
	case c.Role != RoleVoter && c.Role != RoleGateway:
		return badConfig("the role %q is neither voter nor gateway", c.Role)
	case len(c.Members) > MaxMembers:
		return badConfig("%d members were named; at most %d are possible", len(c.Members), MaxMembers)
	}
	return checkMembers(c.Node, c.Members)
}

// checkMembers wants names and addresses that are valid and different, and the node's own among them, if self is not "".
func checkMembers(self string, members []raftlog.Member) error {
	names, peers, found := map[string]bool{}, map[string]bool{}, false
	for _, m := range members {
		switch {
		case !validName(m.Node):
			return badConfig("the member's name %q is not 1 to %d of A-Z a-z 0-9 . _ -", m.Node, MaxNodeNameBytes)
		case names[m.Node]:
			return badConfig("two members are named %s", m.Node)
		case peers[m.Peer]:
			return badConfig("two members have the address %s", m.Peer)
		case len(m.Peer) > MaxPeerBytes:
			return badConfig("the address of member %s is too long", m.Node)
		}
		if _, _, err := net.SplitHostPort(m.Peer); err != nil {
			return badConfig("the address of member %s is not host:port: %v", m.Node, err)
		}
		names[m.Node], peers[m.Peer] = true, true
		found = found || m.Node == self
	}
	if len(members) > 0 && !found && self != "" {
		return badConfig("node %s is not among the members of the cluster", self)
	}
	return nil
}

func badConfig(format string, args ...any) error {
	return &StartError{Problem: fmt.Sprintf(format, args...), Remedy: "Correct the settings and start again"}
}

func validName(name string) bool {
	if name == "" || len(name) > MaxNodeNameBytes {
		return false
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}

// sleep waits for d or until ctx ends, and says whether it waited.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
