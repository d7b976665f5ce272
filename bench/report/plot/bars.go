package plot

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
	barBeside  = 2.1 // one row with its name beside the bar
	barBelow   = 3.5 // one row with its name above the bar
	nameShare  = 0.44
	barsFooter = 3.2
)

// Draw draws them: the names beside the bars, or above them where the picture is narrow. The picture's height follows from
// the bars.
func (b *Bars) Draw(size Size) []byte {
	c := &canvas{size: size}
	em := size.Letter
	narrow := size.Width < narrowBelow*em
	pitch := barBeside * em
	if narrow {
		pitch = barBelow * em
	}
	height := pitch*float64(len(b.Rows)) + barsFooter*em
	c.begin(b.ID, b.Title, b.Desc, height)
	f, most := frame{top: 0, bottom: height - barsFooter*em}, 0.0
	names, values := 0.0, 0.0
	for _, r := range b.Rows {
		names, values = max(names, c.width(r.Name)), max(values, c.width(r.Text))
		most = max(most, r.Value, r.Most)
	}
	if !narrow {
		f.left = min(names, nameShare*size.Width) + 0.8*em
	}
	f.right = size.Width - 0.5*em
	if !narrow {
		f.right -= values + em
	}
	scale := FromZero(most, int((f.right-f.left)/(6*em)), b.Label)
	b.axis(c, f, scale)
	for i, r := range b.Rows {
		r.draw(c, f, scale, float64(i)*pitch, narrow)
	}
	c.line("axis", f.left, f.top, f.left, f.bottom)
	return c.end()
}

// narrowBelow is the width, in letters, below which names stand above their bars.
const narrowBelow = 45

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

func (r *Bar) draw(c *canvas, f frame, scale Scale, top float64, narrow bool) {
	em := c.size.Letter
	y := top + (barBeside-barHeight)/2*em
	if narrow {
		c.text("label", f.left, top+1.2*em, c.fit(r.Name, c.size.Width-c.width(r.Text)-em))
		y = top + 1.7*em
	} else {
		c.text("label r", f.left-0.6*em, y+0.95*em, c.fit(r.Name, f.left-0.6*em))
	}
	height, middle := barHeight*em, y+barHeight*em/2
	c.put(`<rect class="bar `, r.Class, `" x="`, f.left, `" y="`, y, `" width="`, f.x(scale, r.Value)-f.left, `" height="`, height, `"><title>`)
	c.esc(r.Name + ": " + r.Text)
	c.put("</title></rect>\n")
	if r.Most > r.Least {
		from, to := f.x(scale, r.Least), f.x(scale, r.Most)
		c.put(`<path class="whisker" d="M`, from, " ", middle, "H", to, "\"/>\n")
	}
	for _, d := range r.Dots {
		c.put(`<circle class="round" cx="`, f.x(scale, d), `" cy="`, middle, `" r="`, 0.19*em, "\"/>\n")
	}
	if narrow {
		y = top + 0.25*em
	}
	c.text("value r", c.size.Width, y+0.95*em, r.Text)
}
