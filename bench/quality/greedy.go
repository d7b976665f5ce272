package quality

import (
	"cmp"
	"slices"
)

// greedy chooses seats from front to back. See the package's text.
type greedy struct {
	h         *house
	allocator string
	insist    bool  // together or not at all
	order     []int // rows, the one with the best seat first
	everybody bool  // accessible and companion seats may be given, too
	chosen    []int
}

func newGreedy(h *house, allocator string, insist bool) *greedy {
	g := &greedy{h: h, allocator: allocator, insist: insist}
	best := make([]uint32, len(h.rows))
	for i, r := range h.rows {
		g.order = append(g.order, i)
		best[i] = ^uint32(0)
		for slot := r.first; slot < r.end; slot++ {
			best[i] = min(best[i], h.rank(slot))
		}
	}
	slices.SortStableFunc(g.order, func(a, b int) int { return cmp.Compare(best[a], best[b]) })
	return g
}

func (h *house) rank(slot int) uint32 { return h.plan.Rank(uint32(slot)) } //nolint:gosec // a slot

// choose picks seats for a party, in the order of their slots; none if there are none for it. The house stays as it was.
func (g *greedy) choose(size int) []int {
	for _, g.everybody = range []bool{false, true} {
		left := g.h.ordinaryLeft
		if g.everybody {
			left = g.h.left
		}
		if left >= size && g.seat(size) {
			slices.Sort(g.chosen)
			return g.chosen
		}
	}
	return nil
}

// seat looks for one block, else splits.
func (g *greedy) seat(size int) bool {
	g.chosen = g.chosen[:0]
	defer func() {
		for _, slot := range g.chosen {
			g.h.set(slot, true)
		}
	}()
	for left := size; left > 0; {
		group := g.group(left)
		if group == 0 || g.insist && group < size {
			return false
		}
		left -= group
	}
	return true
}

// group takes the next group of a party of which so many have no seat yet, and returns its size: all of them; else the
// largest that leaves nobody alone; else all but one; else one.
func (g *greedy) group(left int) int {
	if g.take(left) {
		return left
	}
	for group := left - 2; group >= 2; group-- {
		if g.take(group) {
			return group
		}
	}
	for _, group := range [...]int{left - 1, 1} {
		if group > 0 && group < left && g.take(group) {
			return group
		}
	}
	return 0
}

// take takes a block; a careful allocator looks through all rows for one that leaves no single first.
func (g *greedy) take(size int) bool {
	return g.allocator == Careful && g.takeFirst(size, true) || g.takeFirst(size, false)
}

// takeFirst takes a block in the first row that has one.
func (g *greedy) takeFirst(size int, clean bool) bool {
	for _, number := range g.order {
		r := &g.h.rows[number]
		if r.left < size {
			continue
		}
		if first := g.block(r, size, clean); first >= 0 {
			for slot := first; slot < first+size; slot++ {
				g.chosen = append(g.chosen, slot)
				g.h.set(slot, false)
			}
			return true
		}
	}
	return false
}

// block is the first slot of the block to take in a row; -1 if it has none.
func (g *greedy) block(r *row, size int, clean bool) int {
	best, least := -1, ^uint64(0)
	for first := r.first; first < r.end; {
		if !g.may(first) {
			first++
			continue
		}
		end := first + 1
		for end < r.end && g.h.linked(end-1) && g.may(end) && g.h.category(end) == g.h.category(first) {
			end++
		}
		if end-first >= size && !(clean && end-first == size+1) {
			at, ranks := g.within(first, end, size)
			if g.allocator != BestInRow {
				return at
			}
			if ranks < least {
				best, least = at, ranks
			}
		}
		first = end
	}
	return best
}

// within is the block to take in a run of free seats, and the sum of its ranks: at the better end of the run, or the best.
func (g *greedy) within(first, end, size int) (at int, least uint64) {
	step := max(1, end-size-first)
	if g.allocator == BestInRow {
		step = 1
	}
	least = ^uint64(0)
	for i := first; i+size <= end; i += step {
		ranks := uint64(0)
		for slot := i; slot < i+size; slot++ {
			ranks += uint64(g.h.rank(slot))
		}
		if ranks < least {
			at, least = i, ranks
		}
	}
	return at, least
}

// may reports whether a seat can be given now.
func (g *greedy) may(slot int) bool { return g.h.free[slot] && (g.everybody || g.h.ordinary(slot)) }

func (h *house) category(slot int) int { return h.plan.CategoryOf(uint32(slot)) } //nolint:gosec // a slot
