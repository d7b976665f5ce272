package report

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestTheMedianLiesBetweenLeastAndMostAndIsAValueThatWasMeasured(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e9, 1e9), 1, 9).Draw(t, "values")
		s := SpreadOf(values...)
		measured, below, above := false, 0, 0
		for _, v := range values {
			measured = measured || v == s.Median
			if v < s.Median {
				below++
			}
			if v > s.Median {
				above++
			}
		}
		if s.Least > s.Median || s.Median > s.Most || !measured || below > len(values)/2 || above > len(values)/2 || s.Rounds != len(values) {
			t.Fatalf("%v: %+v", values, s)
		}
	})
}

func TestOfTwoRoundsTheLowerIsTheMedian(t *testing.T) {
	if s := SpreadOf(5, 3); s.Median != 3 {
		t.Errorf("median %v, want 3, which flatters nobody", s.Median)
	}
	if s := SpreadOf(math.NaN(), math.Inf(1)); s != nil {
		t.Errorf("a spread of nothing: %+v", s)
	}
}

func TestARatioIsFormedRoundByRound(t *testing.T) {
	ours := &Entry{Rounds: []*Measure{{TicketsPerSecond: 20}, nil, {TicketsPerSecond: 90}, {TicketsPerSecond: 50}}}
	theirs := &Entry{Rounds: []*Measure{{TicketsPerSecond: 10}, {TicketsPerSecond: 1}, {TicketsPerSecond: 30}, {}}}
	s := Ratio(ours, theirs, TicketsPerSecond)
	if want := (Spread{Median: 2, Least: 2, Most: 3, Rounds: 2}); *s != want {
		t.Errorf("%+v, want %+v: rounds that one side failed are no pair", *s, want)
	}
	if s := Ratio(ours, &Entry{}, TicketsPerSecond); s != nil {
		t.Errorf("a ratio of no pair: %+v", s)
	}
}

func TestAnAimIsMetByItsMedianOnly(t *testing.T) {
	for _, test := range []struct {
		aim  Aim
		want bool
	}{
		{AtLeast("w", "f", 4, "×", SpreadOf(3.9, 4, 9)), true},
		{AtLeast("w", "f", 4, "×", SpreadOf(3.9, 3.99, 9)), false},
		{AtMost("w", "f", 1, "s", SpreadOf(1)), true},
		{AtMost("w", "f", 1, "s", SpreadOf(1.01)), false},
		{AtLeast("w", "f", 0, "", nil), false},
	} {
		if got := test.aim.Met(); got != test.want {
			t.Errorf("%+v of %+v: met %v", test.aim, test.aim.Measured, got)
		}
	}
}
