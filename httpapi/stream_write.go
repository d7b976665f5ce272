package httpapi

import (
	"runtime/debug"
	"time"
)

// write writes answers until the stream is read to its end and everything is answered. When the client takes no more,
// what is under way is decided all the same, and answered to nobody.
func (s *stream) write() {
	w := newWriter(s.frames.msgpack)
	defer w.free()
	out := &streamOut{stream: s, w: w}
	defer out.rescue()
	alive := time.NewTicker(s.a.limits.StreamKeepAlive)
	defer alive.Stop()
	draining := s.a.draining
	for {
		done := s.readDone.Load() // before the list is looked at: then nothing is missed
		out.takeEnded()
		if done && s.underWay.Load() == 0 {
			out.end()
			return
		}
		select {
		case <-s.wake:
		case <-draining:
			draining = nil
			out.stopReading(&problem{code: codeDraining})
		case <-alive.C:
			out.keepAlive()
		}
	}
}

// rescue ends a stream whose writer made a mistake, so that the node goes on.
func (o *streamOut) rescue() {
	cause := recover()
	if cause == nil {
		return
	}
	s := o.stream
	s.a.logger.Error("the writer of a stream panicked", "panic", cause, "stack", string(debug.Stack()))
	s.a.streamed.Add(-s.counted.Load()) // nobody else will
	o.stopReading(nil)
}

// streamOut is the writer's own.
type streamOut struct {
	stream   *stream
	w        *writer
	tally    tally
	encoded  int  // operations whose answers are in w
	failed   bool // the client takes no more
	stopping bool
	wrote    bool // since the last look
	deadline time.Time
	goodbye  *problem
}

// takeEnded writes the answers of all bunches that have ended, in the order of their ends.
func (o *streamOut) takeEnded() {
	var first *bunch
	for b := o.stream.ended.Swap(nil); b != nil; {
		b.next, first, b = first, b, b.next
	}
	for b := first; b != nil; {
		next := b.next
		o.bunch(b)
		b = next
	}
	o.flush()
}

func (o *streamOut) bunch(b *bunch) {
	s := o.stream
	for i := range b.refusals {
		o.tally.count(b.refusals[i].kind, refusedOutcome(o.w, &b.refusals[i]))
		o.answered()
	}
	for i := range b.many.Commands {
		o.tally.count(b.tags[i].kind, s.a.outcome(o.w, b, i))
		o.answered()
	}
	n := len(b.refusals) + len(b.many.Commands)
	s.giveBack(b)
	s.count(-n)
}

// answered ends an answer.
func (o *streamOut) answered() {
	if !o.w.msgpack {
		o.w.b = append(o.w.b, '\n')
	}
	if o.encoded++; len(o.w.b) >= maxStreamWrite {
		o.flush()
	}
}

// flush writes what is encoded, in one piece, and lets the reader go on.
func (o *streamOut) flush() {
	o.send()
	if o.encoded == 0 {
		return
	}
	s := o.stream
	s.underWay.Add(int64(-o.encoded))
	o.encoded = 0
	o.tally.flush(s.a.metrics, streamRoute)
	poke(s.room)
}

// send writes the buffer, unless the client is gone.
func (o *streamOut) send() {
	if len(o.w.b) == 0 {
		return
	}
	if !o.failed {
		if err := o.sendOrFail(); err != nil {
			o.failed = true
			o.stopReading(nil)
		}
	}
	o.w.b = o.w.b[:0]
	o.wrote = true
}

func (o *streamOut) sendOrFail() error {
	s := o.stream
	// A deadline costs timers in the runtime: it is moved only when half of it is over.
	if now := time.Now(); o.deadline.Sub(now) < s.a.limits.StreamWrite/2 {
		o.deadline = now.Add(s.a.limits.StreamWrite)
		if err := s.control.SetWriteDeadline(o.deadline); err != nil {
			return err
		}
	}
	if _, err := s.out.Write(o.w.b); err != nil {
		return err
	}
	return s.control.Flush()
}

// stopReading makes the reader stop where it is; the stream then ends with p.
func (o *streamOut) stopReading(p *problem) {
	if o.stopping {
		return
	}
	o.stopping, o.goodbye = true, p
	close(o.stream.stop)
	_ = o.stream.control.SetReadDeadline(time.Unix(1, 0)) // if this fails, so does reading
}

// keepAlive writes something to a client that heard nothing for a while, and ends a stream on which nothing comes.
func (o *streamOut) keepAlive() {
	s := o.stream
	if s.underWay.Load() == 0 && !o.wrote {
		s.trim()
	}
	if s.underWay.Load() == 0 && s.a.now().UnixNano()-s.heard.Load() > int64(s.a.limits.StreamIdle) {
		o.stopReading(nil)
		return
	}
	if o.wrote {
		o.wrote = false
		return
	}
	if o.w.msgpack {
		o.w.b = append(o.w.b, 0xc0)
	} else {
		o.w.b = append(o.w.b, '\n')
	}
	o.send()
	o.wrote = false
}

// end writes the last words, if there are any: an answer without an id.
func (o *streamOut) end() {
	p := o.goodbye
	if p == nil {
		p = o.stream.last
	}
	if p == nil {
		return
	}
	beginOutcome(o.w, "", kinds[p.code].status, false)
	o.w.boolean("last", true)
	encodeProblemBody(o.w, p)
	o.w.endObject()
	if !o.w.msgpack {
		o.w.b = append(o.w.b, '\n')
	}
	o.send()
}
