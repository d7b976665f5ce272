package peerport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// Dial opens a connection of a kind to the peer port at addr and returns when the peer has welcomed it. The peer's
// refusal is one of this package's errors. It waits until ctx ends, and at most HeaderTimeout after TCP connected.
// The partition counts for KindRaft only.
func (p *Port) Dial(ctx context.Context, addr string, k Kind, partition uint32) (net.Conn, error) {
	return p.dial(ctx, "", addr, Header{Kind: k, Partition: partition}, nil)
}

// DialNode is Dial, refused with ErrOtherNode if another node than the named one listens there.
func (p *Port) DialNode(ctx context.Context, node, addr string, k Kind) (net.Conn, error) {
	return p.dial(ctx, node, addr, Header{Kind: k}, nil)
}

func (p *Port) dial(ctx context.Context, node, addr string, h Header, s *Stream) (net.Conn, error) {
	h.Introduced = p.options.Door != nil
	c, err := p.connect(ctx, node, addr, h, s)
	if h.Introduced && errors.Is(err, ErrUnknownKind) { // a version from before nodes introduced themselves
		h.Introduced = false
		c, err = p.connect(ctx, node, addr, h, s)
	}
	p.metrics.dialled(h.Kind, err)
	if err != nil {
		return nil, fmt.Errorf("dial %s for %s: %w", addr, h.Kind, err)
	}
	return c, nil
}

func (p *Port) connect(ctx context.Context, node, addr string, h Header, s *Stream) (*conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(p.ctx, cancel)() // a severed port stops dialling, too

	var d net.Dialer
	socket, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		if p.ctx.Err() != nil {
			return nil, ErrClosed
		}
		return nil, err
	}
	c := &conn{Conn: socket, socket: socket, port: p}
	if err := p.track(c); err != nil {
		_ = socket.Close()
		return nil, err
	}
	if h.Kind != KindJoin {
		h.Cluster = p.cluster.Load()
	}
	if err := p.introduce(ctx, c, node, addr, h); err != nil {
		_ = c.Close()
		if p.ctx.Err() != nil {
			return nil, ErrClosed
		}
		return nil, err
	}
	if !p.settle(c, h.Kind, s) {
		_ = c.Close()
		return nil, ErrClosed
	}
	return c, nil
}

// introduce shakes hands, sends the header and reads the answer.
func (p *Port) introduce(ctx context.Context, c *conn, node, addr string, h Header) error {
	tune(c.socket)
	deadline := time.Now().Add(p.options.HeaderTimeout)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	if err := c.socket.SetDeadline(deadline); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.socket.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if p.client != nil {
		secured := tls.Client(c.socket, nameServer(p.client, addr))
		if err := secured.HandshakeContext(ctx); err != nil {
			return fmt.Errorf("peerport: TLS handshake: %w", err)
		}
		c.Conn = secured
	}
	opening := AppendHeader(make([]byte, 0, HeaderBytes), h)
	if h.Introduced {
		own, version := p.options.Door.Introduce()
		opening = AppendIntroduction(opening, Introduction{From: own, To: node, Directory: version})
	}
	if _, err := c.Write(opening); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	var b [1]byte
	if _, err := io.ReadFull(c.Conn, b[:]); err != nil {
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			return fmt.Errorf("peerport: no answer to the header: %w", err)
		}
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if err := answer(b[0]).err(); err != nil {
		return err
	}
	if !stop() { // ctx ended: its AfterFunc may set the deadline after we cleared it
		return ctx.Err()
	}
	return c.socket.SetDeadline(time.Time{})
}
