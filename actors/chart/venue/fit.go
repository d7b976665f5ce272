package venue

import "github.com/parterre/parterre/actors/chart"

// block is what becomes a section.
type block struct {
	key, name string
	tier      int
	rows      []row
	category  string // "" = by distance
	fixed     bool   // fit takes no seat away
	sideOn    bool   // everybody in it sees the stage from the side
}

// row is one row of a block.
type row struct {
	key      string
	offset   float64
	strips   []strip
	stepFree bool // a wheelchair gets to its ends
	pillar   bool // there are pillars before it
	seats    []chart.Seat
	ends     []int // for each strip the index behind its last seat in seats
}

func (r *row) count() int {
	n := 0
	for i := range r.strips {
		n += r.strips[i].seats()
	}
	return n
}

func count(blocks []block) int {
	n := 0
	for i := range blocks {
		for j := range blocks[i].rows {
			n += blocks[i].rows[j].count()
		}
	}
	return n
}

// design makes a venue's blocks with that many rows from the front to the rear, and of a width from 0, the narrowest that
// looks like something, to 1.
type design func(rows int, width float64) []block

// Bounds of the search. More rows than maxRows no kind needs for MaxSeats seats; widthSteps halve the width until one
// seat more or less is all that they change.
const (
	maxRows    = 1_000
	widthSteps = 24
)

// fit finds the fewest rows and then the smallest width that have n seats or a few more, and takes away what is too much.
func fit(n, minRows int, d design) []block {
	low, high := minRows, minRows
	for high < maxRows && count(d(high, 1)) < n {
		low, high = high+1, 2*high
	}
	for low < high {
		if rows := (low + high) / 2; count(d(rows, 1)) >= n {
			high = rows
		} else {
			low = rows + 1
		}
	}
	narrow, wide := 0.0, 1.0
	for range widthSteps {
		if width := (narrow + wide) / 2; count(d(low, width)) >= n {
			wide = width
		} else {
			narrow = width
		}
	}
	blocks := d(low, wide)
	cut(blocks, count(blocks)-n)
	return sweep(blocks)
}

// cut takes seats away from the ends of the last rows, at most half of a strip, then from the rows before: in the rearmost
// tier first, and if that is not enough, in all tiers, until enough are gone.
func cut(blocks []block, surplus int) {
	rear := 0
	for i := range blocks {
		rear = max(rear, blocks[i].tier)
	}
	for fromRear := 0; surplus > 0; fromRear++ {
		strips, last := rearStrips(blocks, rear, fromRear)
		surplus -= share(strips, surplus)
		if last {
			rear, fromRear = 0, -1
		}
	}
}

// rearStrips are the strips of the row so many before the last, in every block from a tier on, and whether there is no row
// further in front.
func rearStrips(blocks []block, tier, fromRear int) (strips []*strip, last bool) {
	last = true
	for i := range blocks {
		if j := len(blocks[i].rows) - 1 - fromRear; j >= 0 && !blocks[i].fixed && blocks[i].tier >= tier {
			last = last && j == 0
			for k := range blocks[i].rows[j].strips {
				strips = append(strips, &blocks[i].rows[j].strips[k])
			}
		}
	}
	return strips, last
}

// share takes up to surplus seats away, from each strip its share of what all can give, and tells how many.
func share(strips []*strip, surplus int) int {
	room := 0
	for _, s := range strips {
		room += (s.seats() + 1) / 2
	}
	take := min(surplus, room)
	before, given := 0, 0
	for _, s := range strips {
		before += (s.seats() + 1) / 2
		n := before*take/room - given // of running sums, so that the shares add up
		given += n
		s.cutLeft += n / 2
		s.cutRight += n - n/2
	}
	return take
}

// sweep drops rows and blocks without seats.
func sweep(blocks []block) []block {
	kept := blocks[:0]
	for _, b := range blocks {
		rows := b.rows[:0]
		for _, r := range b.rows {
			if r.count() > 0 {
				rows = append(rows, r)
			}
		}
		if b.rows = rows; len(rows) > 0 {
			kept = append(kept, b)
		}
	}
	return kept
}
