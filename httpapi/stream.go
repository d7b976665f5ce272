package httpapi

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/cluster"
)

// mediaLines is newline-delimited JSON. A stream takes application/json for it, too.
const mediaLines = "application/x-ndjson"

// stream is one POST /v1/stream.
//
// Two goroutines serve it. The handler's own reads: it takes what has come, gathers all whole operations by partition,
// and submits the bunches when the bytes are used up. The other one writes: it wakes when a bunch has ended, encodes
// every bunch that has ended by then, and writes once. A bunch is ended by the node's goroutines, which only put it on a
// list. So an operation costs no goroutine, timer or allocation: bunches and chunks are used again.
//
// Back-pressure: the reader waits while so many operations are under way as Limits.StreamOperations says, until answers
// are written. It reads nothing meanwhile, and the connection's flow control makes the sender wait. Answers are encoded
// only to be written, at most maxStreamWrite at a time, and a client that does not take them is cut after
// Limits.StreamWrite. So what is under way bounds all memory.
type stream struct {
	gatherer
	frames  framer
	request *http.Request
	out     http.ResponseWriter
	control *http.ResponseController
	address string // of the client, for rates

	// The reader's own.
	chunk    *chunk
	refused  *bunch // what is refused by its form
	gathered int    // operations in bunches that are not yet submitted
	chunks   []*chunk
	lanes    [laneCount]streamLane
	deadline time.Time // of what is submitted now
	whole    bool      // the stream was read to its end

	// Between reader, writer and node.
	ended    atomic.Pointer[bunch] // newest first
	spares   atomic.Pointer[bunch] // from writer to reader, at most maxSpareBunches
	spared   atomic.Int32          // how many those are
	wake     chan struct{}         // capacity 1: to the writer
	room     chan struct{}         // capacity 1: to the reader
	stop     chan struct{}         // closed when the reader must stop; by the writer
	underWay atomic.Int64          // operations that were submitted and whose answers are not written
	counted  atomic.Int64          // of these, in api.streamed: until their answers are encoded
	heard    atomic.Int64          // when something was read, Unix ns
	last     *problem              // what the stream ends with; set before readDone
	readDone atomic.Bool
}

// streamLane is what one chunk's operations of a lane are told by the rate limiter.
type streamLane struct {
	asked, ok bool
	taken     int
}

// chunk is a piece of a stream's bytes, which the commands gathered from it alias.
type chunk struct {
	bytes []byte       // what has come
	read  int          // so much of it was gathered
	users atomic.Int32 // bunches that were gathered from it
	spent atomic.Bool  // something may read it for as long as it likes
}

// postStream is POST /v1/stream.
func (a *api) postStream(c *gin.Context) {
	raw := c.Writer.(interface{ Unwrap() http.ResponseWriter }).Unwrap() // gin's own hides the errors of Flush
	msgpack, p := streamFormat(c.Request)
	select {
	case <-a.draining:
		p = &problem{code: codeDraining}
	default:
	}
	if p != nil {
		_ = http.NewResponseController(raw).EnableFullDuplex() // see refuseUnread
		closesAfter(c)
		refuse(c, p)
		leaveUnread(c.Request, raw)
		return
	}
	s := a.newStream(c, raw, msgpack)
	if err := s.begin(c); err != nil {
		a.logger.Debug("a stream did not begin", "error", err)
		return
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		s.write()
	}()
	defer func() {
		<-written
		if !s.whole {
			leaveUnread(c.Request, raw)
		}
	}()
	s.read()
}

// closesAfter tells the client that the connection serves no other request. In HTTP/2 it serves many at once.
func closesAfter(c *gin.Context) {
	if c.Request.ProtoMajor == 1 {
		c.Writer.Header().Set("Connection", "close")
	}
}

// leaveUnread ends a request whose body is not read to its end, without waiting for that end, which may never come. In
// HTTP/1.1 this ends the connection: by default net/http would read on, and, since that fails, take what is left of the
// body for the next request. As after a body that is too large, it says goodbye first, and waits a moment, so that the
// client gets the answer before its connection is reset.
func leaveUnread(r *http.Request, raw http.ResponseWriter) {
	control := http.NewResponseController(raw)
	_ = control.Flush()
	_ = control.SetReadDeadline(time.Unix(1, 0)) // if any of this fails, the connection is gone
	_, _ = http.MaxBytesReader(raw, io.NopCloser(strings.NewReader("more")), 0).Read(make([]byte, 1))
	_ = r.Body.Close()
}

// streamFormat is the format of a stream, which is the same in both directions, since ids are sent back as they came.
func streamFormat(r *http.Request) (msgpack bool, p *problem) {
	if _, given := r.Header[headerKey]; given {
		return false, invalid(headerKey, "a stream's operations have keys of their own")
	}
	if msgpack, p = bodyIsLines(r); p != nil {
		return false, p
	}
	forLines, forMsgpack := true, true
	if header := strings.Join(r.Header["Accept"], ","); header != "" {
		forLines = weight(header, mediaLines) > 0 || weight(header, mediaJSON) > 0
		forMsgpack = weight(header, mediaMsgpack) > 0
	}
	if msgpack && !forMsgpack || !msgpack && !forLines {
		return false, &problem{code: codeNotAcceptable, detail: "A stream is answered in the format of its operations."}
	}
	return msgpack, nil
}

func bodyIsLines(r *http.Request) (msgpack bool, p *problem) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && media == mediaLines && r.Header.Get("Content-Encoding") == "" {
		return false, nil
	}
	msgpack, err := bodyIsMsgpack(r)
	if err != nil {
		return false, &problem{code: codeUnsupportedMedia, detail: "Send application/x-ndjson or application/msgpack, without Content-Encoding."}
	}
	return msgpack, nil
}

func (a *api) newStream(c *gin.Context, out http.ResponseWriter, msgpack bool) *stream {
	limit := int(a.limits.BodyBytes) + maxEnvelopeBytes
	s := &stream{
		request: c.Request, out: out, control: http.NewResponseController(out), address: c.ClientIP(),
		frames: framer{msgpack: msgpack, limit: limit},
		wake:   make(chan struct{}, 1), room: make(chan struct{}, 1), stop: make(chan struct{}),
	}
	s.a, s.ids, s.spare = a, true, s.another
	s.heard.Store(a.now().UnixNano())
	return s
}

// begin sends the header, so that the client knows that it is heard, and lifts the server's deadlines.
func (s *stream) begin(c *gin.Context) error {
	if s.request.ProtoMajor == 1 {
		if err := s.control.EnableFullDuplex(); err != nil {
			return err
		}
		if s.request.Header.Get("Expect") != "" {
			s.out.WriteHeader(http.StatusContinue) // else net/http would send it never, once the header is out
		}
	}
	closesAfter(c)
	h := c.Writer.Header()
	h.Set("Content-Type", mediaLines)
	if s.frames.msgpack {
		h["Content-Type"] = msgpackMedia
	}
	h["Cache-Control"] = noStore
	h.Set("X-Accel-Buffering", "no") // proxies must not wait for the end of an answer that has none
	c.Writer.WriteHeader(http.StatusOK)
	c.Writer.WriteHeaderNow()
	return errors.Join(s.control.SetReadDeadline(time.Time{}), s.control.SetWriteDeadline(time.Time{}), s.control.Flush())
}

// done is every bunch's Done: it puts the bunch on the list of those that have ended. It never blocks.
func (s *stream) done(b *bunch) {
	for {
		first := s.ended.Load()
		b.next = first
		if s.ended.CompareAndSwap(first, b) {
			if first == nil {
				poke(s.wake)
			}
			return
		}
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// another is an empty bunch. Only the reader takes spare ones, so that the list cannot change behind its first.
func (s *stream) another() *bunch {
	b := s.spares.Load()
	for b != nil && !s.spares.CompareAndSwap(b, b.next) {
		b = s.spares.Load()
	}
	if b != nil {
		s.spared.Add(-1)
	} else {
		b = &bunch{}
		b.many.Done = func(*cluster.Many) { s.done(b) }
	}
	b.next, b.chunk = nil, s.chunk
	s.chunk.users.Add(1)
	return b
}

// giveBack takes a bunch whose answers are encoded. It returns it to the reader, unless something may still read it.
func (s *stream) giveBack(b *bunch) {
	c := b.chunk
	if b.many.Spent() {
		c.spent.Store(true)
		return
	}
	b.reset()
	c.users.Add(-1)
	if s.spared.Load() >= maxSpareBunches {
		return
	}
	s.spared.Add(1)
	for {
		first := s.spares.Load()
		b.next = first
		if s.spares.CompareAndSwap(first, b) {
			return
		}
	}
}

// trim lets go of the spare bunches of a stream that rests: their results keep entries of the log alive.
func (s *stream) trim() {
	n := int32(0)
	for b := s.spares.Swap(nil); b != nil; b = b.next {
		n++
	}
	s.spared.Add(-n)
}

// endOf is what is said at the end of a stream whose bytes end with err.
func (s *stream) endOf(err error) *problem {
	unread := len(s.chunk.bytes) - s.chunk.read
	switch {
	case errors.Is(err, io.EOF) && unread == 0:
		return nil
	case errors.Is(err, io.EOF):
		return &problem{code: codeMalformed, detail: "The stream ends within an operation."}
	}
	return &problem{code: codeMalformed, detail: "The stream broke off, or came too slowly."}
}
