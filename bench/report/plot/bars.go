package plot

import "math"

// Bars is a picture of horizontal bars, one below the other, each with its spread.
type Bars struct {
	ID, Title, Desc string
	XTitle          string
	Label           func(float64) string // of the axis
	Rows            []Bar
}

// Bar is one of them.
type Bar struct {
	Name        string
	Class       string
	Value       float64
	Least, Most float64   // a whisker if they differ
	Dots        []float64 // single measurements
	Text        string    // the value, at the right edge
}

// Heights of a bar, in letters.
const (
	barHeight  = 1.25
	barPitch   = 3.5 // with its name above it
	barsFooter = 3.2
)

// Draw draws them, each below its name and its value, which stands at the right edge: beside the bar it would read as the
// whisker's. The picture's height follows from the bars.
func (b *Bars) Draw(size Size) []byte {
	c := &canvas{size: size}
	em, most := size.Letter, 0.0
	height := math.Ceil((barPitch*float64(len(b.Rows)) + barsFooter) * em)
	c.begin(b.ID, b.Title, b.Desc, height)
	for _, r := range b.Rows {
		most = max(most, r.Value, r.Most)
	}
	f := frame{right: size.Width - 0.5*em, bottom: height - barsFooter*em}
	scale := FromZero(most, int((f.right-f.left)/(6*em)), b.Label)
	b.axis(c, f, scale)
	for i, r := range b.Rows {
		r.draw(c, f, scale, float64(i)*barPitch*em)
	}
	c.line("axis", f.left, f.top, f.left, f.bottom)
	return c.end()
}

func (b *Bars) axis(c *canvas, f frame, scale Scale) {
	em, past := c.size.Letter, -c.size.Width
	for _, t := range scale.Ticks(0) {
		x := f.x(scale, t.At)
		c.line("grid", x, f.top, x, f.bottom)
		if half := c.width(t.Label) / 2; x-half > past {
			class := "tick m"
			if x-half < 0 {
				class = "tick"
			} else if x+half > c.size.Width {
				class = "tick r"
			}
			c.text(class, x, f.bottom+1.3*em, t.Label)
			past = x + half + 0.5*em
		}
	}
	c.text("unit", f.left, f.bottom+2.8*em, b.XTitle)
}

func (r *Bar) draw(c *canvas, f frame, scale Scale, top float64) {
	em := c.size.Letter
	line, y, height := top+1.2*em, top+1.7*em, barHeight*em
	c.text("label", f.left, line, c.fit(r.Name, c.size.Width-c.width(r.Text)-em))
	c.text("value r", c.size.Width, line, r.Text)
	c.put(`<rect class="bar `, r.Class, `" x="`, f.left, `" y="`, y, `" width="`, f.x(scale, r.Value)-f.left, `" height="`, height, `"><title>`)
	c.esc(r.Name + ": " + r.Text)
	c.put("</title></rect>\n")
	middle := y + height/2
	if r.Most > r.Least {
		c.put(`<path class="whisker" d="M`, f.x(scale, r.Least), " ", middle, "H", f.x(scale, r.Most), "\"/>\n")
	}
	for _, d := range r.Dots {
		c.put(`<circle class="round" cx="`, f.x(scale, d), `" cy="`, middle, `" r="`, 0.19*em, "\"/>\n")
	}
}
