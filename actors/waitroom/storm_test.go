package waitroom

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// storm does anything at all to a room, settings among it, and holds it to what is true of every room, whatever is asked.
type storm struct {
	random *rand.Rand
	room   *Room
	now    int64
	stock  Stock
	config Config
	before Figures
	inside [MaxLanes]map[uint64]Pass // that numbers were given
	passes []Pass                    // all of them
	given  [MaxLanes]uint64
	seed   [32]byte
	err    error
}

func newStorm(seed uint64) *storm {
	s := &storm{random: rand.New(rand.NewPCG(seed, 7)), room: New(), now: day, stock: Stock{Free: 20}}
	for i := range s.inside {
		s.inside[i] = map[uint64]Pass{}
	}
	s.config = Config{
		Mode: ModeRandom, MaxInside: 5, EnterWithinSeconds: 10, IdleSeconds: 20, StaySeconds: 50, TokenLifeSeconds: 60,
		PreQueueOpensMillis: s.soon(), TargetCommitMillis: uint32(s.random.IntN(2)),
	}
	s.config.OpensMillis = s.config.PreQueueOpensMillis + s.soon() - day
	for i := range s.random.IntN(3) {
		s.config.Lanes = append(s.config.Lanes, LaneConfig{Key: fmt.Sprint("lane", i), Share: uint32(1 + s.random.IntN(3))})
	}
	s.seed[0] = byte(seed)
	s.ask(Request{Op: OpPut, Config: &s.config, Seed: s.seed, Secret: [32]byte{1}})
	return s
}

func (s *storm) soon() int64 { return day + int64(s.random.IntN(2)*s.random.IntN(20_000)) }

func (s *storm) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

func (s *storm) ask(q Request) (a Answer) {
	s.room.Do(s.now, &q, s.stock, &a)
	return a
}

func (s *storm) step() {
	if s.random.IntN(2) == 0 {
		s.now += int64(s.random.IntN(3_000))
	}
	if s.random.IntN(6) == 0 {
		s.stock = Stock{Free: uint32(s.random.IntN(3) * s.random.IntN(30)), Held: uint32(s.random.IntN(5)), Sold: s.stock.Sold + uint32(s.random.IntN(2))}
	}
	lane, number := uint8(s.random.IntN(4)), uint64(s.random.IntN(40))
	switch n := s.random.IntN(24); {
	case n < 3:
		s.join(lane)
	case n < 10:
		s.enter(lane, number)
	case n < 11:
		s.ask(Request{Op: OpLeave, Lane: lane, Number: number, Session: s.inside[lane][number].Session})
	case n < 19:
		s.visit(lane, number)
	case n < 22:
		s.operate()
	default:
		s.room.Advance(s.now, s.stock)
	}
	s.judge()
}

func (s *storm) join(lane uint8) {
	n := uint32(1 + s.random.IntN(5))
	a := s.ask(Request{Op: OpJoin, Lane: lane, Count: n})
	if a.Code != CodeOK {
		return
	}
	if a.First != s.given[lane] {
		s.fail("lane %d: number %d was given, want %d", lane, a.First, s.given[lane])
	}
	s.given[lane] += uint64(n)
}

// enter wants each number to have one session ever.
func (s *storm) enter(lane uint8, number uint64) {
	p := Pass{Lane: lane, Number: number, Buyer: uint64(s.random.IntN(60))}
	a := s.ask(Request{Op: OpEnter, Lane: lane, Number: number, Buyer: p.Buyer})
	if a.Code != CodeOK || a.Session == 0 {
		return
	}
	had, ok := s.inside[a.Lane][a.Number]
	if ok && had.Session != a.Session {
		s.fail("number %d of lane %d was let in by session %d, and by %d again", a.Number, a.Lane, had.Session, a.Session)
	}
	if p.Session = a.Session; !ok {
		s.inside[a.Lane][a.Number] = p
		s.passes = append(s.passes, p)
	}
}

// visit is what commands do in the event's actor, with the pass of one of those who came in last, or with a wrong one.
func (s *storm) visit(lane uint8, number uint64) {
	p := Pass{Lane: lane, Number: number, Session: uint64(s.random.IntN(9)), Buyer: uint64(s.random.IntN(6))}
	if n := len(s.passes); n > 0 && s.random.IntN(4) > 0 {
		p = s.passes[max(0, n-1-s.random.IntN(6))]
	}
	hold := uint64(1 + s.random.IntN(9))
	s.room.Advance(s.now, s.stock)
	if s.room.Check(s.now, p) == CodeOK {
		switch s.random.IntN(4) {
		case 0:
			s.room.Sold(s.now, p)
		default:
			s.room.Held(p, hold)
		}
	}
	if s.random.IntN(4) == 0 {
		s.room.Ordered(s.now, hold, 0)
	}
	s.room.Advance(s.now, s.stock)
}

func (s *storm) operate() {
	switch s.random.IntN(9) {
	case 0:
		s.ask(Request{Op: OpPause})
	case 1, 2:
		s.ask(Request{Op: OpResume})
	case 3:
		s.ask(Request{Op: OpRate, PerMinute: uint32(s.random.IntN(3) * s.random.IntN(100))})
	case 4:
		s.ask(Request{Op: OpAdmit, Count: uint32(1 + s.random.IntN(4)), Key: [16]byte{byte(s.random.IntN(90))}})
	case 5:
		s.ask(Request{Op: OpTick, Pressure: uint32(s.random.IntN(1_200))})
	case 6:
		s.ask(Request{Op: OpRotate, Secret: [32]byte{byte(s.random.IntN(256))}})
	case 7:
		s.ask(Request{Op: []Op{OpClose, OpResume, OpResume, OpResume}[s.random.IntN(4)]})
	default:
		s.put()
	}
}

// put changes some setting; what is refused changes nothing.
func (s *storm) put() {
	c := s.config
	switch s.random.IntN(6) {
	case 0:
		c.Mode = Mode(1 + s.random.IntN(4))
	case 1:
		c.MaxInside = uint32(1 + s.random.IntN(9))
	case 2:
		c.EnterWithinSeconds, c.IdleSeconds = uint32(1+s.random.IntN(20)), uint32(1+s.random.IntN(30))
	case 3:
		c.PreQueueOpensMillis, c.OpensMillis = s.soon(), s.soon()+20_000
	case 4:
		c.PublicShare, c.TargetCommitMillis = uint32(s.random.IntN(4)), uint32(s.random.IntN(2))
	default:
		if len(c.Lanes) < 3 {
			c.Lanes = append(c.Lanes[:len(c.Lanes):len(c.Lanes)], LaneConfig{Key: fmt.Sprint("more", len(c.Lanes)), Share: 1})
		}
	}
	if s.ask(Request{Op: OpPut, Config: &c, Seed: [32]byte{0xff}, Secret: [32]byte{0xff}}).Code == CodeOK {
		s.config = c
	}
}

// judge holds the room to its promises after each step.
func (s *storm) judge() {
	f := *s.room.Picture().Figures()
	if now, before := f.Inside+f.Called, s.before.Inside+s.before.Called; now > before && now > s.room.config.MaxInside {
		s.fail("%d inside or called, with at most %d, and %d before", now, s.room.config.MaxInside, before)
	}
	for i := range MaxLanes {
		if f.Frontier[i] < s.before.Frontier[i] || s.before.Drawn[i] > 0 && f.Drawn[i] != s.before.Drawn[i] {
			s.fail("lane %d: what was called or drawn was taken back", i)
		}
	}
	if s.room.seed != s.seed || f.Seed != [32]byte{} && f.Seed != s.seed {
		s.fail("the seed changed")
	}
	s.before = f
	if err := s.room.Verify(); err != nil {
		s.fail("%v", err)
	}
	s.judgeDue()
}

// judgeDue wants nothing to happen before NextDueMillis, and something then: a leader who proposes an entry whenever something is
// due must come to an end.
func (s *storm) judgeDue() {
	if s.random.IntN(4) > 0 {
		return
	}
	var b bytes.Buffer
	if err := s.room.Freeze().Encode(&b); err != nil {
		s.fail("%v", err)
	}
	other, err := Restore(bytes.NewReader(b.Bytes()))
	if err != nil {
		s.fail("%v", err)
		return
	}
	at, ok := s.room.NextDueMillis()
	if again, same := other.NextDueMillis(); again != at || same != ok {
		s.fail("due at %d, and %d once restored", at-day, again-day)
	}
	if !ok {
		at = s.now + 100_000_000
	}
	revision := other.Revision()
	if other.Advance(at-1, s.stock); at <= s.now || other.Revision() != revision {
		s.fail("at %d: something happened before it was due at %d", s.now-day, at-day)
	}
	if other.Advance(at, s.stock); ok != (other.Revision() != revision) {
		s.fail("at %d: due at %d (%t), but the revision went from %d to %d", s.now-day, at-day, ok, revision, other.Revision())
	}
}

func TestWhateverIsAskedARoomKeepsItsPromises(t *testing.T) {
	for seed := range uint64(400) {
		s := newStorm(seed)
		for n := range 120 {
			if s.step(); s.err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, n, s.err)
			}
		}
	}
}
