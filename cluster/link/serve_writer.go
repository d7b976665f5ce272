package link

import (
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/raftlog"
)

// write writes answers until a Write fails or lost is closed. What is decided during a Write is the next flush.
func (s *session) write(lost <-chan struct{}) error {
	var buf []byte
	var taken []outgoing
	for {
		taken = s.takeAnswers(taken)
		for i := 0; i < len(taken); {
			if cap(buf) > keepBytes {
				buf = nil
			}
			own, commands := 0, 0
			for buf = buf[:0]; i < len(taken) && len(buf) < flushBytes; i++ {
				if c := taken[i].call; c != nil {
					commands += len(c.batch.Commands)
				} else {
					own++
				}
				buf = s.append(buf, &taken[i])
			}
			// Before the Write: whoever reads an answer must find its place free.
			s.release(own, commands)
			_ = s.conn.SetWriteDeadline(time.Now().Add(writeTimeout)) // fails only where the Write fails, too
			if _, err := s.conn.Write(buf); err != nil {
				return err
			}
		}
		if len(taken) > 0 {
			continue
		}
		select {
		case <-s.wake:
		case <-lost:
			return nil
		}
	}
}

// takeAnswers swaps the queue for an empty one. Where it is empty, the next answer wakes the writer.
func (s *session) takeAnswers(used []outgoing) []outgoing {
	clear(used)
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.answers
	s.answers = used[:0]
	s.asleep = len(taken) == 0
	return taken
}

// release frees what answers were counted for: the reader's own, and commands.
func (s *session) release(own, commands int) {
	s.inFlight.Add(-int64(commands))
	s.options.Metrics.served.Add(float64(commands))
	if own > 0 {
		s.mu.Lock()
		s.unread -= own
		s.mu.Unlock()
	}
}

// append encodes an answer, and gives its call back.
func (s *session) append(buf []byte, o *outgoing) []byte {
	switch o.kind {
	case typePong:
		return appendPing(buf, typePong, o.id)
	case typeExchangeAnswer:
		return appendExchange(buf, typeExchangeAnswer, o.id, o.payload)
	}
	start := len(buf)
	if o.call == nil {
		buf = appendAnswerHead(buf, o.id, 0, o.code)
		seal(buf, start)
		return buf
	}
	b := &o.call.batch
	buf = appendResults(buf, o.id, b)
	if len(buf)-start-prefixBytes > MaxFrameBytes {
		// Decided, but told by nobody: asked again with the same keys, in smaller batches, they are.
		s.options.Logger.Error("link answer too large", "commands", len(b.Commands), "bytes", len(buf)-start)
		buf = appendAnswerHead(buf[:start], o.id, 0, codeOutcomeUnknown)
	}
	seal(buf, start)
	o.call.recycle()
	o.call = nil
	return buf
}

func appendResults(buf []byte, id uint64, b *raftlog.Batch) []byte {
	c := codeNone
	decided := min(b.Decided, len(b.Results))
	if decided < len(b.Commands) {
		if c = codeOf(b.Err, false); c == codeNone {
			c = codeOutcomeUnknown
		}
	}
	buf = appendAnswerHead(buf, id, decided, c)
	for i := range b.Results[:decided] {
		buf = command.AppendResult(buf, &b.Results[i])
	}
	return buf
}

// shut drops the answers that nobody will read; what is decided later drops itself.
func (s *session) shut() {
	s.mu.Lock()
	s.closed = true
	left := s.answers
	s.answers = nil
	s.mu.Unlock()
	for i := range left {
		if c := left[i].call; c != nil {
			c.recycle()
		}
	}
}
