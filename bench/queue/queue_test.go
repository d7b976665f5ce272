package queue

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func line(visits ...Visit) *Line {
	l := &Line{Rooms: []Room{{Mode: modeRandom}}}
	for _, v := range visits {
		*l.Add() = v
	}
	return l
}

func visit(joined, called int64) Visit {
	var v Visit
	v.Begin(0, joined)
	v.JoinReturned, v.Called, v.ReadyReturned = joined+1, called, called+1
	return v
}

func TestALineServedInOrderCorrelatesFullyAndAReversedOneInversely(t *testing.T) {
	fair, unfair, equal := line(), line(), line()
	for i := range int64(1000) {
		*fair.Add() = visit(i, 10_000+i/10) // ten are called at a time
		*unfair.Add() = visit(i, 10_000-i)
		*equal.Add() = visit(i, 10_000)
	}
	if f := fair.Fairness(); f.Visits != 1000 || f.Correlation < 0.9999 || f.Correlation > 1 {
		t.Errorf("fair: %+v", f)
	}
	if f := unfair.Fairness(); math.Abs(f.Correlation+1) > 1e-12 {
		t.Errorf("unfair: %+v", f)
	}
	if f := equal.Fairness(); f.Correlation != 0 {
		t.Errorf("all at once: %+v", f)
	}
}

// The textbook's example: 1 - 6 Σd²/(n(n²-1)) where no two are equal.
func TestWhatANodeSaysOfTheDrawCountsMoreThanWhatAVisitorWasTold(t *testing.T) {
	l := line(visit(1, 20), visit(2, 10), visit(3, 30), visit(4, 40))
	i := uint64(0)
	l.Each(func(v *Visit) { v.Number, i = i, i+1 })
	if f := l.Fairness(); f.Visits != 4 {
		t.Errorf("%+v", f)
	}
	l.Rooms[0].Mode = "fifo"
	l.Each(func(v *Visit) { v.Before = true })
	if f, d := l.Fairness(), l.Draw(); f.Visits != 4 || d.Visits != 0 {
		t.Errorf("a room that draws nothing: %+v %+v", f, d)
	}
	l.Rooms[0].Mode = modeRandom
	// The first two were drawn, though they learned their place only after the opening.
	l.Rooms[0].Drawn, l.Rooms[0].DrawnKnown = 2, true
	if f := l.Fairness(); f.Visits != 2 || f.Correlation != 1 {
		t.Errorf("%+v", f)
	}
}

func TestSpearmanIsThatOfTheTextbook(t *testing.T) {
	x := []int64{106, 100, 86, 101, 99, 103, 97, 113, 112, 110}
	y := []int64{7, 27, 2, 50, 28, 29, 20, 12, 6, 17}
	if got, want := Spearman(x, y), -29.0/165; math.Abs(got-want) > 1e-12 {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestADrawIsToldFromAnOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	drawn, ordered, leaning := line(), line(), line()
	const n = 20_000
	for i, place := range r.Perm(n) {
		v := visit(int64(i), Never)
		v.Before, v.Placed, v.Place = true, true, uint64(place)
		*drawn.Add() = v
		v.Place = uint64(i)
		*ordered.Add() = v
		v.Place = uint64(place)
		if i < n/2 && r.IntN(4) == 0 {
			v.Place /= 2 // who came early sometimes fares better
		}
		*leaning.Add() = v
	}
	if d := drawn.Draw(); d.P < 0.001 || d.Visits != n || d.Freedom != 81 {
		t.Errorf("a fair draw: %+v", d)
	}
	for name, l := range map[string]*Line{"ordered": ordered, "leaning": leaning} {
		if d := l.Draw(); d.P > 1e-6 {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if d := line().Draw(); d.P != 1 {
		t.Errorf("nobody: %+v", d)
	}
}

func TestChiSquareIsThatOfTheTables(t *testing.T) {
	for _, c := range []struct{ x, p float64 }{{103.01, 0.05}, {113.51, 0.01}, {80.33, 0.50}} { // 81 degrees of freedom
		if got := chiSquareAbove(c.x, 81); math.Abs(got-c.p) > 0.002 {
			t.Errorf("above %v: %v, want %v", c.x, got, c.p)
		}
	}
}

func TestEstimatesAreComparedWithWhatCame(t *testing.T) {
	const s = int64(time.Second)
	told := func(at, called int64, least, expected, most uint32) Visit {
		v := visit(at, called)
		v.Foretold, v.Least, v.Expected, v.Most = at, least, expected, most
		return v
	}
	l := line(told(0, 60*s, 50, 60, 70), told(s, 101*s, 50, 60, 70), told(2*s, 62*s, 59, 60, 61), visit(3*s, 80*s), told(4*s, Never, 1, 2, 3))
	e := l.Estimates()
	if e.Visits != 3 || e.Waited != time.Minute || e.Foretold != time.Minute || e.Error != 0 || math.Abs(e.Within-2.0/3) > 1e-9 {
		t.Errorf("%+v", e)
	}
	waits := l.Waits(2)
	if len(waits) != 2 || waits[0].Visits+waits[1].Visits != 3 || waits[0].At >= waits[1].At || waits[0].Most != 70*time.Second {
		t.Errorf("%+v", waits)
	}
}

func TestVisitsKeepTheirPlaceInMemory(t *testing.T) {
	l := &Line{}
	first := l.Add()
	first.Number = 7
	for range 3 * pieceVisits {
		l.Add()
	}
	seen := uint64(0)
	l.Each(func(v *Visit) { seen += v.Number })
	if first.Number = 8; seen != 7 || l.Len() != 3*pieceVisits+1 || l.pieces[0][0].Number != 8 {
		t.Errorf("%d of %d", seen, l.Len())
	}
}
