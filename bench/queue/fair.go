package queue

import (
	"cmp"
	"math"
	"slices"
)

// maxRanked is up to how many visits the sums of ranks are exact: beyond, every n-th is taken.
const maxRanked = 2_000_000

// Fairness is how well those who queue in order of arrival were called in order of arrival.
type Fairness struct {
	Visits      int
	Correlation float64 // Spearman's; 0 if there are fewer than two visits
}

// Fairness compares arrival and call of all who came after the opening, or whose room draws nothing, in the public lane.
func (l *Line) Fairness() Fairness {
	list := l.of(func(v *Visit) bool { return !l.drawn(v) && v.Lane == 0 && v.Called != Never })
	if step := len(list)/maxRanked + 1; step > 1 {
		few := list[:0]
		for i := 0; i < len(list); i += step {
			few = append(few, list[i])
		}
		list = few
	}
	arrived, called := make([]int64, len(list)), make([]int64, len(list))
	for i, v := range list {
		arrived[i], called[i] = v.JoinCalled, v.Called
	}
	return Fairness{len(list), Spearman(arrived, called)}
}

// Spearman is the rank correlation of two series of one length; 0 where one of them does not vary.
func Spearman(x, y []int64) float64 {
	a, b := ranks(x), ranks(y)
	var ab, aa, bb int64
	for i := range a {
		ab += a[i] * b[i]
		aa += a[i] * a[i]
		bb += b[i] * b[i]
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return float64(ab) / math.Sqrt(float64(aa)*float64(bb))
}

// ranks are twice the distances of the ranks from their mean, which are whole numbers. Equal values share their mean rank.
func ranks(values []int64) []int64 {
	n := len(values)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(values[i], values[j]) })
	rank := make([]int64, n)
	for from := 0; from < n; {
		to := from
		for to < n && values[order[to]] == values[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			rank[i] = int64(from + to - n) // twice the mean of from … to-1, less n-1
		}
		from = to
	}
	return rank
}
