package svg

import (
	"math"
	"strconv"

	"github.com/parterre/parterre/actors/chart"
)

// maxNumbered is how many seats a drawing may have to get their numbers written on them.
const maxNumbered = 4_000

// dot is a seat or a chair as it is drawn.
type dot struct {
	point
	category int
	state    byte
	seat     *chart.Seat // nil = a chair
	number   string
}

// dots lists all seats of rows.
func (c *canvas) dots() []dot {
	out := make([]dot, 0, len(c.layout.seats))
	for i := range c.doc.Sections {
		s := &c.doc.Sections[i]
		for j := range s.Rows {
			r := &s.Rows[j]
			for k := range r.Seats.Len() {
				seat := r.Seats.At(k)
				at := len(out)
				out = append(out, dot{
					point: c.layout.seats[at], category: c.number[category(s, r, &seat)], state: c.state.seat(at), seat: &seat, number: seat.Key,
				})
			}
		}
	}
	return out
}

// category is what a seat inherits.
func category(s *chart.Section, r *chart.Row, seat *chart.Seat) string {
	switch {
	case seat.Category != "":
		return seat.Category
	case r.Category != "":
		return r.Category
	}
	return s.Category
}

// chairs are the dots about a table, from first on in chart order if it is sold by seat.
func (c *canvas) chairs(i, first int) []dot {
	t := &c.doc.Tables[i]
	out := make([]dot, t.Seats)
	radius := c.layout.ring(t.Seats)
	for k := range out {
		sin, cos := math.Sincos(2*math.Pi*float64(k)/float64(t.Seats) - math.Pi/2)
		out[k] = dot{
			point: point{c.layout.tables[i].x + radius*cos, c.layout.tables[i].y + radius*sin}, category: c.number[t.Category],
		}
		if t.Book == chart.BookWhole {
			out[k].state = c.state.table(t.Key)
		} else {
			out[k].state, out[k].number = c.state.seat(first+k), strconv.Itoa(k+1)
		}
	}
	return out
}

// seats draws rows and chairs.
func (c *canvas) seats() {
	dots := c.dots()
	first := len(dots)
	for i := range c.doc.Tables {
		chairs := c.chairs(i, first)
		if c.doc.Tables[i].Book != chart.BookWhole {
			first += len(chairs)
		}
		dots = append(dots, chairs...)
	}
	p := c.layout.pitch
	round, cross, square := shapes(p)
	c.put(`<g fill="none" stroke-linecap="round" stroke-width="`, 0.82*p, "\">\n")
	c.path("rim", dots, round, func(d *dot) bool { return d.seat != nil && d.seat.RestrictedView && d.open() })
	for i := range c.colors {
		class := "c" + strconv.Itoa(i)
		c.path(class, dots, round, func(d *dot) bool { return d.category == i && d.open() && !d.special() })
		c.path(class+" sq", dots, round, func(d *dot) bool { return d.category == i && d.open() && d.special() })
	}
	c.path("in", dots, round, func(d *dot) bool { return d.state == held })
	c.path("x", dots, cross, func(d *dot) bool { return d.state == sold })
	c.path("b", dots, square, func(d *dot) bool { return d.state == blocked })
	c.WriteString("</g>\n")
	c.marks(dots)
	if len(dots) <= maxNumbered {
		c.numbers(dots)
	}
}

// open reports whether a seat is drawn in its category's colour.
func (d *dot) open() bool { return d.state == free || d.state == held }

// special reports whether a seat is square: a wheelchair place or the seat beside it.
func (d *dot) special() bool { return d.seat != nil && (d.seat.Accessible || d.seat.Companion) }

// marks draws signs on wheelchair places and the seats beside them that are free: on held ones a sign would hide the ring.
func (c *canvas) marks(dots []dot) {
	for i := range dots {
		if d := &dots[i]; d.special() && d.state == free {
			sign := "#k"
			if d.seat.Accessible {
				sign = "#a"
			}
			c.put(`<use href="`, sign, `" x="`, d.x, `" y="`, d.y, "\"/>\n")
		}
	}
}

// numbers writes the seats' numbers on those that are free.
func (c *canvas) numbers(dots []dot) {
	size := 0.42 * c.layout.pitch
	c.put(`<g class="n" font-size="`, size, "\">\n")
	for i := range dots {
		d := &dots[i]
		if d.state != free || d.special() || textWidth(d.number) > 2 {
			continue
		}
		c.put(`<text class="i`, d.category, `" x="`, d.x, `" y="`, d.y+0.35*size, `">`)
		c.esc(d.number)
		c.WriteString("</text>\n")
	}
	c.WriteString("</g>\n")
}
