package svg

import (
	"strconv"

	"github.com/parterre/parterre/actors/chart"
)

// entry is one line of the legend.
type entry struct {
	sign, text string
}

// legend tells below the drawing what colours and shapes mean, and how many places there are of each.
func (c *canvas) legend() {
	size := c.textSize()
	b := &c.layout.bounds
	c.put(`<g class="legend">`, "\n")
	y := b.bottom + 2.2*size
	for _, entries := range [][]entry{c.categoryEntries(), c.seatEntries(), c.stateEntries()} {
		if len(entries) > 0 {
			y = c.lines(entries, y, size)
		}
	}
	b.bottom = y - size
	c.WriteString("</g>\n")
}

// lines writes entries side by side, as many as fit.
func (c *canvas) lines(entries []entry, y, size float64) float64 {
	b := &c.layout.bounds
	x := b.left
	for _, e := range entries {
		width := size * (textWidth(e.text) + 3.2)
		if x > b.left && x+width > b.right {
			x, y = b.left, y+1.8*size
		}
		c.sign(e.sign, point{x + 0.6*size, y}, size)
		c.text("lg", point{x + 1.6*size, y}, size, 0, e.text)
		x += width
		b.right = max(b.right, x)
	}
	return y + 2*size
}

// sign draws a legend's sign as a seat 1.25 letters wide.
func (c *canvas) sign(kind string, p point, size float64) {
	f := 1.25 * size / c.layout.pitch
	c.put(`<g transform="translate(`, p.x, " ", p.y, ") scale(")
	c.WriteString(strconv.FormatFloat(f, 'f', 3, 64))
	c.put(`)" fill="none" stroke-linecap="round" stroke-width="`, 0.82*c.layout.pitch, `">`)
	gray := `<path stroke="#777" d="M0 0h0"/>`
	square := `<path stroke="#777" class="sq" d="M0 0h0"/>`
	_, cross, hollow := shapes(c.layout.pitch)
	switch kind {
	case "free":
		c.WriteString(gray)
	case "held":
		c.WriteString(gray + `<path class="in" d="M0 0h0"/>`)
	case "sold":
		c.put(`<path class="x" d="`, cross.alone(), `"/>`)
	case "blocked":
		c.put(`<path class="b" d="`, hollow.alone(), `"/>`)
	case "accessible":
		c.WriteString(square + `<use href="#a"/>`)
	case "companion":
		c.WriteString(square + `<use href="#k"/>`)
	case "restricted":
		c.WriteString(`<path class="rim" d="M0 0h0"/>` + gray)
	default:
		c.put(`<path class="`, kind, `" d="M0 0h0"/>`)
	}
	c.WriteString("</g>\n")
}

// categoryEntries are the categories with the number of their numbered seats, chairs of whole tables, and standing places.
func (c *canvas) categoryEntries() (out []entry) {
	counts := make([]int64, len(c.colors))
	c.eachSeat(func(category string, _ *chart.Seat) { counts[c.number[category]]++ })
	for i := range c.doc.Tables {
		counts[c.number[c.doc.Tables[i].Category]] += c.doc.Tables[i].Seats
	}
	for i := range c.doc.Areas {
		counts[c.number[c.doc.Areas[i].Category]] += c.doc.Areas[i].Capacity
	}
	for i := range c.doc.Categories {
		name := c.doc.Categories[i].Name
		if name == "" {
			name = c.doc.Categories[i].Key
		}
		out = append(out, entry{"c" + strconv.Itoa(i), name + " (" + thousands(counts[i]) + ")"})
	}
	return out
}

// seatEntries are the properties that some seat has.
func (c *canvas) seatEntries() (out []entry) {
	var accessible, companion, restricted int64
	c.eachSeat(func(_ string, s *chart.Seat) {
		accessible, companion, restricted = accessible+one(s.Accessible), companion+one(s.Companion), restricted+one(s.RestrictedView)
	})
	for _, e := range []struct {
		kind, name string
		n          int64
	}{
		{"accessible", "Wheelchair place", accessible}, {"companion", "Companion", companion}, {"restricted", "Restricted view", restricted},
	} {
		if e.n > 0 {
			out = append(out, entry{e.kind, e.name + " (" + thousands(e.n) + ")"})
		}
	}
	return out
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// stateEntries are the four states, with the number of numbered seats in each.
func (c *canvas) stateEntries() []entry {
	if c.state == nil {
		return nil
	}
	counts := make(map[byte]int64)
	for i := range len(c.state.Seats) {
		counts[c.state.Seats[i]]++
	}
	return []entry{
		{"free", "Free (" + thousands(counts[free]) + ")"},
		{"held", "Held (" + thousands(counts[held]) + ")"},
		{"sold", "Sold (" + thousands(counts[sold]) + ")"},
		{"blocked", "Blocked (" + thousands(counts[blocked]) + ")"},
	}
}

// eachSeat goes over the seats of rows.
func (c *canvas) eachSeat(visit func(category string, s *chart.Seat)) {
	for i := range c.doc.Sections {
		s := &c.doc.Sections[i]
		for j := range s.Rows {
			for k := range s.Rows[j].Seats.Len() {
				seat := s.Rows[j].Seats.At(k)
				visit(category(s, &s.Rows[j], &seat), &seat)
			}
		}
	}
}
