package waitroom

import (
	"bytes"
	"testing"
)

// throng is a room through which many visitors pass in a short time.
type throng struct {
	t     *testing.T
	room  *Room
	now   int64
	stock Stock
}

func newThrong(t *testing.T, config Config) *throng {
	t.Helper()
	g := &throng{t: t, room: New(), now: day, stock: Stock{Free: 50_000_000}}
	config.PlacesPerVisitor = 1
	g.ask(Request{Op: OpPut, Config: &config, Seed: [32]byte{1}, Secret: [32]byte{1}})
	return g
}

// ask does what cannot be refused.
func (g *throng) ask(q Request) (a Answer) {
	g.t.Helper()
	if g.room.Do(g.now, &q, g.stock, &a); a.Code != CodeOK {
		g.t.Fatalf("%+v was refused with code %d %s %s", q, a.Code, a.Field, a.Reason)
	}
	return a
}

// pass lets so many come, enter, and leave at once.
func (g *throng) pass(visitors uint64) {
	for visitors > 0 {
		n := min(visitors, MaxJoin)
		first := g.ask(Request{Op: OpJoin, Count: uint32(n)}).First
		for number := first; number < first+n; number++ {
			session := g.ask(Request{Op: OpEnter, Number: number}).Session
			g.ask(Request{Op: OpLeave, Number: number, Session: session})
		}
		visitors -= n
	}
}

// holdsTogether verifies the room, and writes and reads it.
func (g *throng) holdsTogether() {
	g.t.Helper()
	if err := g.room.Verify(); err != nil {
		g.t.Fatal(err)
	}
	again, err := Restore(bytes.NewReader(encoded(g.t, g.room)))
	if err != nil {
		g.t.Fatal(err)
	}
	if again.Hash() != g.room.Hash() {
		g.t.Fatal("a room written and read again is another one")
	}
}

// A million who were called are remembered; so the first who came in and left would be forgotten, while their call still runs.
func TestPlacesAreForgottenOnlyWhenTheirCallsAreOver(t *testing.T) {
	g := newThrong(t, Config{
		Mode: ModeFIFO, MaxInside: MaxInside, EnterWithinSeconds: 600, IdleSeconds: 60, StaySeconds: 600, TokenLifeSeconds: 3600,
	})
	g.pass(rememberedPlaces + 3*placesPerPage - MaxInside)
	for range MaxInside / 50_000 {
		g.ask(Request{Op: OpJoin, Count: 50_000})
	}
	g.ask(Request{Op: OpEnter, Number: rememberedPlaces})
	g.now += 60_000 // its session lapses
	g.room.Advance(g.now, g.stock)
	g.holdsTogether()
	g.now += 600_000
	g.room.Advance(g.now, g.stock)
	g.holdsTogether()
	if floor := g.room.lanes[0].fates.floor(); floor == 0 {
		t.Error("nothing was forgotten at all")
	}
}

// One who stays keeps all places behind from being forgotten, however the visit ends.
func TestWhoLeavesLastLetsPlacesBeForgotten(t *testing.T) {
	g := newThrong(t, Config{
		Mode: ModeFIFO, MaxInside: 1_000, EnterWithinSeconds: 60, IdleSeconds: 600, StaySeconds: 600, TokenLifeSeconds: 3600,
	})
	first := g.ask(Request{Op: OpJoin, Count: 1}).First
	session := g.ask(Request{Op: OpEnter, Number: first}).Session
	g.pass(rememberedPlaces + 3*placesPerPage)
	g.now += 60_000 // all calls lapse
	g.room.Advance(g.now, g.stock)
	if floor := g.room.lanes[0].fates.floor(); floor != 0 {
		t.Fatalf("the floor is at %d though the first is inside", floor)
	}
	g.ask(Request{Op: OpLeave, Number: first, Session: session})
	if floor := g.room.lanes[0].fates.floor(); floor == 0 {
		t.Error("nothing was forgotten")
	}
	g.holdsTogether()
}

// The more wait, the more seldom each is told to ask; and who waits for the opening does not ask with all others at once.
func TestMoreWhoWaitAskMoreSeldom(t *testing.T) {
	g := newThrong(t, Config{
		Mode: ModeRandom, OpensMillis: day + 30_000, MaxInside: 1, EnterWithinSeconds: 60, IdleSeconds: 600, StaySeconds: 600, TokenLifeSeconds: 3600,
	})
	for range 10 {
		g.ask(Request{Op: OpJoin, Count: 60_000})
	}
	spread := map[uint32]bool{}
	for number := range uint64(1_000) {
		spread[g.room.Picture().Status(PublicLane, number, g.now).PollAfterSeconds] = true
	}
	if len(spread) < 600_000/pollsPerSecond {
		t.Errorf("600,000 ask within %d seconds of the opening", len(spread))
	}
	g.now += 30_000
	g.room.Advance(g.now, g.stock)
	waiting := 0
	for number := range uint64(1_000) {
		s := g.room.Picture().Status(PublicLane, number, g.now)
		if s.State != StateWaiting {
			continue
		}
		waiting++
		if s.PollAfterSeconds < 600_000/pollsPerSecond-1 {
			t.Fatalf("600,000 wait, and one is to ask again in %d s", s.PollAfterSeconds)
		}
	}
	if waiting == 0 {
		t.Error("nobody of the first thousand waits")
	}
}

// Whatever settings are taken can be written and read again, at the ends of their ranges too.
func TestSettingsThatAreTakenAreRead(t *testing.T) {
	least := Config{Mode: ModeFIFO, MaxInside: 1, EnterWithinSeconds: 1, IdleSeconds: 1, StaySeconds: 1, TokenLifeSeconds: 1}
	most := Config{
		Mode: ModeRandom, MaxInside: MaxInside, AdmitPerMinute: MaxPerMinute, EnterWithinSeconds: MaxSeconds, IdleSeconds: MaxSeconds,
		StaySeconds: MaxSeconds, TokenLifeSeconds: MaxSeconds, TargetCommitMillis: MaxTargetMillis, PlacesPerVisitor: MaxParty,
		PublicShare: MaxShare,
	}
	for _, config := range []Config{least, most} {
		for _, millis := range []int64{0, day, maxMillis, maxMillis + 1, 1<<63 - 1} {
			config.PreQueueOpensMillis, config.OpensMillis = min(millis, day), millis
			r := New()
			var a Answer
			r.Do(day, &Request{Op: OpPut, Config: &config, Secret: [32]byte{1}}, Stock{Free: 1}, &a)
			again, err := Restore(bytes.NewReader(encoded(t, r)))
			if err != nil || again.Hash() != r.Hash() {
				t.Errorf("opens at %d: taken with code %d, but: %v", millis, a.Code, err)
			}
		}
	}
}

// A room that got no settings is a blank one, whatever it was asked and however late.
func TestARoomWithoutSettingsStaysBlank(t *testing.T) {
	r := New()
	for op := range Op(Ops) {
		r.Do(day, &Request{Op: op, Count: 1}, Stock{Free: 1}, nil)
	}
	r.Advance(day+1, Stock{Free: 2})
	r.Check(day+2, Pass{Session: 1})
	r.Ordered(day+3, 1, 0)
	r.Sold(day+4, Pass{Session: 1})
	if err := r.Verify(); err != nil {
		t.Error(err)
	}
	if !bytes.Equal(encoded(t, r), encoded(t, New())) {
		t.Error("a room without settings has state")
	}
}

// Nobody joined while it was closed, so nobody was told how they will be ordered.
func TestARoomThatWasClosedFromTheBeginningCanStillDraw(t *testing.T) {
	config := Config{Mode: ModeClosed, MaxInside: 9, EnterWithinSeconds: 60, IdleSeconds: 60, StaySeconds: 600, TokenLifeSeconds: 600}
	g := newThrong(t, config)
	config.Mode, config.OpensMillis, config.PlacesPerVisitor = ModeRandom, day+60_000, 1
	g.ask(Request{Op: OpPut, Config: &config})
	g.ask(Request{Op: OpJoin, Count: 100})
	g.now += 60_000
	g.room.Advance(g.now, g.stock)
	if drawn := g.room.Picture().Figures().Drawn[PublicLane]; drawn != 100 {
		t.Errorf("%d were drawn, want 100", drawn)
	}
}
