package venue

import (
	"cmp"
	"math"
	"slices"

	"github.com/parterre/parterre/actors/chart"
)

// prices are a kind's categories.
type prices struct {
	bands      []band           // by distance, the nearest first
	extra      []chart.Category // of boxes, areas and tables
	restricted chart.Category   // of seats with a restricted view
}

// band is a category and its share of the seats, in percent.
type band struct {
	chart.Category
	percent int
}

// categories gives every seat its category and lists those that somebody has, in the order of prices.
func (p *plan) categories() []chart.Category {
	p.priceRows()
	used := make(map[string]bool)
	for i := range p.blocks {
		for j := range p.blocks[i].rows {
			for k := range p.blocks[i].rows[j].seats {
				used[p.blocks[i].rows[j].seats[k].Category] = true
			}
		}
	}
	for i := range p.areas {
		used[p.areas[i].Category] = true
	}
	for i := range p.tables {
		used[p.tables[i].Category] = true
	}
	var all, out []chart.Category
	for _, b := range p.prices.bands {
		all = append(all, b.Category)
	}
	all = append(append(all, p.prices.restricted), p.prices.extra...)
	for _, c := range all {
		if used[c.Key] {
			out = append(out, c)
		}
	}
	return out
}

// About how many rows of a block change their category together, also in a house of fewer than smallHouse seats.
const (
	bandRows   = 6
	smallHouse = 1_000
	smallRows  = 2
)

// part is rows of a block that get one category.
type part struct {
	rows     []row
	seats    int
	distance int // of its middle from the focal point, in decimetres: mirrored parts have the same
}

// priceRows gives parts of blocks the category of their middle, so that a category ends at an aisle or behind a number of
// rows. Parts at one distance get the same.
func (p *plan) priceRows() {
	parts, seats := p.parts()
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.distance, b.distance) })
	at, before, limit := 0, 0, p.prices.bands[0].percent
	for len(parts) > 0 {
		n, alike := 0, 0
		for n < len(parts) && parts[n].distance == parts[0].distance {
			alike += parts[n].seats
			n++
		}
		for before > 0 && at < len(p.prices.bands)-1 && (before+alike/2)*100 >= limit*seats {
			at++
			limit += p.prices.bands[at].percent
		}
		before += alike
		for _, s := range parts[:n] {
			for i := range s.rows {
				s.rows[i].price(p.prices.bands[at].Key, p.prices.restricted.Key)
			}
		}
		parts = parts[n:]
	}
}

// parts are those of all blocks whose category is not settled yet, and how many seats they have.
func (p *plan) parts() (parts []part, seats int) {
	for i := range p.blocks {
		b := &p.blocks[i]
		if b.category != "" {
			for j := range b.rows {
				b.rows[j].price(b.category, b.category)
			}
			continue
		}
		band := bandRows
		if p.seats < smallHouse {
			band = smallRows
		}
		n := max(1, (len(b.rows)+band/2)/band)
		for k := range n {
			s := newPart(b.rows[k*len(b.rows)/n : (k+1)*len(b.rows)/n])
			parts, seats = append(parts, s), seats+s.seats
		}
	}
	return parts, seats
}

func newPart(rows []row) part {
	s := part{rows: rows}
	for i := range rows {
		s.seats += len(rows[i].seats)
	}
	middle := &rows[len(rows)/2]
	x, y := middle.strips[len(middle.strips)/2].lane.at(middle.offset, 0)
	s.distance = int(math.Round(10 * math.Hypot(x, y)))
	return s
}

func (r *row) price(category, restricted string) {
	for i := range r.seats {
		r.seats[i].Category = category
		if r.seats[i].RestrictedView {
			r.seats[i].Category = restricted
		}
	}
}

// commonest is the category that most of the row's seats have.
func (r *row) commonest() string { return commonest(r.seats) }

// commonest is the category that most of the block's seats have.
func (b *block) commonest() string {
	var all []chart.Seat
	for i := range b.rows {
		all = append(all, b.rows[i].seats...)
	}
	return commonest(all)
}

// commonest is, of equally many, the one that came first.
func commonest(seats []chart.Seat) string {
	counts := make(map[string]int)
	best := ""
	for i := range seats {
		c := seats[i].Category
		counts[c]++
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}
