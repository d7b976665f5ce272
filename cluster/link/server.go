package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/raftlog"
)

// Submitter has batches decided by this node's own groups. It never forwards: a command travels one hop at most, so
// that two nodes with different ideas of who leads cannot send it round in circles.
type Submitter interface {
	// SubmitLocal is raftlog.Group.Submit of the partition's group.
	SubmitLocal(partition uint32, b *raftlog.Batch) error
}

// ServeOptions says how a connection is served; zero values are the defaults.
type ServeOptions struct {
	// Commands bounds the commands of one connection that are under way; what is beyond is answered ErrOverloaded.
	// 0 = 16,384.
	Commands int
	// Exchange answers Client.Exchange. It runs on the connection's reader, so it must be quick; the payload is its own
	// to keep. What is longer than MaxExchangeBytes is answered by nothing. nil = every answer is empty.
	Exchange func(payload []byte) []byte
	Logger   *slog.Logger // nil = none
	Metrics  *Metrics     // nil = not counted
}

// Serve answers the frames of one connection until it ends, and closes it. It returns nil when the peer closed it or ctx
// ended, else why it was given up. Batches that the submitter still has then are decided, and answered to nobody.
func Serve(ctx context.Context, conn net.Conn, s Submitter, o ServeOptions) error {
	if o.Commands <= 0 {
		o.Commands = defaultServeCommands
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics(nil)
	}
	session := &session{conn: conn, submitter: s, options: o, wake: make(chan struct{}, 1)}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	lost := make(chan struct{})
	written := make(chan struct{})
	var writeErr error
	go func() {
		defer close(written)
		writeErr = session.write(lost)
		_ = conn.Close() // ends the reader
	}()
	err := session.read()
	close(lost)
	_ = conn.Close()
	<-written
	session.shut()
	return serveError(ctx, err, writeErr)
}

// serveError picks what is worth telling.
func serveError(ctx context.Context, readErr, writeErr error) error {
	switch {
	case errors.Is(readErr, ErrFrame), errors.Is(readErr, ErrFlooded):
		return readErr
	case ctx.Err() != nil:
		return nil
	case writeErr != nil:
		return writeErr
	case errors.Is(readErr, io.EOF):
		return nil
	}
	return readErr
}

// session is one connection that is served.
type session struct {
	conn      net.Conn
	submitter Submitter
	options   ServeOptions
	wake      chan struct{} // capacity 1: there is something to write
	reads     atomic.Uint64
	inFlight  atomic.Int64 // commands that were submitted and whose answers no flush has taken

	mu      sync.Mutex // a leaf
	asleep  bool       // the writer waits for wake
	closed  bool
	answers []outgoing
	unread  int // of the reader's own answers: those that no flush has taken
}

// outgoing is an answer to be written: of a call, or else a refusal, a pong, or an exchange's answer.
type outgoing struct {
	kind    frameType
	id      uint64
	call    *call
	code    code
	payload []byte
}

// read takes frames until the connection ends or is not worth having.
func (s *session) read() error {
	frames := newFrameReader(s.conn, &s.reads)
	var decoder command.Decoder
	for {
		body, err := frames.next()
		var h head
		var rest []byte
		if err == nil {
			h, rest, err = parseHead(body)
		}
		if err == nil {
			err = s.take(h, rest, &decoder)
		}
		if errors.Is(err, ErrFrame) {
			s.options.Metrics.malformed.Inc()
		}
		if err != nil {
			return err
		}
	}
}

func (s *session) take(h head, rest []byte, d *command.Decoder) error {
	switch h.kind {
	case typeRequest:
		return s.request(h, rest, d)
	case typeExchange:
		var payload []byte
		if s.options.Exchange != nil {
			payload = s.options.Exchange(h.payload)
		}
		if len(payload) > MaxExchangeBytes {
			s.options.Logger.Error("link exchange answer too large", "bytes", len(payload))
			payload = nil
		}
		s.options.Metrics.exchangeds.Inc()
		return s.send(outgoing{kind: typeExchangeAnswer, id: h.id, payload: payload})
	case typePing:
		return s.send(outgoing{kind: typePong, id: h.id})
	}
	return fmt.Errorf("%w: type %d is not a request", ErrFrame, h.kind)
}

// request submits a frame's commands as one batch, or refuses them all.
func (s *session) request(h head, rest []byte, d *command.Decoder) error {
	switch {
	case h.count == 0:
		return fmt.Errorf("%w: request without commands", ErrFrame)
	case h.remainingMillis == 0:
		return s.refuse(h, codeExpired)
	case s.inFlight.Load()+int64(h.count) > int64(s.options.Commands):
		return s.refuse(h, codeOverloaded)
	}
	c := newCall(s, h)
	d.Reset(rest)
	for i := range c.batch.Commands {
		// The checksum was right, so this is what the peer wrote: a newer version's command, most likely. The
		// connection is as good as before.
		if err := d.Command(&c.batch.Commands[i]); err != nil {
			s.options.Metrics.malformed.Inc()
			s.options.Logger.Warn("link cannot read a forwarded command", "partition", h.partition, "error", err)
			c.recycle()
			return s.refuse(h, codeMalformed)
		}
	}
	if d.Remaining() != 0 {
		c.recycle()
		return fmt.Errorf("%w: %d bytes behind the commands", ErrFrame, d.Remaining())
	}
	s.inFlight.Add(int64(h.count))
	if err := s.submitter.SubmitLocal(h.partition, &c.batch); err != nil {
		s.inFlight.Add(-int64(h.count))
		c.recycle()
		return s.refuse(h, codeOf(err, true))
	}
	return nil
}

func (s *session) refuse(h head, c code) error {
	s.options.Metrics.refused.Add(float64(h.count))
	return s.send(outgoing{kind: typeAnswer, id: h.id, code: c})
}

// send queues what the reader itself answers; a peer that does not read such answers is cut.
func (s *session) send(o outgoing) error {
	s.mu.Lock()
	if s.unread >= maxUnread {
		s.mu.Unlock()
		return ErrFlooded
	}
	s.unread++
	s.queue(o)
	return nil
}

// queue appends an answer, wakes the writer, and unlocks s.mu, which is held.
func (s *session) queue(o outgoing) {
	s.answers = append(s.answers, o)
	wake := s.asleep
	s.asleep = false
	s.mu.Unlock()
	if wake {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}
