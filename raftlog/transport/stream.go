package transport

import (
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
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
	// broken counts the dialled connections that failed in use, other than by a deadline.
	broken atomic.Uint64
}

func newStream(layer raft.StreamLayer) *stream {
	return &stream{StreamLayer: layer, conns: make(map[*conn]struct{})}
}

func (s *stream) Accept() (net.Conn, error) {
	c, err := s.track(s.StreamLayer.Accept())
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (s *stream) Dial(address raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	c, err := s.track(s.StreamLayer.Dial(address, timeout))
	if err != nil {
		return nil, err
	}
	return &dialled{c}, nil
}

func (s *stream) track(inner net.Conn, err error) (*conn, error) {
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

// dialled is a connection that RPCs are sent over.
type dialled struct{ *conn }

func (d *dialled) Read(b []byte) (int, error) {
	n, err := d.conn.Read(b)
	d.note(err)
	return n, err
}

func (d *dialled) Write(b []byte) (int, error) {
	n, err := d.conn.Write(b)
	d.note(err)
	return n, err
}

func (d *dialled) note(err error) {
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		d.stream.broken.Add(1)
	}
}
