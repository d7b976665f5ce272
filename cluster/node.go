package cluster

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/cluster/link"
	"github.com/parterre/parterre/cluster/peerport"
	"github.com/parterre/parterre/raftlog"
)

// Node is one member of a cluster: its replicas of all partitions, its peer port and its links to the others.
type Node struct {
	cfg    Config
	log    *slog.Logger
	folder *folder
	meta   *meta // of the folder; its Stage does not count here
	port   *peerport.Port

	// parts are this node's replicas, by number. Set before opened is, never changed after.
	parts  []*partition
	opened atomic.Bool
	peers  []*peer // the other members
	byName map[string]*peer
	// linkMetrics are shared by all links, in both directions.
	linkMetrics *link.Metrics

	table    *table
	clock    *clockGuard
	inflight *inflight
	metrics  *metrics
	progress progress
	balance  balance
	pins     pins

	draining atomic.Bool
	drained  atomic.Bool
	// ctx ends when the node closes: it ends loops, and Submits that wait for a leader.
	ctx    context.Context
	cancel context.CancelFunc
	loops  sync.WaitGroup // gossip, steward, lead watchers, Serve, ordered transfers
	ending sync.Mutex     // guards the end of ctx against spawn
	fatal  sync.Once
	failed atomic.Pointer[string] // why the node stopped itself
	closed sync.Once
	errs   error // of Close
}

// partition is this node's replica of one slice of all events.
type partition struct {
	id      uint32
	group   *raftlog.Group
	machine *actors.Partition
	handing atomic.Bool // an operator's transfer is under way
}

// Start opens the data folder, forms the cluster if there is none yet (which waits for all founding members, until ctx
// ends), opens the groups, and returns when the node runs; Checks tells when it is ready. Errors are *StartError where
// an operator can do something about them. The listener is closed if Start fails.
func Start(ctx context.Context, c Config) (*Node, error) {
	c = c.withDefaults()
	if err := c.check(); err != nil {
		return nil, errors.Join(err, closeListener(c.Listener))
	}
	f, err := openFolder(&c)
	if err != nil {
		return nil, errors.Join(err, closeListener(c.Listener))
	}
	n := newNode(c, f)
	fo := newFounder(f, n.log, n.dialHello)
	n.port.Handle(peerport.KindHello, fo.handle)
	n.port.Handle(peerport.KindLink, n.serveLink)
	n.loops.Go(n.port.Serve)
	if err = fo.form(ctx); err == nil {
		err = n.open()
	}
	if err != nil {
		return nil, errors.Join(err, n.Close())
	}
	n.run()
	return n, nil
}

func closeListener(l net.Listener) error {
	if l == nil {
		return nil
	}
	return l.Close()
}

func newNode(c Config, f *folder) *Node {
	n := &Node{cfg: c, log: c.Logger, folder: f, meta: f.meta, byName: map[string]*peer{}}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	_, number := clusterID(f.meta.Members, f.meta.Partitions)
	n.port = peerport.New(c.Listener, peerport.Options{
		Cluster: number, TLS: c.TLS, Advertise: f.meta.peerOf(c.Node), Logger: c.Logger, Registerer: c.Registerer,
	})
	for _, m := range f.meta.Members {
		if m.Node != c.Node {
			p := &peer{member: m, poke: make(chan struct{}, 1)}
			n.peers = append(n.peers, p)
			n.byName[m.Node] = p
		}
	}
	n.table = newTable(f.meta.Partitions)
	n.clock = newClockGuard(n.log)
	n.inflight = newInflight(c.Limits.EventCommands)
	n.progress = newProgress(f.meta.Partitions)
	n.pins = pins{until: make([]pin, f.meta.Partitions)}
	n.metrics = newMetrics(n, c.Registerer)
	return n
}

// peerOf is a member's address; "" if it is none.
func (m *meta) peerOf(node string) string {
	for _, member := range m.Members {
		if member.Node == node {
			return member.Peer
		}
	}
	return ""
}

// dialHello opens a connection for greetings.
func (n *Node) dialHello(ctx context.Context, m raftlog.Member) (net.Conn, error) {
	return n.dial(ctx, m, peerport.KindHello)
}

func (n *Node) dial(ctx context.Context, m raftlog.Member, k peerport.Kind) (net.Conn, error) {
	conn, err := n.port.Dial(ctx, m.Peer, k, 0)
	if err != nil {
		return nil, err
	}
	return n.cfg.Dialed(m.Node, conn)
}

// run starts the node's loops.
func (n *Node) run() {
	for _, p := range n.peers {
		n.loops.Go(func() { n.gossip(p) })
	}
	for _, part := range n.parts {
		n.loops.Go(func() { n.watchLead(part) })
	}
	n.loops.Go(n.steward)
}

// Close stops the node: no new commands, loops ended, links, groups and port closed, in that order, and every goroutine
// waited for. Commands that are under way end with ErrOutcomeUnknown. Call Drain first to lose none.
func (n *Node) Close() error {
	n.closed.Do(func() {
		n.ending.Lock()
		n.cancel()
		n.ending.Unlock()
		var errs []error
		for _, p := range n.peers {
			errs = append(errs, p.close())
		}
		for _, part := range n.parts {
			errs = append(errs, part.group.Close())
		}
		errs = append(errs, ignoreClosed(n.port.Close()))
		n.loops.Wait()
		for _, part := range n.parts {
			part.machine.Stop()
		}
		n.metrics.unregister()
		n.folder.unlock()
		n.errs = errors.Join(errs...)
	})
	return n.errs
}

// spawn runs f in a goroutine that Close waits for; false once the node is closing.
func (n *Node) spawn(f func()) bool {
	n.ending.Lock()
	defer n.ending.Unlock()
	if n.closing() {
		return false
	}
	n.loops.Go(f)
	return true
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (n *Node) closing() bool { return n.ctx.Err() != nil }
