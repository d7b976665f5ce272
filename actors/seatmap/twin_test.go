package seatmap

import (
	"cmp"
	"slices"
	"strconv"
)

// twin is best available a second time, written from the text of allocation.go alone, with no thought of speed: it tries
// every block, every split and every window.
type twin struct {
	seats   []twinSeat
	rows    []twinRow // in the order of the plan
	prices  []int64   // by category; nil = free of charge
	orphans OrphanRule
	// big leaves out of splits, for the sake of time, the blocks that one of the same row, category, size and number of
	// accessible seats is better than.
	big bool
	by  string // the rule by which the last wish was decided
}

type twinSeat struct {
	row, category         int
	rank                  int
	accessible, companion bool
	linked                bool // to the next seat
	free                  bool
}

type twinRow struct{ section, first, last int }

func newTwin(spec *PlanSpec) *twin {
	t := &twin{}
	add := func(section int, seats []SeatSpec) {
		row := twinRow{section: section, first: len(t.seats), last: len(t.seats) + len(seats) - 1}
		for i, s := range seats {
			t.seats = append(t.seats, twinSeat{
				row: len(t.rows), category: s.Category, rank: int(s.Rank), accessible: s.Flags&SeatAccessible != 0,
				companion: s.Flags&SeatCompanion != 0, linked: i+1 < len(seats) && !s.AisleAfter,
			})
		}
		t.rows = append(t.rows, row)
	}
	for _, r := range spec.Rows {
		add(r.Section, r.Seats)
	}
	for _, table := range spec.Tables {
		if !table.Whole {
			add(-1, table.Seats)
		}
	}
	return t
}

// run is the first and the last seat of the free run around a free seat.
func (t *twin) run(seat int) (first, last int) {
	first, last = seat, seat
	for first > 0 && t.seats[first-1].linked && t.seats[first-1].free {
		first--
	}
	for t.seats[last].linked && t.seats[last+1].free {
		last++
	}
	return first, last
}

// twinWish is a wish with the keys looked up; nil = everywhere.
type twinWish struct {
	party, accessible    int
	together             Together
	categories, sections []int
	low, high            int64
}

func (t *twin) fits(w *twinWish, seat int) bool {
	s := t.seats[seat]
	price := int64(0)
	if t.prices != nil {
		price = t.prices[s.category]
	}
	return s.free && (w.categories == nil || slices.Contains(w.categories, s.category)) &&
		(w.sections == nil || slices.Contains(w.sections, t.rows[s.row].section)) &&
		price >= w.low && (w.high == 0 || price <= w.high)
}

func (t *twin) ranks(seats []int) (sum int) {
	for _, seat := range seats {
		sum += t.seats[seat].rank
	}
	return sum
}

func (t *twin) accessible(seats []int) (count int) {
	for _, seat := range seats {
		if t.seats[seat].accessible {
			count++
		}
	}
	return count
}

func (t *twin) leavesNoSingle(block []int) bool {
	first, last := t.run(block[0])
	return block[0]-first != 1 && last-block[len(block)-1] != 1
}

// blocks lists the blocks of k that may be taken from these seats.
func (t *twin) blocks(fit []int, k int) (blocks [][]int) {
	fits := make([]bool, len(t.seats)+1)
	for _, seat := range fit {
		fits[seat] = true
	}
	for _, start := range fit {
		block := []int{start}
		for len(block) < k {
			seat := block[len(block)-1]
			if !t.seats[seat].linked || !fits[seat+1] || t.seats[seat+1].category != t.seats[start].category {
				break
			}
			block = append(block, seat+1)
		}
		if len(block) < k {
			continue
		}
		first, last := t.run(start)
		if t.orphans != OrphansRefuse || t.leavesNoSingle(block) || last-first+1 == k+1 {
			blocks = append(blocks, block)
		}
	}
	return blocks
}

// choice is a set of seats with its score, part by part.
type choice struct{ score, seats []int }

func best(choices []choice) []int {
	if len(choices) == 0 {
		return nil
	}
	return slices.MinFunc(choices, func(a, b choice) int { return slices.Compare(a.score, b.score) }).seats
}

// choose finds the seats for a wish, in order; nil if nothing fits.
func (t *twin) choose(w *twinWish) []int {
	var all, plain []int
	for seat := range t.seats {
		if t.fits(w, seat) {
			all = append(all, seat)
			if !t.seats[seat].accessible && !t.seats[seat].companion {
				plain = append(plain, seat)
			}
		}
	}
	if w.accessible > 0 {
		seats := t.tries(w, all)
		t.by = "accessible: " + t.by
		return seats
	}
	seats := t.tries(w, plain)
	if seats == nil {
		if seats = t.tries(w, all); seats != nil {
			t.by = "all seats: " + t.by
		}
	}
	return seats
}

func (t *twin) tries(w *twinWish, fit []int) []int {
	t.by = "nothing"
	if w.together == TogetherAny && w.accessible == 0 {
		return t.bestRanks(w, fit)
	}
	var clean, any []choice
	for _, block := range t.blocks(fit, w.party) {
		beyond := t.accessible(block) - w.accessible
		if w.accessible == 0 {
			beyond = 0
		}
		if beyond < 0 {
			continue
		}
		c := choice{[]int{beyond, t.ranks(block), block[0]}, block}
		any = append(any, c)
		if t.leavesNoSingle(block) {
			clean = append(clean, c)
		}
	}
	if seats := best(clean); seats != nil && t.orphans != OrphansAllow {
		t.by = "no single"
		return seats
	}
	if seats := best(any); seats != nil {
		t.by = "a single"
		return seats
	}
	if w.together == TogetherRequire {
		return nil
	}
	if seats := t.split(w, fit); seats != nil || w.accessible > 0 {
		return seats
	}
	return t.scatter(w, fit)
}

func (t *twin) bestRanks(w *twinWish, fit []int) []int {
	if len(fit) < w.party {
		return nil
	}
	byRank := slices.Clone(fit)
	slices.SortStableFunc(byRank, func(a, b int) int { return cmp.Compare(t.seats[a].rank, t.seats[b].rank) })
	chosen := byRank[:w.party]
	t.by = "best ranks"
	slices.Sort(chosen)
	return chosen
}

// split tries every way to divide the party over rows that follow each other.
func (t *twin) split(w *twinWish, fit []int) []int {
	if w.party < 2 || w.party > MaxSplitParty || w.accessible > 0 && w.party > maxTreeParty {
		return nil
	}
	bySection := map[int][]int{}
	for row := range t.rows {
		bySection[t.rows[row].section] = append(bySection[t.rows[row].section], row)
	}
	blocks := map[[2]int][][]int{} // by row and size
	for size := 1; size < w.party; size++ {
		for _, block := range t.blocks(fit, size) {
			at := [2]int{t.seats[block[0]].row, size}
			if i := slices.IndexFunc(blocks[at], func(other []int) bool { return t.alike(block, other) }); !t.big || i < 0 {
				blocks[at] = append(blocks[at], block)
			} else if t.ranks(block) < t.ranks(blocks[at][i]) {
				blocks[at][i] = block
			}
		}
	}
	for groups := 2; groups <= MaxSplitGroups; groups++ {
		var found []choice
		for _, rows := range bySection {
			for first := 0; first+groups <= len(rows); first++ {
				t.divide(w, blocks, rows[first:first+groups], nil, &found)
			}
		}
		if seats := best(found); seats != nil {
			t.by = "split " + strconv.Itoa(groups)
			return seats
		}
	}
	return nil
}

func (t *twin) alike(a, b []int) bool {
	return t.seats[a[0]].category == t.seats[b[0]].category && t.accessible(a) == t.accessible(b)
}

// divide seats the rest of the party in these rows, a block in each, in every way.
func (t *twin) divide(w *twinWish, blocks map[[2]int][][]int, rows []int, groups [][]int, found *[]choice) {
	left := w.party
	for _, group := range groups {
		left -= len(group)
	}
	if len(rows) == 0 {
		if c, ok := t.judge(w, groups); ok && left == 0 {
			*found = append(*found, c)
		}
		return
	}
	for size := 1; size <= left; size++ {
		if len(rows) == 1 && size < left {
			continue
		}
		for _, block := range blocks[[2]int{rows[0], size}] {
			if len(groups) == 0 || t.seats[block[0]].category == t.seats[groups[0][0]].category {
				t.divide(w, blocks, rows[1:], append(slices.Clone(groups), block), found)
			}
		}
	}
}

func (t *twin) judge(w *twinWish, groups [][]int) (c choice, ok bool) {
	ones, beyond := 0, 0
	var sizes, slots []int
	for _, group := range groups {
		sizes, slots = append(sizes, len(group)), append(slots, group[0])
		if len(group) == 1 {
			ones++
			if w.accessible > 0 && t.seats[group[0]].accessible {
				return c, false
			}
		}
		c.seats = append(c.seats, group...)
	}
	if w.accessible > 0 {
		beyond = t.accessible(c.seats) - w.accessible
	}
	first := t.seats[groups[0][0]]
	c.score = slices.Concat([]int{beyond, ones, t.ranks(c.seats), first.row, first.category}, sizes, slots)
	slices.Sort(c.seats)
	return c, beyond >= 0
}

// scatter tries every first and last seat.
func (t *twin) scatter(w *twinWish, fit []int) []int {
	window := func(fit []int) (found []choice) {
		for i := range fit {
			for j := i + w.party - 1; j < len(fit); j++ {
				if t.big && j >= i+w.party {
					break // a window with a seat to spare is farther than one without
				}
				inner := slices.Clone(fit[i+1 : max(j, i+1)])
				slices.SortStableFunc(inner, func(a, b int) int { return cmp.Compare(t.seats[a].rank, t.seats[b].rank) })
				seats := []int{fit[i]}
				if w.party > 1 {
					seats = append(append(seats, inner[:w.party-2]...), fit[j])
				} else if j > i {
					continue
				}
				slices.Sort(seats)
				found = append(found, choice{[]int{fit[j] - fit[i], t.ranks(seats), fit[i]}, seats})
			}
		}
		return found
	}
	bySection := map[int][]int{}
	for _, seat := range fit {
		section := t.rows[t.seats[seat].row].section
		bySection[section] = append(bySection[section], seat)
	}
	var found []choice
	for _, seats := range bySection {
		found = append(found, window(seats)...)
	}
	if seats := best(found); seats != nil {
		t.by = "scattered"
		return seats
	}
	seats := best(window(fit))
	if seats != nil {
		t.by = "scattered over sections"
	}
	return seats
}
