package seatmap

import "math/bits"

// view is a look at one bank for blocks of one size: bit i of starts says that a block may begin at seat i of the row,
// the same bit of clean that it leaves no single.
type view struct {
	bank          *bank
	at            *line
	size          uint32
	starts, clean []uint64
	free          []uint64
	joints, run   []uint64
}

// look fills v for a bank. Only blocks that the orphan rule allows are kept if refuse is set.
func (s *seating) look(v *view, number uint32, kind, size int, refuse bool) {
	l := s.l
	v.bank, v.size = &l.banks[number], uint32(size)
	v.at = &l.lines[v.bank.line]
	words := v.at.words()
	first := int(v.at.word)
	v.free = s.free[first : first+words]
	linked := l.linked[first : first+words]
	fit := v.starts[:words]
	for i, free := range v.free {
		fit[i] = l.inBank(v.bank, i, free)
		if kind == ordinary {
			fit[i] &= l.ordinary[first+i]
		}
	}
	v.starts, v.clean, v.joints, v.run = fit, v.clean[:words], v.joints[:words], v.run[:words]
	if words == 1 {
		v.lookWord(linked[0], refuse)
		return
	}
	// A joint is a pair of free neighbours; a run of size-1 joints between seats that fit is a block.
	for i := range linked {
		v.joints[i] = v.free[i] & later(v.free, i, 1) & linked[i]
		v.run[i] = fit[i] & later(fit, i, 1) & linked[i]
	}
	if size > 1 {
		for have := 1; have < size-1; {
			step := min(have, size-1-have)
			for i := range v.run {
				v.run[i] &= later(v.run, i, step)
			}
			have += step
		}
		copy(v.starts, v.run)
	}
	v.judge(refuse)
}

// lookWord is the rest of look, for the row that fits into a word.
func (v *view) lookWord(linked uint64, refuse bool) {
	free, starts, last := v.free[0], v.starts[0], v.size-1
	joints := free & (free >> 1) & linked
	if last > 0 {
		starts &= starts >> 1 & linked
		for have := uint32(1); have < last; {
			step := min(have, last-have)
			starts &= starts >> step
			have += step
		}
	}
	right, left := joints>>last, joints<<1
	leftOne, rightOne := left&^(joints<<2), right&^(joints>>v.size)
	clean := starts &^ leftOne &^ rightOne
	if refuse {
		starts &= clean | leftOne&^right | rightOne&^left
	}
	v.starts[0], v.clean[0] = starts, clean
}

// judge finds the starts that leave no single: a single is left on a side where exactly one free seat is joined to the
// block. The orphan rule allows one where the run has exactly one seat more than the block: no choice avoids it.
func (v *view) judge(refuse bool) {
	last := int(v.size) - 1
	for i := range v.starts {
		left, left2 := earlier(v.joints, i, 1), earlier(v.joints, i, 2)
		right, right2 := later(v.joints, i, last), later(v.joints, i, last+1)
		leftOne, rightOne := left&^left2, right&^right2
		v.clean[i] = v.starts[i] &^ leftOne &^ rightOne
		if refuse {
			v.starts[i] &= v.clean[i] | leftOne&^right | rightOne&^left
		}
	}
}

// later is word i of the bitmap moved down by some seats: bit j tells of seat j+by.
func later(bitmap []uint64, i, by int) uint64 {
	at, shift := i+by>>6, by&63
	if at >= len(bitmap) {
		return 0
	}
	word := bitmap[at] >> shift
	if at+1 < len(bitmap) {
		word |= bitmap[at+1] << (64 - shift)
	}
	return word
}

// earlier is word i of the bitmap moved up by one or two seats: bit j tells of seat j-by.
func earlier(bitmap []uint64, i, by int) uint64 {
	word := bitmap[i] << by
	if i > 0 {
		word |= bitmap[i-1] >> (64 - by)
	}
	return word
}

// bestOf is the first slot of the best block that leaves no single, and of the best of all; none where there is none.
func (s *seating) bestOf(v *view) (clean, all uint32) {
	clean, all = none, none
	bestClean, best := noScore, noScore
	sums := s.l.sums
	for i, starts := range v.starts {
		for ; starts != 0; starts &= starts - 1 {
			bit := bits.TrailingZeros64(starts)
			slot := v.at.first + uint32(i<<6+bit)
			// Slots ascend, so the first of equal sums is the best.
			sum := sums[slot+v.size] - sums[slot]
			if sum < best {
				best, all = sum, slot
			}
			if sum < bestClean && v.clean[i]>>bit&1 != 0 {
				bestClean, clean = sum, slot
			}
		}
	}
	return clean, all
}
