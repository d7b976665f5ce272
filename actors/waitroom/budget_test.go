package waitroom

import (
	"bytes"
	"runtime"
	"testing"
)

// budgetBytes is what 100,000 visitors inside may cost, however many wait.
const budgetBytes = 64 << 20

// bigRoom has so many inside and so many waiting.
func bigRoom(t testing.TB, inside uint32, waiting uint64) *Room {
	t.Helper()
	r := New()
	config := Config{
		Mode: ModeRandom, OpensMillis: day + 60_000, MaxInside: inside, EnterWithinSeconds: 120, IdleSeconds: 300, StaySeconds: 900,
		TokenLifeSeconds: 3600, PlacesPerVisitor: 1000,
	}
	stock := Stock{Free: 1_000_000}
	ask := func(q Request) {
		var a Answer
		if r.Do(day, &q, stock, &a); a.Code != CodeOK {
			t.Fatalf("%+v: code %d", q, a.Code)
		}
	}
	ask(Request{Op: OpPut, Config: &config, Seed: [32]byte{1}, Secret: [32]byte{1}})
	for left := uint64(inside) + waiting; left > 0; {
		n := min(left, MaxJoin)
		ask(Request{Op: OpJoin, Count: uint32(n)})
		left -= n
	}
	r.Advance(day+60_000, stock)
	for place := range uint64(inside) {
		var a Answer
		q := Request{Op: OpEnter, Number: r.lanes[0].order.Number(place), Buyer: place + 1}
		if r.Do(day+60_000, &q, stock, &a); a.Code != CodeOK {
			t.Fatalf("place %d: code %d", place, a.Code)
		}
		r.Held(Pass{Number: q.Number, Session: a.Session, Buyer: q.Buyer}, place+1)
	}
	return r
}

func heapBytes() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestARoomOfAHundredThousandKeepsItsBudgetHoweverManyWait(t *testing.T) {
	const inside = 100_000
	var sizes [2]uint64
	for i, waiting := range []uint64{0, 1_000_000} {
		before := heapBytes()
		r := bigRoom(t, inside, waiting)
		sizes[i] = heapBytes() - before
		if f := r.Picture().Figures(); f.Inside != inside || f.Waiting[0] != waiting {
			t.Fatalf("%d inside, %d waiting", f.Inside, f.Waiting[0])
		}
		runtime.KeepAlive(r)
		t.Logf("%d inside, %d waiting: %.1f MiB", inside, waiting, float64(sizes[i])/(1<<20))
		if sizes[i] > budgetBytes {
			t.Errorf("%d inside, %d waiting: %d bytes", inside, waiting, sizes[i])
		}
	}
	if grown := int64(sizes[1]) - int64(sizes[0]); grown > 64<<10 {
		t.Errorf("a million who wait cost %d bytes", grown)
	}
}

func BenchmarkJoin(b *testing.B) {
	r := bigRoom(b, 1_000, 1)
	q, stock := Request{Op: OpJoin, Count: 1}, Stock{Free: 1_000_000}
	var a Answer
	b.ReportAllocs()
	for b.Loop() {
		r.Do(day+60_000, &q, stock, &a)
	}
}

// One visitor after the other comes in and leaves: each frees the place for the next.
func BenchmarkEnterAndLeave(b *testing.B) {
	r := bigRoom(b, 10_000, 1_000_000)
	stock := Stock{Free: 1_000_000}
	var a Answer
	order := r.lanes[0].order
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		if r.lanes[0].given-r.lanes[0].frontier < 2 {
			r.Do(day+60_000, &Request{Op: OpJoin, Count: MaxJoin}, stock, nil)
		}
		s := r.sessions.at(i % 10_000)
		leave := Request{Op: OpLeave, Number: s.number, Session: s.serial}
		r.Do(day+60_000, &leave, stock, &a)
		enter := Request{Op: OpEnter, Number: order.Number(r.lanes[0].frontier - 1), Buyer: i + 1_000_000}
		if r.Do(day+60_000, &enter, stock, &a); a.Code != CodeOK {
			b.Fatalf("code %d", a.Code)
		}
	}
}

// What a hold pays: the door before and after it.
func BenchmarkCheckBetweenAdvances(b *testing.B) {
	r := bigRoom(b, 100_000, 1_000_000)
	stock := Stock{Free: 1_000_000}
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		s := r.sessions.at(i * 7919 % 100_000)
		p := Pass{Number: s.number, Session: s.serial, Buyer: s.buyer}
		r.Advance(day+60_000, stock)
		if r.Check(day+60_000, p) != CodeOK {
			b.Fatal("refused")
		}
		r.Advance(day+60_000, stock)
		r.NextDueMillis()
		r.Hash()
	}
}

func BenchmarkAdvanceIdle(b *testing.B) {
	r := bigRoom(b, 100_000, 1_000_000)
	stock := Stock{Free: 1_000_000}
	b.ReportAllocs()
	for b.Loop() {
		r.Advance(day+60_000, stock)
	}
}

func BenchmarkStatus(b *testing.B) {
	p := bigRoom(b, 100_000, 1_000_000).Picture()
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		p.Status(0, i*7919%1_100_000, day+61_000)
	}
}

func BenchmarkPicture(b *testing.B) {
	r := bigRoom(b, 100_000, 1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		r.Picture()
	}
}

func BenchmarkFreezeAndRestore(b *testing.B) {
	r := bigRoom(b, 100_000, 1_000_000)
	for b.Loop() {
		var w bytes.Buffer
		if err := r.Freeze().Encode(&w); err != nil {
			b.Fatal(err)
		}
		if _, err := Restore(&w); err != nil {
			b.Fatal(err)
		}
	}
}
