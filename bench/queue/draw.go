package queue

import (
	"cmp"
	"math"
	"slices"
)

// parts is into how many parts arrival and draw are cut.
const parts = 10

// Draw tests a draw against chance.
type Draw struct {
	Visits    int
	ChiSquare float64
	Freedom   int
	P         float64 // chance of a table at least so uneven; 1 if there was nothing to test
}

// Draw tests the order of those who came before the opening.
func (l *Line) Draw() Draw {
	list := l.of(func(v *Visit) bool { return l.drawn(v) && v.Placed && v.Lane == 0 })
	arrived, place := make([]int64, len(list)), make([]int64, len(list))
	for i, v := range list {
		arrived[i], place[i] = v.JoinCalled, int64(v.Place)
	}
	return Uniformity(arrived, place)
}

// leastEach is how many are expected at least in each cell of a table that chi-square says something about.
const leastEach = 5

// Uniformity tests whether one series tells nothing about the other.
func Uniformity(x, y []int64) Draw {
	d := Draw{Visits: len(x), Freedom: (parts - 1) * (parts - 1), P: 1}
	if len(x) < leastEach*parts*parts {
		return d
	}
	a, b := order(x), order(y)
	var cells [parts][parts]int
	var rows, columns [parts]int
	for i := range a {
		r, c := a[i]*parts/len(a), b[i]*parts/len(b)
		cells[r][c]++
		rows[r]++
		columns[c]++
	}
	for r := range cells {
		for c, seen := range cells[r] {
			expected := float64(rows[r]) * float64(columns[c]) / float64(len(a))
			d.ChiSquare += (float64(seen) - expected) * (float64(seen) - expected) / expected
		}
	}
	d.P = chiSquareAbove(d.ChiSquare, d.Freedom)
	return d
}

// order is the how-manieth each value is, equal ones in the order in which they stand.
func order(values []int64) []int {
	sorted := make([]int, len(values))
	for i := range sorted {
		sorted[i] = i
	}
	slices.SortStableFunc(sorted, func(i, j int) int { return cmp.Compare(values[i], values[j]) })
	at := make([]int, len(values))
	for n, i := range sorted {
		at[i] = n
	}
	return at
}

// chiSquareAbove is the chance of a value above x, by Wilson and Hilferty's cube root, which is good to three digits at the
// degrees of freedom used here.
func chiSquareAbove(x float64, freedom int) float64 {
	k := float64(freedom)
	z := (math.Cbrt(x/k) - (1 - 2/(9*k))) / math.Sqrt(2/(9*k))
	return math.Erfc(z/math.Sqrt2) / 2
}
