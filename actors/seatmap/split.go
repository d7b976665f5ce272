package seatmap

import "math/bits"

const (
	splitRankBits = 38 // sum of the ranks of a party that can be split
	noCost        = uint64(1) << 60
)

// splitTable is the best blocks of every size in rows that stand one behind the other.
type splitTable struct {
	rows  int
	slots [MaxSplitGroups][MaxSplitParty + 1]uint32 // by size: first slot of the best block
	costs [MaxSplitGroups][MaxSplitParty + 1]uint64 // 1 for a group of one above the sum of ranks; noCost without a block
	most  [MaxSplitGroups]int                       // largest size that has a block
	group uint32                                    // of the first row
	// sizes is the best split, after solve.
	sizes [MaxSplitGroups]int
}

// set puts the best block of one size in one row; none if there is no such block.
func (t *splitTable) set(l *layout, row, size int, slot uint32) {
	t.slots[row][size], t.costs[row][size] = slot, noCost
	if slot == none {
		return
	}
	t.costs[row][size] = l.sums[slot+uint32(size)] - l.sums[slot]
	if size == 1 {
		t.costs[row][size] |= 1 << splitRankBits
	}
	t.most[row] = size
}

// solve finds the best split that begins in the first row: fewest groups, fewest of one, least ranks, then the
// smallest sizes from the front. The result is its score, noScore if there is no split.
func (t *splitTable) solve(party int) uint64 {
	most := t.most[0]
	for groups := 2; groups <= t.rows; groups++ {
		if most += t.most[groups-1]; most < party {
			continue
		}
		if cost := t.divide(party, groups); cost < noCost {
			return (uint64(groups-2)<<(splitRankBits+onesBits)|cost)<<groupBits | uint64(t.group)
		}
	}
	return noScore
}

// divide finds the least cost of a party in exactly so many rows, from the last row to the first.
func (t *splitTable) divide(party, groups int) uint64 {
	var choice [MaxSplitGroups][MaxSplitParty + 1]uint8
	costs := t.costs[groups-1]
	for row := groups - 2; row >= 0; row-- {
		var next [MaxSplitParty + 1]uint64
		least := groups - row // seats in this row and behind
		for seats := range next[:party+1] {
			next[seats] = noCost
			if seats < least || row == 0 && seats < party {
				continue
			}
			for size := 1; size <= min(t.most[row], seats-least+1); size++ {
				if cost := t.costs[row][size] + costs[seats-size]; cost < next[seats] {
					next[seats], choice[row][seats] = cost, uint8(size)
				}
			}
		}
		costs = next
	}
	if costs[party] < noCost {
		left := party
		for row := range groups - 1 {
			t.sizes[row] = int(choice[row][left])
			left -= t.sizes[row]
		}
		t.sizes[groups-1] = left
		clear(t.sizes[groups:])
	}
	return costs[party]
}

// split makes try 3.
func (s *seating) split(party, kind int) bool {
	if party < 2 || party > MaxSplitParty {
		return false
	}
	t := &s.scratch.split
	if party > maxTreeParty {
		if !s.splitByScan(party, kind) {
			return false
		}
	} else {
		c := s.class(kind)
		c.refreshSplits(party)
		category, best := uint32(0), noScore
		for _, sp := range s.scratch.spans {
			if score := c.splits[party].best(s.l, sp); score < best {
				category, best = sp.category, score
			}
		}
		if best == noScore {
			return false
		}
		group := best & (1<<groupBits - 1)
		c.lay(t, s.l.bankOf(s.l.lineOf[group], uint16(category)), party)
		t.solve(party)
	}
	for row, size := range t.sizes {
		if size > 0 {
			s.take(t.slots[row][size], uint32(size))
		}
	}
	return true
}

// lay fills a table with a bank and the rows behind it, from the trees of blocks.
func (c *class) lay(t *splitTable, first uint32, party int) {
	l := c.s.l
	t.group, t.rows = l.lines[l.banks[first].line].group, 0
	for number := first; ; number++ {
		t.most[t.rows] = 0
		for size := 1; size < party; size++ {
			t.set(l, t.rows, size, c.blocks[size].blocks[number])
		}
		t.rows++
		if t.rows == MaxSplitGroups || !l.behind(number) {
			return
		}
	}
}

// refreshSplits brings the tree of one party up to date. A row decides about the splits that begin in it or in one of
// the three before it.
func (c *class) refreshSplits(party int) {
	if c.splits[party].splits == nil {
		c.splits[party] = newTree(c.s.l, party, true)
	}
	for size := 1; size < party; size++ {
		c.refresh(size)
	}
	t := &c.s.scratch.split
	dirty := c.dirty[maxTreeParty+party]
	for word, rows := range dirty {
		for before := 1; before < MaxSplitGroups; before++ {
			rows |= later(dirty, word, before)
		}
		dirty[word] = 0
		for ; rows != 0; rows &= rows - 1 {
			for _, number := range c.s.l.ofLine(uint32(word<<6 + bits.TrailingZeros64(rows))) {
				c.lay(t, number, party)
				c.splits[party].setSplit(c.s.l, number, t.solve(party))
			}
		}
	}
}
