package svg

import (
	"fmt"
	"math"

	"github.com/parterre/parterre/actors/chart"
)

// head is what stands before the drawing: the picture's size, its styles and signs, and its title.
func (c *canvas) head() []byte {
	h := canvas{doc: c.doc, state: c.state, layout: c.layout, colors: c.colors}
	b, size := &h.layout.bounds, c.textSize()
	b.top -= 5.2 * size
	margin := 1.6 * size
	left, top := math.Floor(b.left-margin), math.Floor(b.top)
	width, height := math.Ceil(b.right+margin-left), math.Ceil(b.bottom+margin-top)
	h.put(`<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="`, left, " ", top, " ", width, " ", height, "\">\n<title>")
	h.esc(h.title())
	h.WriteString("</title>\n")
	h.style()
	h.signs()
	h.put(`<rect x="`, left, `" y="`, top, `" width="`, width, `" height="`, height, "\" fill=\"#fff\"/>\n")
	middle := (b.left + b.right) / 2
	h.text("ti", point{middle, b.top + 1.9*size}, 1.6*size, 0, h.title())
	h.text("su", point{middle, b.top + 3.6*size}, size, 0, h.subtitle())
	return h.Bytes()
}

// textSize is the size of a legend's letters: of a large drawing larger, so that they can be read when it is shrunk.
func (c *canvas) textSize() float64 {
	b := &c.layout.bounds
	return max(14, max(b.right-b.left, 0.75*(b.bottom-b.top))/62)
}

func (c *canvas) title() string {
	if c.doc.Name == "" {
		return "Seating plan"
	}
	return c.doc.Name
}

func (c *canvas) subtitle() string {
	seats, whole, standing := c.doc.Seats(), 0, int64(0)
	for i := range c.doc.Tables {
		if t := &c.doc.Tables[i]; t.Book == chart.BookWhole {
			seats -= int(t.Seats)
			whole++
		}
	}
	for i := range c.doc.Areas {
		standing += c.doc.Areas[i].Capacity
	}
	s := thousands(int64(seats)) + " numbered seats"
	switch {
	case whole == 1:
		s += ", 1 table sold whole"
	case whole > 1:
		s += fmt.Sprintf(", %d tables sold whole", whole)
	}
	if standing > 0 {
		s += fmt.Sprintf(", %s standing places", thousands(standing))
	}
	if c.state != nil {
		s += fmt.Sprintf(". Event %s at revision %s", c.state.Event, thousands(int64(c.state.Revision))) //nolint:gosec // for show
	}
	return s
}

// style gives every class its look. Colours of the document have been judged by color.
func (c *canvas) style() {
	p := c.layout.pitch
	c.WriteString("<style>\ntext{font-family:\"Helvetica Neue\",Helvetica,Arial,\"DejaVu Sans\",sans-serif;text-anchor:middle;fill:#222}\n" +
		".ti,.l{font-weight:bold}.su,.rl{fill:#555}.lg{text-anchor:start}.st{fill:#fff;letter-spacing:.08em}\n" +
		".bl{font-weight:bold;fill:#222;paint-order:stroke;stroke:#fff;stroke-opacity:.8;stroke-width:.2em}\n" +
		".stage{fill:#3b3b3b}.sq{stroke-linecap:square}.n{text-rendering:optimizeSpeed}\n")
	c.put(".sq{stroke-width:", 0.7*p, "}.rim{stroke:#222;stroke-width:", 0.97*p, "}.in{stroke:#fff;stroke-width:", 0.46*p, "}\n",
		".x{stroke:#333;stroke-width:", 0.15*p, ";stroke-linecap:butt}.b{stroke:#777;stroke-width:", 0.1*p, "}\n",
		".area{fill-opacity:.2}.whole{fill-opacity:.55}.top{fill-opacity:.12}\n")
	for i, color := range c.colors {
		c.put(".c", i, "{stroke:", color, "}.f", i, "{fill:", color, ";stroke:", color, "}.i", i, "{fill:", ink(color), "}\n")
	}
	c.WriteString("</style>\n")
}

// signs are a wheelchair and a person, drawn for a seat ten units wide.
func (c *canvas) signs() {
	c.put(`<defs><g id="a" transform="scale(`, c.layout.pitch/10, `)" fill="none" stroke="#fff" stroke-width="3" stroke-linejoin="round">`,
		`<circle cx="0" cy="0" r="3.7" fill="#1b1b1b" stroke="none"/><g stroke-width=".75"><circle cx="-.5" cy="-2.6" r=".45" fill="#fff"/>`,
		`<path d="M-.5-1.8v2h1.9l1 2.2M-.5-.8h1.6"/><path d="M-1.3-.3a1.8 1.8 0 1 0 2.3 2.3"/></g></g>`,
		`<g id="k" transform="scale(`, c.layout.pitch/10, `)" fill="#1b1b1b" stroke="#fff" stroke-width=".4">`,
		`<circle cy="-1.4" r="1.3"/><path d="M-2.2 3a2.2 2.6 0 0 1 4.4 0z"/></g></defs>`, "\n")
}
