package raftlog

import (
	"errors"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/raft"
)

// network is loopback TCP between the nodes of a test, with faults by direction: what is written from one node to
// another waits while that direction is cut, as it does in a real partition, and connections are not opened.
type network struct {
	mu      sync.Mutex
	cuts    map[direction]bool
	delay   time.Duration
	changed chan struct{} // closed at the next change
	nodes   map[string]byte
}

type direction struct{ from, to byte }

func newNetwork() *network {
	return &network{cuts: make(map[direction]bool), changed: make(chan struct{}), nodes: make(map[string]byte)}
}

func (n *network) change(f func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f()
	close(n.changed)
	n.changed = make(chan struct{})
}

// cut stops what goes from one node to another; the other way stays open.
func (n *network) cut(from, to byte) { n.change(func() { n.cuts[direction{from, to}] = true }) }

// isolate cuts a node off, both ways.
func (n *network) isolate(node byte) {
	n.change(func() {
		for other := range byte(3) {
			if other != node {
				n.cuts[direction{node, other}], n.cuts[direction{other, node}] = true, true
			}
		}
	})
}

func (n *network) heal() { n.change(func() { clear(n.cuts) }) }

func (n *network) slow(delay time.Duration) { n.change(func() { n.delay = delay }) }

// wait returns once d is open; an error if the connection is closed or its deadline passes before.
func (n *network) wait(d direction, closed <-chan struct{}, deadline time.Time) error {
	var timeout <-chan time.Time
	if !deadline.IsZero() {
		timer := time.NewTimer(time.Until(deadline))
		defer timer.Stop()
		timeout = timer.C
	}
	for {
		n.mu.Lock()
		cut, delay, changed := n.cuts[d], n.delay, n.changed
		n.mu.Unlock()
		if !cut {
			time.Sleep(delay)
			return nil
		}
		select {
		case <-changed:
		case <-closed:
			return net.ErrClosed
		case <-timeout:
			return os.ErrDeadlineExceeded
		}
	}
}

// listen opens node's stream layer; address "" = any free port.
func (n *network) listen(t testing.TB, node byte, address string) *testStream {
	t.Helper()
	if address == "" {
		address = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	n.mu.Lock()
	n.nodes[l.Addr().String()] = node
	n.mu.Unlock()
	return &testStream{Listener: l, network: n, node: node}
}

// testStream is a raft.StreamLayer of which each connection begins with the dialling node's number.
type testStream struct {
	net.Listener
	network *network
	node    byte
}

func (s *testStream) Dial(address raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	s.network.mu.Lock()
	to, known := s.network.nodes[string(address)]
	cut := s.network.cuts[direction{s.node, to}] || s.network.cuts[direction{to, s.node}]
	s.network.mu.Unlock()
	if cut || !known {
		return nil, errors.New("no route to host")
	}
	conn, err := net.DialTimeout("tcp", string(address), timeout)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Write([]byte{s.node}); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return s.wrap(conn, to), nil
}

func (s *testStream) Accept() (net.Conn, error) {
	conn, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	var from [1]byte
	if err := conn.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if _, err := conn.Read(from[:]); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if err := conn.SetReadDeadline(time.Time{}); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return s.wrap(conn, from[0]), nil
}

func (s *testStream) wrap(conn net.Conn, peer byte) net.Conn {
	return &faultyConn{Conn: conn, network: s.network, out: direction{s.node, peer}, closed: make(chan struct{})}
}

type faultyConn struct {
	net.Conn
	network *network
	out     direction
	closed  chan struct{}
	once    sync.Once

	mu       sync.Mutex
	deadline time.Time
}

func (c *faultyConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	deadline := c.deadline
	c.mu.Unlock()
	if err := c.network.wait(c.out, c.closed, deadline); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

func (c *faultyConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

func (c *faultyConn) SetDeadline(t time.Time) error {
	c.remember(t)
	return c.Conn.SetDeadline(t)
}

func (c *faultyConn) SetWriteDeadline(t time.Time) error {
	c.remember(t)
	return c.Conn.SetWriteDeadline(t)
}

func (c *faultyConn) remember(t time.Time) {
	c.mu.Lock()
	c.deadline = t
	c.mu.Unlock()
}
