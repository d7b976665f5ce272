package peerport

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
)

// Options says how a Port behaves; zero values are the defaults.
type Options struct {
	// Cluster is the id that every header must carry.
	Cluster uint32
	// TLS makes every connection mutual TLS, in both directions; nil = plain. The node's certificate must serve as
	// client and as server, and RootCAs judges both sides unless ClientCAs is set. Versions below 1.3 are not spoken
	// unless MinVersion asks for them. To reload certificates set GetCertificate and GetClientCertificate.
	TLS *tls.Config
	// Advertise is the host:port that others reach this port by; "" = the listener's address. It is what the streams'
	// Addr returns, and so what Raft tells others.
	Advertise string
	// Door knows who this node is and who may come in. nil: it does not tell its name, and everybody may.
	Door Door
	// HeaderTimeout bounds handshake, header and answer together, on both sides; 0 = 2 s.
	HeaderTimeout time.Duration
	// MaxConns bounds the incoming connections; 0 = 1,024.
	MaxConns   int
	Logger     *slog.Logger          // nil = none
	Registerer prometheus.Registerer // nil = none
}

const (
	defaultHeaderTimeout = 2 * time.Second
	defaultMaxConns      = 1024
	// backlogConns bounds the welcomed connections of one partition that its Accept has not taken.
	backlogConns = 64
)

// Port is a node's peer port.
type Port struct {
	listener net.Listener
	options  Options
	cluster  atomic.Uint32 // the id that every header must carry; 0 = not known yet, and nobody may come in
	server   *tls.Config   // nil = plain
	client   *tls.Config   // nil = plain
	metrics  *metrics
	quiet    *rate.Limiter // of the log of refusals

	ctx    context.Context // ends when the port is severed
	cancel context.CancelFunc
	wg     sync.WaitGroup // Serve and one goroutine per incoming connection

	mu       sync.Mutex
	severed  bool
	incoming int
	conns    map[*conn]struct{}
	streams  map[uint32]*Stream
	handlers map[Kind]func(context.Context, net.Conn)
}

// New makes a port of a listener. It accepts nothing before Serve; Dial works at once.
func New(l net.Listener, o Options) *Port {
	if o.HeaderTimeout <= 0 {
		o.HeaderTimeout = defaultHeaderTimeout
	}
	if o.MaxConns <= 0 {
		o.MaxConns = defaultMaxConns
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	p := &Port{
		listener: l, options: o, metrics: newMetrics(o.Registerer), quiet: rate.NewLimiter(rate.Every(time.Second), 5),
		conns: map[*conn]struct{}{}, streams: map[uint32]*Stream{}, handlers: map[Kind]func(context.Context, net.Conn){},
	}
	if o.TLS != nil {
		p.server, p.client = serverTLS(o.TLS), clientTLS(o.TLS)
	}
	p.cluster.Store(o.Cluster)
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// SetCluster tells the cluster id to a port that was made without one.
func (p *Port) SetCluster(id uint32) { p.cluster.Store(id) }

// Handle names who serves the connections of a kind: h owns the connection until it returns, then the port closes it.
// Its context ends when the port closes. Call before Serve; KindRaft is served by Stream instead.
func (p *Port) Handle(k Kind, h func(ctx context.Context, c net.Conn)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handlers[k] = h
}

// Sever closes the listener, every connection in both directions and every stream, at once and for good. It does not
// wait for anybody, so that a node may call it with a hung disk.
func (p *Port) Sever() error {
	p.mu.Lock()
	if p.severed {
		p.mu.Unlock()
		return nil
	}
	p.severed = true
	conns := make([]*conn, 0, len(p.conns))
	for c := range p.conns {
		conns = append(conns, c)
	}
	for _, s := range p.streams {
		close(s.done)
	}
	clear(p.streams)
	p.mu.Unlock()

	p.cancel()
	err := p.listener.Close()
	for _, c := range conns {
		_ = c.Close() // a connection that is broken already is as good as closed
	}
	return err
}

// SeverFrom closes the incoming connections of a node.
func (p *Port) SeverFrom(node string) {
	p.mu.Lock()
	var conns []*conn
	for c := range p.conns {
		if c.incoming && c.from == node {
			conns = append(conns, c)
		}
	}
	p.mu.Unlock()
	for _, c := range conns {
		_ = c.Close()
	}
}

// Close is Sever, and then waits for Serve and for every handler to return.
func (p *Port) Close() error {
	err := p.Sever()
	p.wg.Wait()
	return err
}

// Addr is the listener's address.
func (p *Port) Addr() net.Addr { return p.listener.Addr() }

// track makes c the port's to sever, or reports why it may not live.
func (p *Port) track(c *conn) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.severed {
		return ErrClosed
	}
	if c.incoming {
		if p.incoming >= p.options.MaxConns {
			return errTooMany
		}
		p.incoming++
	}
	p.conns[c] = struct{}{}
	return nil
}

func (p *Port) forget(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.conns[c]; !ok {
		return
	}
	delete(p.conns, c)
	if c.incoming {
		p.incoming--
	}
	if c.stream != nil {
		delete(c.stream.conns, c)
	}
	p.metrics.closed(c)
}

// settle notes what a tracked connection turned out to be. False: it was closed meanwhile.
func (p *Port) settle(c *conn, k Kind, s *Stream) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.conns[c]; !ok {
		return false
	}
	if s != nil {
		if p.streams[s.partition] != s {
			return false
		}
		c.stream = s
		s.conns[c] = struct{}{}
	}
	c.kind = k
	p.metrics.opened(c)
	return true
}
