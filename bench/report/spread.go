package report

import (
	"math"
	"slices"
)

// SpreadOf is the spread of values, one a round; of an even number of them the lower of the middle two is the median. nil
// if there are none.
func SpreadOf(values ...float64) *Spread {
	sorted := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	if len(sorted) == 0 {
		return nil
	}
	slices.Sort(sorted)
	n := len(sorted)
	return &Spread{Median: sorted[(n-1)/2], Least: sorted[0], Most: sorted[n-1], Rounds: n}
}

// Spread is the spread of a figure over the entry's rounds; zeros are figures that were not measured. nil if there is none.
func (e *Entry) Spread(f Figure) *Spread {
	var values []float64
	for _, m := range e.Rounds {
		if m != nil && f(m) > 0 {
			values = append(values, f(m))
		}
	}
	return SpreadOf(values...)
}

// Ratio is ours ÷ theirs, round by round: each round is a pair that was measured under the same conditions. nil if there is
// no round that both have.
func Ratio(ours, theirs *Entry, f Figure) *Spread {
	var ratios []float64
	for i := range min(len(ours.Rounds), len(theirs.Rounds)) {
		a, b := ours.Rounds[i], theirs.Rounds[i]
		if a != nil && b != nil && f(a) > 0 && f(b) > 0 {
			ratios = append(ratios, f(a)/f(b))
		}
	}
	return SpreadOf(ratios...)
}
