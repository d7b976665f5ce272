package plot

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// scales are one of each kind over data of any size.
func scales() *rapid.Generator[Scale] {
	return rapid.Custom(func(t *rapid.T) Scale {
		about := rapid.IntRange(0, 20).Draw(t, "about")
		least := math.Pow(10, rapid.Float64Range(-3, 9).Draw(t, "magnitude"))
		most := least * rapid.Float64Range(1, 1e6).Draw(t, "times")
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			return FromZero(most, about, number)
		case 1:
			return Clock(most, about)
		case 2:
			return LogAround(least, most, number)
		}
		return NinesOf(int64(min(most, 1e15)))
	})
}

func TestTicksRiseAndLieWithinTheScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := scales().Draw(t, "scale")
		ticks := s.Ticks(rapid.IntRange(0, 20).Draw(t, "room"))
		if len(ticks) == 0 || len(ticks) > maxTicks {
			t.Fatalf("%d ticks", len(ticks))
		}
		last := math.Inf(-1)
		for _, tick := range ticks {
			place := s.Place(tick.At)
			if !(place > last) || place < 0 || place > 1 {
				t.Fatalf("tick %v stands at %v, after one at %v", tick.At, place, last)
			}
			last = place
		}
	})
}

func TestPlacesKeepTheOrderOfValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := scales().Draw(t, "scale")
		a := rapid.Float64().Draw(t, "a")
		b := rapid.Float64().Draw(t, "b")
		if a > b {
			a, b = b, a
		}
		if pa, pb := s.Place(a), s.Place(b); pa > pb || pa < 0 || pb > 1 {
			t.Fatalf("%v at %v, %v at %v", a, pa, b, pb)
		}
	})
}

func TestAScaleFromZeroHoldsAllDataAtRoundSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := math.Pow(10, rapid.Float64Range(-3, 12).Draw(t, "magnitude"))
		s := FromZero(most, rapid.IntRange(1, 12).Draw(t, "about"), number)
		if s.To < most*(1-1e-6) || s.To > most+s.Step {
			t.Fatalf("data up to %v, scale up to %v in steps of %v", most, s.To, s.Step)
		}
		mantissa := s.Step / math.Pow(10, math.Floor(math.Log10(s.Step)+1e-9))
		for _, round := range []float64{1, 2, 2.5, 5} {
			if math.Abs(mantissa-round) < 1e-6 {
				return
			}
		}
		t.Fatalf("step %v is not round", s.Step)
	})
}

func TestALogScaleHoldsAllDataAndTenTimesAtLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		least := math.Pow(10, rapid.Float64Range(-3, 9).Draw(t, "magnitude"))
		most := least * rapid.Float64Range(1, 1e6).Draw(t, "times")
		s := LogAround(least, most, number)
		if s.From > least*(1+1e-6) || s.To < most*(1-1e-6) || s.To/s.From < 10*(1-1e-6) {
			t.Fatalf("data from %v to %v, scale from %v to %v", least, most, s.From, s.To)
		}
	})
}

func TestEveryNineTakesTheSameRoom(t *testing.T) {
	s := NinesOf(1_000_000)
	step := s.Place(90)
	for n, at := range []float64{90, 99, 99.9, 99.99, 99.999} {
		if got, want := s.Place(at), float64(n+1)*step; math.Abs(got-want) > 1e-9 {
			t.Errorf("%v %% stands at %v, want %v", at, got, want)
		}
	}
	if s.Place(100) != 1 || s.Place(0) != 0 {
		t.Errorf("the ends are at %v and %v", s.Place(0), s.Place(100))
	}
}

func TestAClockShowsSecondsThenMinutes(t *testing.T) {
	for _, test := range []struct {
		seconds float64
		about   int
		second  string // label of the second tick
		unit    string
	}{
		{60, 6, "10", "seconds"}, {0.5, 5, "0.1", "seconds"}, {150, 5, "0:30", "minutes"}, {900, 8, "2", "minutes"}, {7200, 6, "30", "minutes"},
	} {
		ticks := Clock(test.seconds, test.about).Ticks(0)
		if len(ticks) < 2 || ticks[1].Label != test.second || ClockUnit(test.seconds) != test.unit {
			t.Errorf("%v s: ticks %v in %s, want the second at %s %s", test.seconds, ticks, ClockUnit(test.seconds), test.second, test.unit)
		}
	}
}

func TestScalesOfNoDataStillHaveTicks(t *testing.T) {
	for _, v := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		for _, s := range []Scale{FromZero(v, 5, number), Clock(v, 5), LogAround(v, v, number), NinesOf(0)} {
			if len(s.Ticks(5)) == 0 {
				t.Errorf("%T of %v has no ticks", s, v)
			}
			if p := s.Place(v); p < 0 || p > 1 || math.IsNaN(p) {
				t.Errorf("%T places %v at %v", s, v, p)
			}
		}
	}
}
