package seatmap

import "slices"

// orphansOf lists, in order, the singles that a choice leaves in free runs where another choice of as many seats would
// leave none.
func (t *twin) orphansOf(chosen []int) (orphans []int) {
	for _, seat := range chosen {
		first, last := t.run(seat)
		var taken []int
		for _, other := range chosen {
			if other >= first && other <= last {
				taken = append(taken, other)
			}
		}
		if singles := singlesLeft(taken, first, last); len(singles) > 0 && avoidable(len(taken), first, last) {
			orphans = append(orphans, singles...)
		}
	}
	slices.Sort(orphans)
	return slices.Compact(orphans)
}

// avoidable reports whether some choice of k seats in a free run leaves no single.
func avoidable(k, first, last int) bool {
	if last-first > 12 { // too many choices to try all: those of neighbours
		for from := first; from+k-1 <= last; from++ {
			var taken []int
			for seat := range k {
				taken = append(taken, from+seat)
			}
			if len(singlesLeft(taken, first, last)) == 0 {
				return true
			}
		}
		return false
	}
	for set := range 1 << (last - first + 1) {
		var taken []int
		for seat := first; seat <= last; seat++ {
			if set>>(seat-first)&1 == 1 {
				taken = append(taken, seat)
			}
		}
		if len(taken) == k && len(singlesLeft(taken, first, last)) == 0 {
			return true
		}
	}
	return false
}

func singlesLeft(taken []int, first, last int) (singles []int) {
	left := func(seat int) bool { return seat >= first && seat <= last && !slices.Contains(taken, seat) }
	for seat := first; seat <= last; seat++ {
		if left(seat) && !left(seat-1) && !left(seat+1) {
			singles = append(singles, seat)
		}
	}
	return singles
}
