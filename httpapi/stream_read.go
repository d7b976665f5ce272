package httpapi

import (
	"errors"
	"io"
	"slices"
	"time"
	"unsafe"
)

// read reads the stream until its end, and submits what it reads.
func (s *stream) read() {
	defer func() {
		s.readDone.Store(true)
		poke(s.wake)
	}()
	for {
		if !s.waitForRoom() {
			return
		}
		n, err := s.fill()
		if n > 0 {
			s.heard.Store(s.a.now().UnixNano())
			if p := s.gather(); p != nil {
				s.last = p
				return
			}
		}
		if err != nil {
			if s.whole = errors.Is(err, io.EOF); !s.stopped() {
				s.last = s.endOf(err)
			}
			return
		}
	}
}

func (s *stream) stopped() bool {
	select {
	case <-s.stop:
		return true
	default:
		return false
	}
}

// waitForRoom waits until another operation may be under way. It returns false if the stream must be read no more.
func (s *stream) waitForRoom() bool {
	for !s.stopped() {
		if s.underWay.Load() < int64(s.a.limits.StreamOperations) && s.haveChunk() {
			return true
		}
		select {
		case <-s.room:
		case <-s.stop:
		}
	}
	return false
}

// haveChunk sees to a chunk that has room for the rest of an operation and for a good read: the present one, or another,
// to which what is not gathered is moved. It returns false if all are in use.
func (s *stream) haveChunk() bool {
	const goodRead = 16 << 10
	c := s.chunk
	if c != nil {
		if c.read == len(c.bytes) && c.users.Load() == 0 {
			if c.bytes, c.read = c.bytes[:0], 0; len(s.chunks) > 1 && s.underWay.Load() == 0 {
				s.chunks = append(s.chunks[:0:0], c) // what a rush took is let go of
			}
		}
		if unread := len(c.bytes) - c.read; cap(c.bytes)-len(c.bytes) >= max(goodRead, s.frames.limit-unread) {
			return true
		}
	}
	other := s.freeChunk()
	if other == nil {
		return false
	}
	other.bytes, other.read = other.bytes[:0], 0
	if c != nil {
		other.bytes = append(other.bytes, c.bytes[c.read:]...)
		c.bytes = c.bytes[:c.read]
	}
	s.chunk = other
	return true
}

func (s *stream) freeChunk() *chunk {
	s.chunks = slices.DeleteFunc(s.chunks, func(c *chunk) bool { return c.spent.Load() })
	for _, c := range s.chunks {
		if c != s.chunk && c.users.Load() == 0 {
			return c
		}
	}
	if len(s.chunks) == maxStreamChunks {
		return nil
	}
	c := &chunk{bytes: make([]byte, 0, max(128<<10, 2*s.frames.limit))}
	s.chunks = append(s.chunks, c)
	return c
}

// fill reads what has come, and waits if nothing has.
func (s *stream) fill() (int, error) {
	c := s.chunk
	n, err := s.request.Body.Read(c.bytes[len(c.bytes):cap(c.bytes)])
	c.bytes = c.bytes[:len(c.bytes)+n]
	return n, err
}

// gather reads all operations that have come whole, and submits them. A problem ends the stream.
func (s *stream) gather() *problem {
	now := time.Now()
	s.nanos, s.deadline = now.UnixNano(), now.Add(s.a.limits.RequestTimeout)
	s.lanes = [laneCount]streamLane{}
	c := s.chunk
	var p *problem
	for p == nil && c.read < len(c.bytes) {
		length, verdict := s.frames.next(c.bytes[c.read:])
		if verdict != frameWhole {
			p = s.broken(verdict)
			break
		}
		value := c.bytes[c.read : c.read+length]
		c.read += length
		if s.blank(value) {
			continue
		}
		p = s.operation(unsafe.String(unsafe.SliceData(value), len(value)))
		if s.gathered >= gatherOperations || s.underWay.Load()+int64(s.gathered) >= int64(s.a.limits.StreamOperations) {
			s.submit()
			if !s.waitToGoOn() {
				return nil
			}
		}
	}
	s.submit()
	return p
}

// blank reports a value that only keeps the stream alive.
func (s *stream) blank(value []byte) bool {
	if s.frames.msgpack {
		return len(value) == 1 && value[0] == 0xc0
	}
	for _, b := range value {
		if b != '\n' && b != '\r' && b != ' ' && b != '\t' {
			return false
		}
	}
	return true
}

// waitToGoOn is waitForRoom within a chunk.
func (s *stream) waitToGoOn() bool {
	for s.underWay.Load() >= int64(s.a.limits.StreamOperations) {
		select {
		case <-s.room:
		case <-s.stop:
			return false
		}
	}
	return true
}

// broken is the problem of bytes in which the next value cannot be found; nil = only more bytes are needed.
func (s *stream) broken(verdict int) *problem {
	switch verdict {
	case frameLong:
		return &problem{code: codeTooLarge, detail: "An operation is larger than the stream takes."}
	case frameBad:
		return &problem{code: codeMalformed, detail: "The stream is malformed: binaries and extensions are not taken."}
	}
	return nil
}

// operation reads one value. It is gathered, or refused alone.
func (s *stream) operation(value string) (broken *problem) {
	s.open(value, s.frames.msgpack)
	d := &s.d
	d.path, d.errors, d.seen, d.depth = d.path[:0], d.errors[:0], d.seen[:0], 0
	p := s.next()
	if p == nil && !d.src.end() {
		d.src.fail("more follows after its end")
		p = &problem{code: codeMalformed, detail: "The body is malformed: " + d.src.err() + "."}
		s.takeBack()
	}
	if p == nil {
		p = s.admitOperation()
	}
	if p == nil {
		s.gathered++
		return nil
	}
	s.refuse(p)
	return nil
}

// takeBack takes the operation that was read last out of its bunch.
func (s *stream) takeBack() {
	s.drop()
	s.now.bunch.tags = s.now.bunch.tags[:s.now.number]
}

// admitOperation counts the operation that was read last against the limits, or takes it back.
func (s *stream) admitOperation() *problem {
	limit := int64(s.a.limits.StreamedOperations)
	if s.now.kind.lane == laneNew {
		limit -= limit / 4
	}
	lane := &s.a.lanes[s.now.kind.lane]
	if s.a.streamed.Load()+int64(s.gathered) >= limit {
		lane.full.Inc()
		s.takeBack()
		return &problem{code: codeOverloaded}
	}
	if lane.rates == nil {
		return nil
	}
	mine := &s.lanes[s.now.kind.lane]
	if !mine.asked {
		mine.asked, mine.ok = true, lane.rates.takeMany(s.address, s.a.now(), 1)
	} else if mine.ok {
		mine.taken++
	}
	if mine.ok {
		return nil
	}
	lane.limited.Inc()
	s.takeBack()
	return &problem{code: codeRateLimited, retrySeconds: lane.rates.retrySeconds()}
}

// refuse has the operation that was read last answered with a problem.
func (s *stream) refuse(p *problem) {
	if s.refused == nil {
		s.refused = s.another()
	}
	s.refused.refusals = append(s.refused.refusals, refusal{id: s.now.id, kind: s.now.kind, problem: p})
	s.gathered++
}

// count counts operations among those of all streams, or, if n is negative, no longer.
func (s *stream) count(n int) {
	s.counted.Add(int64(n))
	s.a.streamed.Add(int64(n))
}

// submit sends off what was gathered.
func (s *stream) submit() {
	if s.gathered == 0 {
		return
	}
	s.underWay.Add(int64(s.gathered))
	s.count(s.gathered)
	s.a.metrics.chunkOperations.Observe(float64(s.gathered))
	s.gathered = 0
	for name := range s.lanes {
		if lane := &s.lanes[name]; lane.taken > 0 {
			s.a.lanes[name].rates.takeMany(s.address, s.a.now(), lane.taken)
			lane.taken = 0
		}
	}
	if b := s.refused; b != nil {
		s.refused = nil
		s.done(b)
	}
	for i, b := range s.filling {
		if b == nil {
			continue
		}
		s.filling[i] = nil
		if len(b.many.Commands) == 0 { // all that began in it were refused
			s.done(b)
			continue
		}
		b.many.Deadline = s.deadline
		s.a.node.SubmitMany(&b.many)
	}
}
