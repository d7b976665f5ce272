package proxy

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

const (
	maxConns       = 2_048
	buffersPerFlow = 8
	bufferBytes    = 32 << 10
	// synPatience is how long a new connection waits for a blocked lane, before it is reset.
	synPatience = 3 * time.Second
	dialTimeout = 2 * time.Second
)

// Who names the node that made a connection; false: it is none, or it is gone.
type Who func(conn net.Conn) (node string, ok bool)

// lanes are named by their two ends.
type ends struct{ from, to string }

// Proxy stands before the ports of nodes.
type Proxy struct {
	who  Who
	done chan struct{}
	all  sync.WaitGroup

	mu     sync.Mutex
	closed bool
	gates  []net.Listener
	lanes  map[ends]*lane
	conns  map[*connection]struct{}
	torn   int
}

// New makes a proxy without gates.
func New(who Who) *Proxy {
	return &Proxy{who: who, done: make(chan struct{}), lanes: map[ends]*lane{}, conns: map[*connection]struct{}{}}
}

// ErrClosed says that the proxy was closed.
var ErrClosed = errors.New("proxy: closed")

// Gate opens a gate before a node's port at target, and returns the address by which the others reach it.
func (p *Proxy) Gate(node, target string) (address string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("proxy: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return "", errors.Join(ErrClosed, l.Close())
	}
	p.gates = append(p.gates, l)
	p.all.Go(func() { p.serve(l, node, target) })
	return l.Addr().String(), nil
}

// Set makes bytes go from one node to another by a rule from now on.
func (p *Proxy) Set(from, to string, r Rule) {
	if l := p.lane(from, to); l != nil {
		l.set(r)
	}
}

// Heal makes the whole network sound.
func (p *Proxy) Heal() {
	p.mu.Lock()
	lanes := make([]*lane, 0, len(p.lanes))
	for _, l := range p.lanes {
		lanes = append(lanes, l)
	}
	p.mu.Unlock()
	for _, l := range lanes {
		l.set(Rule{})
	}
}

// Torn is the number of connections that were reset by TearAfterBytes.
func (p *Proxy) Torn() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.torn
}

// Close closes gates and connections, and waits for every goroutine.
func (p *Proxy) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	close(p.done)
	var errs []error
	for _, l := range p.gates {
		errs = append(errs, l.Close())
	}
	for c := range p.conns {
		c.reset()
	}
	p.mu.Unlock()
	p.all.Wait()
	return errors.Join(errs...)
}

func (p *Proxy) lane(from, to string) *lane {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lanes[ends{from, to}]
	if l == nil {
		l = newLane()
		p.lanes[ends{from, to}] = l
	}
	return l
}

// serve takes the connections of one gate.
func (p *Proxy) serve(l net.Listener, node, target string) {
	for {
		conn, err := l.Accept()
		if err != nil {
			select {
			case <-p.done:
				return
			case <-time.After(10 * time.Millisecond): // out of descriptors, perhaps
			}
			continue
		}
		c := &connection{proxy: p, here: conn.(*net.TCPConn), done: make(chan struct{})}
		if !p.track(c) {
			c.reset()
			continue
		}
		p.all.Go(func() {
			defer p.forget(c)
			defer c.reset()
			p.join(c, node, target)
		})
	}
}

func (p *Proxy) track(c *connection) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.conns) >= maxConns {
		return false
	}
	p.conns[c] = struct{}{}
	return true
}

func (p *Proxy) forget(c *connection) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}

// join connects a new connection with its node, and carries bytes until both directions have ended.
func (p *Proxy) join(c *connection, node, target string) {
	from, ok := p.who(c.here)
	if !ok {
		return
	}
	there, back := p.lane(from, node), p.lane(node, from)
	if !c.admitted(there, back) {
		return
	}
	conn, err := net.DialTimeout("tcp", target, dialTimeout)
	if err != nil {
		return // nobody listens: the reset is what a closed port answers
	}
	if !c.dialled(conn.(*net.TCPConn)) {
		return
	}
	var both sync.WaitGroup
	for _, f := range []*flow{newFlow(c, c.here, c.far, there), newFlow(c, c.far, c.here, back)} {
		both.Go(f.read)
		both.Go(f.write)
	}
	both.Wait()
}
