package peerport

import (
	"context"
	"net"
	"time"

	"github.com/hashicorp/raft"
)

var _ raft.StreamLayer = (*Stream)(nil)

// Stream is one partition's share of the port: what a raft.NetworkTransport listens on and dials with.
type Stream struct {
	port      *Port
	partition uint32
	backlog   chan *conn
	done      chan struct{} // closed with the stream or the port

	// guarded by Port.mu
	reserved int                // places of the backlog that are taken or promised
	conns    map[*conn]struct{} // both directions
}

// Stream opens the partition's share of the port, or returns the open one. Until then, and after it is closed,
// connections of that partition are refused.
func (p *Port) Stream(partition uint32) *Stream {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.streams[partition]; s != nil {
		return s
	}
	s := &Stream{
		port: p, partition: partition, backlog: make(chan *conn, backlogConns), done: make(chan struct{}),
		conns: map[*conn]struct{}{},
	}
	if p.severed {
		close(s.done)
		return s
	}
	p.streams[partition] = s
	return s
}

// Accept waits for the next connection of this partition. It fails with ErrClosed only.
func (s *Stream) Accept() (net.Conn, error) {
	select {
	case <-s.done: // first, so that a closed stream never hands out what is left in its backlog
		return nil, ErrClosed
	default:
	}
	select {
	case c := <-s.backlog:
		s.port.unreserve(s)
		return c, nil
	case <-s.done:
		return nil, ErrClosed
	}
}

// Close severs the connections of this partition, in both directions, and ends Accept. The port lives on.
func (s *Stream) Close() error {
	p := s.port
	p.mu.Lock()
	if p.streams[s.partition] != s {
		p.mu.Unlock()
		return nil
	}
	delete(p.streams, s.partition)
	close(s.done)
	conns := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		conns = append(conns, c)
	}
	p.mu.Unlock()
	for _, c := range conns {
		_ = c.Close()
	}
	return nil
}

// Addr is the address that others reach this port by.
func (s *Stream) Addr() net.Addr {
	if a := s.port.options.Advertise; a != "" {
		return advertised(a)
	}
	return s.port.listener.Addr()
}

// Dial opens a connection to the same partition on another node.
func (s *Stream) Dial(address raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	return s.DialNode("", address, timeout)
}

// DialNode is Dial, refused with ErrOtherNode if another node than the named one listens there.
func (s *Stream) DialNode(node string, address raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	ctx := s.port.ctx
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	return s.port.dial(ctx, node, string(address), Header{Kind: KindRaft, Partition: s.partition}, s)
}

// advertised is a host:port as a net.Addr.
type advertised string

func (a advertised) Network() string { return "tcp" }
func (a advertised) String() string  { return string(a) }

// reserve promises a place in the partition's backlog: the stream, if there is one, and whether it had a place.
func (p *Port) reserve(partition uint32) (*Stream, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.streams[partition]
	if s == nil {
		return nil, false
	}
	if s.reserved == backlogConns {
		return s, false
	}
	s.reserved++
	return s, true
}

func (p *Port) unreserve(s *Stream) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.reserved--
}
