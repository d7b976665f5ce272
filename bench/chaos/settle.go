package chaos

import (
	"bytes"

	"github.com/parterre/parterre/bench/history"
)

// answered takes the answer of an attempt to the operation. It says whether the answer decides it.
func (s *shopper) answered(c *call, status int, body []byte, revision uint64) (decided bool) {
	now := s.log.Now()
	if c.op.Kind == history.KindReadMap {
		code := history.CodeNone
		if status < 300 {
			if err := c.readPicture(s.load.chart, body); err != nil {
				s.load.problem("an answer to %s cannot be read: %v", c.path, err)
			}
		}
		decided = c.op.Answered(status, code, now)
	} else {
		var err error
		if decided, err = c.op.AnsweredWith(s.load.chart, status, body, now); err != nil {
			s.load.problem("an answer to %s cannot be read: %v: %s", c.path, err, body)
		}
	}
	if c.op.Revision == 0 {
		c.op.Revision = revision
	}
	if decided {
		c.status, c.answer = status, bytes.Clone(body)
		s.learn(c)
	}
	return decided
}

// learn checks a deciding answer by itself, and notes what it tells.
func (s *shopper) learn(c *call) {
	if c.op.Outcome != history.Done {
		return
	}
	if c.op.Revision < c.floor {
		s.load.problem("STALE READ: %s was answered with revision %d, and %d had been acknowledged before it was asked", c.path,
			c.op.Revision, c.floor)
	}
	if isWrite(c.op.Kind) || c.op.Has(history.FlagStrong) {
		c.event.told(c.op.Revision)
	}
	switch c.op.Kind {
	case history.KindHold, history.KindWish, history.KindSale, history.KindConfirm:
	default:
		return
	}
	got, a, err := claimOf(s.load.chart, c.answer)
	switch {
	case err != nil:
		s.load.problem("an answer to %s cannot be read: %v: %s", c.path, err, c.answer)
	case a.Order != "" && a.State == "confirmed":
		c.event.ordered(got)
	case a.Order == "" && a.State == "held":
		c.event.held(got)
	}
}

// over writes the operation down.
func (s *shopper) over(c *call) {
	s.log.Add(&c.op)
	s.load.tally.note(&c.op)
	s.load.pulse.note(&c.op, s.load.run)
}

// sameAgain judges the answer to a repetition of a decided call.
func (s *shopper) sameAgain(c *call, status int, body []byte) {
	s.load.tally.repeated.Add(1)
	if status != c.status || !bytes.Equal(body, c.answer) {
		s.load.problem("A RETRY IS ANSWERED OTHERWISE: %s %s with key %s: first %d %s, then %d %s", c.method, c.path, c.key, c.status,
			c.answer, status, body)
	}
}
