package plot

// Chart is a picture of areas and lines over two axes.
type Chart struct {
	ID, Title, Desc string
	X, Y            Scale
	XTitle, YTitle  string
	Bands           []Band
	Areas           []Series // stacked on each other in this order; all have the same X
	Lines           []Series
	Marks           []Mark
}

// Series is one area or line.
type Series struct {
	Class  string
	Points []Point
	// Step draws each value from its X to the next one's, as counts in intervals are; the last X ends the last step.
	Step bool
}

// Point is one value; a NaN in Y interrupts a line, and is nothing in an area.
type Point struct{ X, Y float64 }

// Band is a part of the X axis with a name.
type Band struct {
	From, To float64
	Label    string
	Class    string
}

// Mark is a moment on the X axis.
type Mark struct {
	At    float64
	Label string // a few letters
}

// frame is where in the picture the values lie.
type frame struct{ left, top, right, bottom float64 }

func (f frame) x(s Scale, v float64) float64 { return f.left + s.Place(v)*(f.right-f.left) }
func (f frame) y(s Scale, v float64) float64 { return f.bottom - s.Place(v)*(f.bottom-f.top) }

// Draw draws the chart.
func (ch *Chart) Draw(size Size) []byte {
	c := &canvas{size: size}
	c.begin(ch.ID, ch.Title, ch.Desc, size.Height)
	rows := ch.Y.Ticks(int(size.Height / (2.6 * size.Letter)))
	f := ch.frame(c, rows)
	ch.bands(c, f)
	ch.grid(c, f, rows)
	ch.areas(c, f)
	for _, s := range ch.Lines {
		c.path(f, ch.X, ch.Y, s)
	}
	ch.marks(c, f)
	c.line("axis", f.left, f.bottom, f.right, f.bottom)
	return c.end()
}

func (ch *Chart) frame(c *canvas, rows []Tick) frame {
	em, labels := c.size.Letter, 0.0
	for _, t := range rows {
		labels = max(labels, c.width(t.Label))
	}
	f := frame{left: labels + 0.8*em, top: 2 * em, right: c.size.Width - 1.6*em, bottom: c.size.Height - 3.4*em}
	if len(ch.Marks) > 0 {
		f.top += 1.6 * em
	}
	return f
}

// bands are drawn first, below everything; their names stand in the row of the Y axis's title. One that does not fit is left
// out: the text beside the chart tells it.
func (ch *Chart) bands(c *canvas, f frame) {
	free := c.width(ch.YTitle) + c.size.Letter
	for _, b := range ch.Bands {
		left, right := f.x(ch.X, b.From), f.x(ch.X, b.To)
		if right-left < 0.1 {
			continue
		}
		c.put(`<rect class="`, b.Class, `" x="`, left, `" y="`, f.top, `" width="`, right-left, `" height="`, f.bottom-f.top, "\"/>\n")
		half, middle := c.width(b.Label)/2, (left+right)/2
		if b.Label != "" && middle-half >= free && 2*half < right-left {
			c.text("name m", middle, c.size.Letter, b.Label)
		}
	}
}

func (ch *Chart) grid(c *canvas, f frame, rows []Tick) {
	em := c.size.Letter
	for _, t := range rows {
		y := f.y(ch.Y, t.At)
		if t.Label != "" {
			c.line("grid", f.left, y, f.right, y)
			c.text("tick r", f.left-0.5*em, y+0.35*em, t.Label)
		}
	}
	c.text("unit", 0, em, ch.YTitle)
	past := -c.size.Width
	for _, t := range ch.X.Ticks(int((f.right - f.left) / (4.5 * em))) {
		x := f.x(ch.X, t.At)
		c.line("stub", x, f.bottom, x, f.bottom+0.35*em)
		if half := c.width(t.Label) / 2; t.Label != "" && x-half > past && x+half < c.size.Width+0.5*em {
			c.text("tick m", x, f.bottom+1.5*em, t.Label)
			past = x + half + 0.5*em
		}
	}
	c.text("unit m", (f.left+f.right)/2, c.size.Height-0.4*em, ch.XTitle)
}

// marks are dashed lines, each with its sign above; signs that would overlap move aside by their height never: the later
// one is left out, since the text beside the chart tells them all.
func (ch *Chart) marks(c *canvas, f frame) {
	past := -c.size.Width
	for _, m := range ch.Marks {
		x, em := f.x(ch.X, m.At), c.size.Letter
		c.line("mark", x, f.top, x, f.bottom)
		if half := c.width(m.Label)/2 + 3; x-half > past {
			c.text("sign m", x, f.top-0.5*em, m.Label)
			past = x + half
		}
	}
}
