package link

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/parterre/parterre/raftlog"
)

// run keeps the lane connected until the client is closed.
func (l *lane) run() {
	c := l.client
	defer c.wg.Done()
	failures := 0
	for c.ctx.Err() == nil {
		lived, err := l.connect()
		if lived >= steadyAfter {
			failures = 0
			l.fall(laneDial, err)
			continue
		}
		l.fall(laneDown, err)
		if !c.pause(failures) {
			break
		}
		failures++
	}
	l.fall(laneClosed, raftlog.ErrClosed)
}

// connect dials and uses the connection until it is lost. It tells how long it lived, and why it ended or never was.
func (l *lane) connect() (lived time.Duration, err error) {
	c := l.client
	ctx, cancel := context.WithTimeout(c.ctx, c.options.DialTimeout)
	conn, err := c.options.Dial(ctx)
	cancel()
	if err != nil {
		if c.ctx.Err() == nil {
			c.metrics.failed.Inc()
			c.options.Logger.Debug("link cannot connect", "peer", c.options.Peer, "lane", l.name, "error", err)
		}
		return 0, err
	}
	c.metrics.connected.Inc()
	start := time.Now()
	err = l.use(conn)
	if c.ctx.Err() == nil {
		c.metrics.lost.Inc()
		c.options.Logger.Warn("link lost", "peer", c.options.Peer, "lane", l.name, "error", err)
	}
	return time.Since(start), err
}

// use writes and reads until either fails, and returns when both have ended.
func (l *lane) use(conn net.Conn) error {
	defer context.AfterFunc(l.client.ctx, func() { _ = conn.Close() })()
	l.mu.Lock()
	if l.state != laneClosed {
		l.state = laneUp
	}
	l.conn = conn
	l.mu.Unlock()

	lost := make(chan struct{})
	var readErr error
	go func() {
		defer close(lost)
		readErr = l.read(conn)
		_ = conn.Close() // ends a Write that is under way
	}()
	writeErr := l.write(conn, lost)
	_ = conn.Close() // ends the reader
	<-lost
	if writeErr != nil {
		return writeErr
	}
	return readErr
}

// fall puts the lane into a state without connection, and ends everything under way.
func (l *lane) fall(s laneState, cause error) {
	var unsent, sent []waiting
	l.mu.Lock()
	if l.state != laneClosed {
		l.state = s
	}
	l.conn, l.asleep, l.ping = nil, false, false
	for _, q := range l.ready {
		unsent = q.takeAll(unsent)
		q.listed = false
	}
	clear(l.ready)
	l.ready = l.ready[:0]
	for _, f := range l.pending {
		if f.unsent {
			unsent = f.takeAll(unsent)
		} else {
			sent = f.takeAll(sent)
		}
	}
	clear(l.pending)
	asks := l.asks
	for _, a := range l.asked {
		asks = append(asks, a)
	}
	l.asks = nil
	clear(l.asked)
	l.mu.Unlock()

	peer := l.client.options.Peer
	unreachable := fmt.Errorf("%w (peer %s: %w)", ErrUnreachable, peer, cause)
	for _, w := range unsent {
		l.client.end(w, unreachable)
	}
	if len(sent) > 0 {
		unknown := fmt.Errorf("%w: connection to peer %s lost: %w", raftlog.ErrOutcomeUnknown, peer, cause)
		for _, w := range sent {
			l.client.end(w, unknown)
		}
	}
	for _, a := range asks {
		a.reply <- reply{err: unreachable}
	}
}

// pause waits before another dial. False: the client was closed.
func (c *Client) pause(failures int) bool {
	longest := min(firstPause<<min(failures, 16), longestPause)
	t := time.NewTimer(longest/2 + jitter(longest/2))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-c.ctx.Done():
		return false
	}
}
