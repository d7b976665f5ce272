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
	// roster is who is a member, and the links to the others. enrolling guards its changes against Close.
	roster    atomic.Pointer[roster]
	enrolling sync.Mutex
	door      *doorman
	ordering  atomic.Bool   // an order about members is being written
	stir      chan struct{} // capacity 1: a peer's report may let the tender go on
	// linkMetrics are shared by all links, in both directions.
	linkMetrics *link.Metrics

	table    *table
	clock    *clockGuard
	inflight *inflight
	metrics  *metrics
	progress progress
	balance  balance
	pins     pins

	running atomic.Bool // the loops were started
	turn    func()      // of a simulator, see Simulated; nil in a node that is none
	// whole: this node has had everything since it joined, and its folder says so. A founding member always has.
	whole    atomic.Bool
	removed  atomic.Pointer[string] // not nil: this node was removed from the cluster, and what said so
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
	handing atomic.Bool                // an operator's transfer is under way
	settled atomic.Pointer[settlement] // nil: not known to be, in this lead
}

// Start opens the data folder, forms the cluster if there is none yet (which waits for all founding members, until ctx
// ends) or joins one (which waits until it counts this node as a member), opens the groups, and returns when the node
// runs; Checks tells when it is ready. Errors are *StartError where an operator can do something about them. The listener
// is closed if Start fails.
func Start(ctx context.Context, c Config) (*Node, error) {
	c = c.withDefaults()
	if err := c.check(); err != nil {
		return nil, errors.Join(err, closeListener(c.Listener))
	}
	f, err := openFolder(&c)
	if err != nil {
		return nil, errors.Join(err, closeListener(c.Listener))
	}
	door := &doorman{node: c.Node}
	port := newPort(&c, f, door)
	if f.meta == nil {
		if err := f.join(ctx, &c, port); err != nil {
			f.unlock()
			return nil, errors.Join(err, ignoreClosed(port.Close()))
		}
	}
	n := newNode(c, f, port, door)
	fo := newFounder(f, n.log, n.dialHello)
	port.Handle(peerport.KindHello, fo.handle)
	port.Handle(peerport.KindLink, n.serveLink)
	port.Handle(peerport.KindJoin, n.serveJoin)
	n.loops.Go(port.Serve)
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

// newPort makes the peer port. One of a node that joins belongs to no cluster yet.
func newPort(c *Config, f *folder, door *doorman) *peerport.Port {
	o := peerport.Options{TLS: c.TLS, Advertise: c.Peer, Door: door, Logger: c.Logger, Registerer: c.Registerer}
	if f.meta != nil {
		_, o.Cluster = clusterID(f.meta.Members, f.meta.Partitions)
		o.Advertise = f.meta.members().peerOf(c.Node)
	}
	return peerport.New(c.Listener, o)
}

func newNode(c Config, f *folder, port *peerport.Port, door *doorman) *Node {
	n := &Node{cfg: c, log: c.Logger, folder: f, meta: f.meta, port: port, door: door, stir: make(chan struct{}, 1)}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	n.table = newTable(f.meta.Partitions)
	n.clock = newClockGuard(n.log)
	n.inflight = newInflight(c.Limits.EventCommands)
	n.progress = newProgress(f.meta.Partitions)
	n.pins = pins{until: make([]pin, f.meta.Partitions)}
	n.linkMetrics = link.NewMetrics(c.Registerer)
	n.enroll(f.meta.members())
	n.metrics = newMetrics(n, c.Registerer)
	return n
}

// dialHello opens a connection for greetings.
func (n *Node) dialHello(ctx context.Context, m raftlog.Member) (net.Conn, error) {
	return n.dial(ctx, m, peerport.KindHello)
}

func (n *Node) dial(ctx context.Context, m raftlog.Member, k peerport.Kind) (net.Conn, error) {
	conn, err := n.port.DialNode(ctx, m.Node, m.Peer, k)
	if err != nil {
		return nil, err
	}
	return n.cfg.Dialed(m.Node, conn)
}

// run starts the node's loops.
func (n *Node) run() {
	n.running.Store(true)
	for _, p := range n.members().peers {
		n.loops.Go(func() { n.gossip(p) })
	}
	for _, part := range n.parts {
		n.loops.Go(func() { n.watchLead(part) })
	}
	n.loops.Go(n.steward)
	n.loops.Go(n.tend)
}

// Close stops the node: no new commands, loops ended, links, groups and port closed, in that order, and every goroutine
// waited for. Commands that are under way end with ErrOutcomeUnknown. Call Drain first to lose none.
func (n *Node) Close() error {
	n.closed.Do(func() {
		n.ending.Lock()
		n.cancel()
		n.ending.Unlock()
		var errs []error
		n.enrolling.Lock()
		peers := n.members().peers
		n.enrolling.Unlock()
		for _, p := range peers {
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
