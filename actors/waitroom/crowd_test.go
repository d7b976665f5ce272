package waitroom

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/parterre/parterre/actors/waitroom/draw"
)

// dice decides what a random crowd does.
type dice interface{ IntN(n int) int }

// rapidDice lets rapid decide, so that it can shrink a story that fails.
type rapidDice struct{ t *rapid.T }

func (d rapidDice) IntN(n int) int { return rapid.IntRange(0, n-1).Draw(d.t, "die") }

// guest is a visitor as the naive model knows them.
type guest struct {
	lane     uint8
	number   uint64
	buyer    uint64
	state    State // StateWaiting, StateReady, StateInside, StateLeft, StateLapsed
	byMillis int64 // of StateReady
	session  uint64
	idle     int64
	ends     int64
	hold     uint64
}

// crowd is a room, a replica of it that nobody asks for answers, and the naive model: a list of guests, looked through for each
// question. The model knows who may be called and in which order, but not when: it takes that from the room and judges it.
type crowd struct {
	d       dice
	now     int64
	config  Config
	room    *Room
	replica *Room
	stock   Stock
	guests  [MaxLanes][]*guest
	holds   uint64
	opened  bool
	paused  bool
	seed    [32]byte
	draws   [MaxLanes]*draw.Draw
	story   []string
	err     error
}

const day = 1_800_000_000_000

func newCrowd(d dice) *crowd {
	c := &crowd{d: d, now: day, room: New(), replica: New()}
	c.config = Config{
		Mode: ModeRandom + Mode(d.IntN(2)), MaxInside: uint32(1 + d.IntN(6)), EnterWithinSeconds: 10, IdleSeconds: 20, StaySeconds: 50,
		TokenLifeSeconds: 3600, PlacesPerVisitor: 1000,
	}
	if d.IntN(2) == 0 {
		c.config.OpensMillis = day + 20_000
	}
	if d.IntN(3) == 0 {
		c.config.AdmitPerMinute = uint32(1 + d.IntN(200))
	}
	for i := range d.IntN(3) {
		c.config.Lanes = append(c.config.Lanes, LaneConfig{Key: fmt.Sprint("lane", i), Share: uint32(1 + d.IntN(3))})
	}
	c.stock.Free = uint32(d.IntN(30))
	c.seed[0] = byte(d.IntN(256))
	c.ask(Request{Op: OpPut, Config: &c.config, Seed: c.seed, Secret: [32]byte{1}})
	return c
}

func (c *crowd) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

func (c *crowd) ask(q Request) (a Answer) {
	c.story = append(c.story, fmt.Sprintf("%d: op %d lane %d number %d session %d count %d", c.now-day, q.Op, q.Lane, q.Number, q.Session, q.Count))
	c.room.Do(c.now, &q, c.stock, &a)
	c.replica.Do(c.now, &q, c.stock, nil)
	return a
}

func (c *crowd) both(do func(r *Room)) {
	do(c.room)
	do(c.replica)
}

func (c *crowd) advance() { c.both(func(r *Room) { r.Advance(c.now, c.stock) }) }

// anyone is a guest, or nil.
func (c *crowd) anyone() *guest {
	lane := c.d.IntN(1 + len(c.config.Lanes))
	if n := len(c.guests[lane]); n > 0 {
		return c.guests[lane][c.d.IntN(n)]
	}
	return nil
}

// elapse lets the model's sessions and calls lapse.
func (c *crowd) elapse() {
	for lane := range c.guests {
		for _, g := range c.guests[lane] {
			switch {
			case g.state == StateInside && min(g.idle, g.ends) <= c.now:
				g.state = StateLeft
			case g.state == StateReady && g.byMillis <= c.now:
				g.state = StateLapsed
			}
		}
	}
}

func (c *crowd) step() {
	if c.d.IntN(3) > 0 {
		c.now += int64(c.d.IntN(4_000))
	}
	c.elapse()
	c.advance()
	c.observe()
	c.do()
	c.observe()
	c.compare()
}

func (c *crowd) do() {
	g := c.anyone()
	switch n := c.d.IntN(20); {
	case n < 5 || g == nil:
		c.join()
	case n < 10:
		c.enter(g)
	case n < 12:
		c.check(g)
	case n < 13:
		c.leave(g)
	case n < 15:
		c.order(g)
	case n < 16:
		c.stock = Stock{Free: uint32(c.d.IntN(12)), Held: uint32(c.d.IntN(4)), Sold: c.stock.Sold + uint32(c.d.IntN(2))}
		c.advance()
	case n < 17 && c.d.IntN(2) == 0:
		c.paused = !c.paused
		c.ask(Request{Op: OpResume - Op(bit(c.paused))})
	case n < 18:
		c.ask(Request{Op: OpAdmit, Count: uint32(1 + c.d.IntN(3))})
	default:
		c.advance()
	}
}

func (c *crowd) join() {
	lane, count := uint8(c.d.IntN(1+len(c.config.Lanes))), uint32(1+c.d.IntN(4))
	a := c.ask(Request{Op: OpJoin, Lane: lane, Count: count})
	if a.Code != CodeOK || a.First != uint64(len(c.guests[lane])) {
		c.fail("joined at %d with code %d, want %d", a.First, a.Code, len(c.guests[lane]))
	}
	for i := range uint64(count) {
		c.guests[lane] = append(c.guests[lane], &guest{lane: lane, number: a.First + i, buyer: uint64(c.d.IntN(8)), state: StateWaiting})
	}
}

// enter asks for a place, and judges the answer by what the model knows.
func (c *crowd) enter(g *guest) {
	a := c.ask(Request{Op: OpEnter, Lane: g.lane, Number: g.number, Buyer: g.buyer})
	other := c.insideOf(g)
	want := map[State]Code{StateWaiting: CodeNotCalled, StateReady: CodeOK, StateInside: CodeOK, StateLeft: CodeSessionEnded, StateLapsed: CodeCallLapsed}[g.state]
	if other != nil {
		want = CodeOK
	}
	if a.Code != want {
		c.fail("guest %+v entered with code %d, want %d", *g, a.Code, want)
		return
	}
	if a.Code != CodeOK {
		return
	}
	if other == nil {
		other = g
		g.state, g.session = StateInside, a.Session
		g.idle, g.ends = c.now+millis(c.config.IdleSeconds), c.now+millis(c.config.StaySeconds)
	} else if other != g && g.state == StateReady {
		g.state = StateLeft
	}
	other.idle = c.now + millis(c.config.IdleSeconds)
	if a.Lane != other.lane || a.Number != other.number || a.Session != other.session || a.EndsAtMillis != other.ends {
		c.fail("guest %+v was given %+v, want the session of %+v", *g, a, *other)
	}
}

// insideOf is the guest inside whose session g is to get: its own, or its buyer's.
func (c *crowd) insideOf(g *guest) *guest {
	if g.state == StateInside {
		return g
	}
	for lane := range c.guests {
		for _, other := range c.guests[lane] {
			if other.state == StateInside && g.buyer != 0 && other.buyer == g.buyer {
				return other
			}
		}
	}
	return nil
}

func (g *guest) pass() Pass {
	return Pass{Lane: g.lane, Number: g.number, Session: g.session, Buyer: g.buyer}
}

// check is a command from inside, with the guest's pass or with a wrong one.
func (c *crowd) check(g *guest) {
	p, want := g.pass(), CodePassEnded
	if g.state == StateInside {
		want = CodeOK
		if c.d.IntN(4) == 0 {
			p.Session++
			want = CodePassForeign
		}
	}
	if p == (Pass{}) {
		want = CodePassRequired
	}
	code := CodeOK
	c.advance()
	c.both(func(r *Room) { code = r.Check(c.now, p) })
	if code != want {
		c.fail("pass %+v of guest %+v was judged %d, want %d", p, *g, code, want)
	}
	if code == CodeOK {
		g.idle = c.now + millis(c.config.IdleSeconds)
		c.holds++
		g.hold = c.holds
		c.both(func(r *Room) { r.Held(p, g.hold) })
	}
}

func (c *crowd) leave(g *guest) {
	c.ask(Request{Op: OpLeave, Lane: g.lane, Number: g.number, Session: g.session})
	if g.state == StateInside || g.state == StateReady {
		g.state = StateLeft
	}
}

func (c *crowd) order(g *guest) {
	c.advance()
	if g.hold == 0 || c.d.IntN(4) == 0 {
		c.both(func(r *Room) { r.Sold(c.now, g.pass()) })
	} else {
		c.both(func(r *Room) { r.Ordered(c.now, g.hold, 0) })
	}
	if g.state == StateInside {
		g.state = StateLeft
	}
	c.advance()
}

// observe takes over from the room who is called, and judges whether they might be.
func (c *crowd) observe() {
	p := c.room.Picture()
	c.opened = c.opened || c.now >= c.config.OpensMillis
	for lane := range p.Figures().Lanes {
		if n := p.Figures().Drawn[lane]; n > 0 && c.draws[lane] == nil {
			c.draws[lane] = draw.New(&c.seed, uint8(lane), n)
		}
		lastCalled, firstWaiting := int64(-1), int64(1<<62)
		for _, g := range c.guests[lane] {
			s := p.Status(g.lane, g.number, c.now)
			if g.state == StateWaiting && s.State == StateReady {
				g.state, g.byMillis = StateReady, s.EnterByMillis
				if !c.opened || s.EnterByMillis != c.now+millis(c.config.EnterWithinSeconds) {
					c.fail("guest %+v was called until %d", *g, s.EnterByMillis-day)
				}
			}
			place := int64(g.number)
			if c.draws[lane] != nil {
				place = int64(c.draws[lane].Place(g.number))
			}
			if g.state == StateWaiting {
				firstWaiting = min(firstWaiting, place)
			} else {
				lastCalled = max(lastCalled, place)
			}
			c.compareGuest(g, &s, uint64(place))
		}
		if lastCalled > firstWaiting {
			c.fail("lane %d: place %d was called before place %d", lane, lastCalled, firstWaiting)
		}
	}
}

func (c *crowd) compareGuest(g *guest, s *Status, place uint64) {
	want := g.state
	switch {
	case want != StateWaiting:
	case !c.opened:
		want = StatePreQueue
	case c.stock.Free == 0 && c.stock.Held == 0 && !c.paused:
		want = StateSoldOut
	}
	if s.State != want || s.Place != place {
		c.fail("guest %+v at place %d is told %+v, want state %d", *g, place, *s, want)
	}
}

// compare holds the promises against the model: never more inside than there are places, and no place that stays free.
func (c *crowd) compare() {
	var inside, called, waiting uint32
	for lane := range c.guests {
		for _, g := range c.guests[lane] {
			switch g.state {
			case StateInside:
				inside++
			case StateReady:
				called++
			case StateWaiting:
				waiting++
			}
		}
	}
	f := c.room.Picture().Figures()
	if inside+called > c.config.MaxInside || f.Inside != inside || f.Called != called {
		c.fail("%d are inside and %d called, the room says %d and %d, at most %d", inside, called, f.Inside, f.Called, c.config.MaxInside)
	}
	if c.opened && !c.paused && c.stock.Free > 100*c.config.MaxInside && c.config.AdmitPerMinute == 0 && waiting > 0 && inside+called < c.config.MaxInside {
		c.fail("a place is free and %d wait", waiting)
	}
	if c.room.Hash() != c.replica.Hash() {
		c.fail("hash %x, the replica's %x", c.room.Hash(), c.replica.Hash())
	}
	if err := c.room.Verify(); err != nil {
		c.fail("%v", err)
	}
}

// reload puts a room that was written and read again in the place of the replica.
func (c *crowd) reload() {
	var first, second bytes.Buffer
	if err := c.room.Freeze().Encode(&first); err != nil {
		c.fail("%v", err)
	}
	restored, err := Restore(bytes.NewReader(first.Bytes()))
	if err != nil {
		c.fail("%v", err)
		return
	}
	if err := restored.Freeze().Encode(&second); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) || restored.Hash() != c.room.Hash() {
		c.fail("a room written and read again is another one")
	}
	c.replica = restored
}

func (c *crowd) play(steps int) error {
	for range steps {
		if c.step(); c.d.IntN(12) == 0 {
			c.reload()
		}
		if c.err != nil {
			return fmt.Errorf("%w\n%s", c.err, c.told())
		}
	}
	return nil
}

func (c *crowd) told() string {
	var b bytes.Buffer
	for _, line := range c.story {
		fmt.Fprintln(&b, line)
	}
	return b.String()
}

func TestRandomCrowdsAreTreatedAsTheModelSays(t *testing.T) {
	for seed := range uint64(300) {
		c := newCrowd(rand.New(rand.NewPCG(seed, 6)))
		if err := c.play(80); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// The same with rapid, which shrinks a story that fails to what matters.
func TestRandomCrowdsShrunk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapidDice{t}
		if err := newCrowd(d).play(d.IntN(60)); err != nil {
			t.Fatal(err)
		}
	})
}
