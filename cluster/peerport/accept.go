package peerport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// errTooMany stays in here: it is counted and logged, and the dialer sees ErrRefused.
var errTooMany = errors.New("peerport: too many incoming connections")

// maxAcceptPause bounds the pause after a failed Accept (out of file descriptors, most likely).
const maxAcceptPause = time.Second

// Serve accepts connections until the port is closed.
func (p *Port) Serve() {
	if !p.begin() {
		return
	}
	defer p.wg.Done()
	pause := time.Duration(0)
	for {
		socket, err := p.listener.Accept()
		if err == nil {
			pause = 0
			p.receive(socket)
			continue
		}
		if p.ctx.Err() != nil {
			return
		}
		pause = min(max(2*pause, 5*time.Millisecond), maxAcceptPause)
		p.options.Logger.Warn("peer port cannot accept", "error", err, "pause", pause)
		select {
		case <-time.After(pause):
		case <-p.ctx.Done():
			return
		}
	}
}

// begin adds a goroutine to those that Close waits for, unless the port is severed.
func (p *Port) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.severed {
		return false
	}
	p.wg.Add(1)
	return true
}

// receive starts the goroutine of an incoming connection.
func (p *Port) receive(socket net.Conn) {
	c := &conn{Conn: socket, socket: socket, port: p, incoming: true}
	if err := p.track(c); err != nil {
		_ = socket.Close()
		p.refused(socket, err)
		return
	}
	if !p.begin() {
		_ = c.Close()
		return
	}
	go func() {
		defer p.wg.Done()
		if err := p.welcome(c); err != nil {
			_ = c.Close()
			p.refused(socket, err)
		}
	}()
}

// welcome reads the header of c, answers it, and hands c to its owner.
func (p *Port) welcome(c *conn) error {
	tune(c.socket)
	if err := c.socket.SetDeadline(time.Now().Add(p.options.HeaderTimeout)); err != nil {
		return fmt.Errorf("%w: %w", errShort, err)
	}
	if p.server != nil {
		secured := tls.Server(c.socket, p.server)
		if err := secured.HandshakeContext(p.ctx); err != nil {
			return fmt.Errorf("%w: %w", errTLS, err)
		}
		c.Conn = secured
	}
	var b [HeaderBytes]byte
	// The magic first, so that a stranger's connection is closed at its first bytes and not at the timeout.
	if _, err := io.ReadFull(c.Conn, b[:len(magic)]); err != nil {
		return fmt.Errorf("%w: %w", errShort, err)
	}
	if [4]byte(b[:4]) != magic {
		return ErrMagic
	}
	if _, err := io.ReadFull(c.Conn, b[len(magic):]); err != nil {
		return fmt.Errorf("%w: %w", errShort, err)
	}
	h, err := ParseHeader(b[:])
	if err != nil {
		return p.tell(c, answerVersion, err)
	}
	if ours := p.cluster.Load(); h.Kind != KindJoin && (h.Cluster != ours || ours == 0) {
		return p.tell(c, answerCluster, fmt.Errorf("%w: id %08x, ours is %08x", ErrOtherCluster, h.Cluster, ours))
	}
	if refusal, err := p.acquaint(c, h); err != nil {
		return p.tell(c, refusal, err)
	}
	if h.Kind == KindRaft {
		return p.welcomeStream(c, h.Partition)
	}
	return p.welcomeHandler(c, h.Kind)
}

// welcomeStream puts c into the backlog of its partition.
func (p *Port) welcomeStream(c *conn, partition uint32) error {
	s, reserved := p.reserve(partition)
	if s == nil {
		return p.tell(c, answerPartition, fmt.Errorf("%w: %d", ErrUnknownPartition, partition))
	}
	if !reserved {
		return p.tell(c, answerBusy, fmt.Errorf("%w: %d", ErrBusy, partition))
	}
	if err := p.tell(c, answerWelcome, nil); err != nil || !p.settle(c, KindRaft, s) {
		p.unreserve(s)
		_ = c.Close()
		return err
	}
	s.backlog <- c // never blocks: the place is reserved
	return nil
}

// welcomeHandler runs the handler of the kind on c.
func (p *Port) welcomeHandler(c *conn, k Kind) error {
	p.mu.Lock()
	handle := p.handlers[k]
	p.mu.Unlock()
	if handle == nil {
		return p.tell(c, answerKind, fmt.Errorf("%w: %d", ErrUnknownKind, byte(k)))
	}
	if err := p.tell(c, answerWelcome, nil); err != nil {
		return err
	}
	if p.settle(c, k, nil) {
		handle(p.ctx, c)
	}
	_ = c.Close()
	return nil
}

// tell sends the answer and returns the reason, or why the answer could not be sent.
func (p *Port) tell(c *conn, a answer, reason error) error {
	if _, err := c.Write([]byte{byte(a)}); err != nil && reason == nil {
		return fmt.Errorf("%w: %w", errShort, err)
	}
	if reason != nil {
		return reason
	}
	if err := c.socket.SetDeadline(time.Time{}); err != nil {
		return fmt.Errorf("%w: %w", errShort, err)
	}
	return nil
}

// Reasons that only the acceptor knows.
var (
	errShort = errors.New("peerport: closed before the header was answered")
	errTLS   = errors.New("peerport: TLS handshake failed")
)

// reason is the metric's label of why a connection was refused.
func reason(err error) string {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, errTLS):
		return "tls"
	case errors.Is(err, ErrMagic):
		return "magic"
	case errors.Is(err, ErrVersion):
		return "version"
	case errors.Is(err, ErrOtherCluster):
		return "cluster"
	case errors.Is(err, ErrUnknownKind):
		return "kind"
	case errors.Is(err, ErrUnknownPartition):
		return "partition"
	case errors.Is(err, ErrBusy):
		return "backlog"
	case errors.Is(err, ErrRemoved):
		return "removed"
	case errors.Is(err, ErrStranger):
		return "stranger"
	case errors.Is(err, ErrOtherNode):
		return "node"
	case errors.Is(err, errTooMany):
		return "too_many"
	}
	return "short"
}

// refused counts and logs a refusal; not those of a port that is closing.
func (p *Port) refused(socket net.Conn, err error) {
	if p.ctx.Err() != nil {
		return
	}
	p.metrics.refused.WithLabelValues(reason(err)).Inc()
	if p.quiet.Allow() {
		p.options.Logger.Warn("peer port refused a connection", "remote", socket.RemoteAddr(), "reason", reason(err), "error", err)
	}
}
