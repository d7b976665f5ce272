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
