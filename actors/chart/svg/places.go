package svg

import (
	"fmt"
	"strconv"

	"github.com/parterre/parterre/actors/chart"
)

// areas draws the ground of standing areas.
func (c *canvas) areas() {
	for i, b := range c.layout.areas {
		w, h := b.right-b.left, b.bottom-b.top
		c.put(`<rect class="f`, c.number[c.doc.Areas[i].Category], ` area" x="`, b.left, `" y="`, b.top, `" width="`, w, `" height="`, h,
			`" rx="`, min(w, h)*0.03, `" stroke-width="`, 0.15*c.layout.pitch, "\"/>\n")
	}
}

// areaTexts names the areas and tells what their places are in, below the stage where one stands in an area.
func (c *canvas) areaTexts() {
	for i, b := range c.layout.areas {
		a := &c.doc.Areas[i]
		name := a.Name
		if name == "" {
			name = a.Key
		}
		lines := []string{name, thousands(a.Capacity) + " places"}
		if c.state != nil {
			s := c.state.Areas[a.Key]
			lines = append(lines, thousands(s.Free)+" free", fmt.Sprintf("%s held, %s sold, %s blocked",
				thousands(s.Held), thousands(s.Sold), thousands(s.Blocked)))
		}
		if c.round > 0 && b.has(c.layout.focal) {
			b.top = min(c.layout.focal.y+c.round, b.bottom)
		}
		c.areaText(b, lines)
	}
}

func (b *box) has(p point) bool {
	return p.x > b.left && p.x < b.right && p.y > b.top && p.y < b.bottom
}

func (c *canvas) areaText(b box, lines []string) {
	w, h, turn := b.right-b.left, b.bottom-b.top, 0.0
	if h > 2*w {
		turn, w, h = -90, h, w
	}
	size := min(h/(1.8*float64(len(lines))), 1.5*c.textSize())
	for _, line := range lines {
		size = min(size, 0.9*w/textWidth(line))
	}
	middle := point{(b.left + b.right) / 2, (b.top + b.bottom) / 2}
	for k, line := range lines {
		down := (float64(k) - float64(len(lines)-1)/2) * 1.3 * size
		p := point{middle.x, middle.y + down}
		if turn != 0 {
			p = point{middle.x + down, middle.y}
		}
		class := "t"
		if k == 0 {
			class = "t l"
		}
		c.text(class, p, size, turn, line)
	}
}

// tables draws the tables' tops; seats draws their chairs.
func (c *canvas) tables() {
	for i := range c.doc.Tables {
		t, p := &c.doc.Tables[i], c.layout.tables[i]
		radius := c.layout.ring(t.Seats) - 0.55*c.layout.pitch
		class := "whole f" + strconv.Itoa(c.number[t.Category])
		if t.Book != chart.BookWhole {
			class = "top f" + strconv.Itoa(c.number[t.Category])
		}
		c.put(`<circle class="`, class, `" cx="`, p.x, `" cy="`, p.y, `" r="`, radius, `" stroke-width="`, 0.12*c.layout.pitch, "\"/>\n")
		c.text("t", p, min(0.7*c.layout.pitch, 1.7*radius/textWidth(t.Key)), 0, t.Key)
	}
}
