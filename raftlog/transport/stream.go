package transport

import (
	"net"
	"sync"
	"time"

	"github.com/hashicorp/raft"
)

// stream is a stream layer that knows its connections. raft.NetworkTransport.Close leaves accepted ones open, and
// their goroutines with them.
type stream struct {
	raft.StreamLayer
	mu     sync.Mutex
	conns  map[*conn]struct{}
	closed bool
	open   sync.WaitGroup // connections whose user has not closed them yet
}

func newStream(layer raft.StreamLayer) *stream {
	return &stream{StreamLayer: layer, conns: make(map[*conn]struct{})}
}

func (s *stream) Accept() (net.Conn, error) { return s.track(s.StreamLayer.Accept()) }

func (s *stream) Dial(address raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	return s.track(s.StreamLayer.Dial(address, timeout))
}

func (s *stream) track(inner net.Conn, err error) (net.Conn, error) {
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = inner.Close()
		return nil, raft.ErrTransportShutdown
	}
	c := &conn{Conn: inner, stream: s}
	s.conns[c] = struct{}{}
	s.open.Add(1)
	return c, nil
}

// closeAll cuts every connection. Its user then meets an error and closes it in turn.
func (s *stream) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for c := range s.conns {
		_ = c.Conn.Close()
	}
}

// wait returns when the users of all connections have closed theirs.
func (s *stream) wait() { s.open.Wait() }

type conn struct {
	net.Conn
	stream *stream
	once   sync.Once
}

func (c *conn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		c.stream.mu.Lock()
		delete(c.stream.conns, c)
		c.stream.mu.Unlock()
		c.stream.open.Done()
	})
	return err
}
