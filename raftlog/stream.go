package raftlog

import (
	"net"
	"sync"
	"time"

	"github.com/hashicorp/raft"
)

// streams hands the group's one stream layer to one Raft instance after another. An instance's transport closes its
// stream layer when it ends, and the peer port gives each group only one.
type streams struct {
	raft.StreamLayer

	mu      sync.Mutex
	current *lease
	closed  bool
	done    chan struct{} // closed when accept has ended
}

func newStreams(layer raft.StreamLayer) *streams {
	s := &streams{StreamLayer: layer, done: make(chan struct{})}
	go s.accept()
	return s
}

// accept passes incoming connections to the instance that runs; without one they are closed, and the peer dials again.
func (s *streams) accept() {
	defer close(s.done)
	const pause = 5 * time.Millisecond
	for {
		conn, err := s.StreamLayer.Accept()
		s.mu.Lock()
		current, closed := s.current, s.closed
		s.mu.Unlock()
		switch {
		case err != nil && closed:
			return
		case err != nil:
			time.Sleep(pause)
		case current == nil || !current.give(conn):
			_ = conn.Close()
		}
	}
}

// lend is the stream layer of a new instance.
func (s *streams) lend() *lease {
	l := &lease{of: s, incoming: make(chan net.Conn), closed: make(chan struct{})}
	s.mu.Lock()
	s.current = l
	s.mu.Unlock()
	return l
}

// close ends the accepting and waits for it.
func (s *streams) close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	err := s.StreamLayer.Close()
	<-s.done
	return err
}

// lease is a stream layer for one Raft instance. Closing it leaves the group's stream layer open; the instance's
// transport closes its own connections.
type lease struct {
	of        *streams
	incoming  chan net.Conn
	closed    chan struct{}
	closeOnce sync.Once
}

var _ raft.StreamLayer = (*lease)(nil)

func (l *lease) give(conn net.Conn) bool {
	select {
	case l.incoming <- conn:
		return true
	case <-l.closed:
		return false
	}
}

// Accept waits for a connection that a peer opened.
func (l *lease) Accept() (net.Conn, error) {
	select {
	case conn := <-l.incoming:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Dial opens a connection to a peer.
func (l *lease) Dial(address raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	return l.of.Dial(address, timeout)
}

// Addr is the group's own address.
func (l *lease) Addr() net.Addr { return l.of.Addr() }

// Close ends the lease.
func (l *lease) Close() error {
	l.closeOnce.Do(func() { close(l.closed) })
	return nil
}
