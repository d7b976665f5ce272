package plot

// Columns is a picture of vertical columns side by side: a histogram.
type Columns struct {
	ID, Title, Desc string
	XTitle, YTitle  string
	Label           func(float64) string // of the axis
	Class           string
	Columns         []Column
}

// Column is one of them.
type Column struct {
	Name  string // below it
	Value float64
	Text  string // what a pointer over it is told
}

// Draw draws them.
func (h *Columns) Draw(size Size) []byte {
	c := &canvas{size: size}
	em, most := size.Letter, 0.0
	for _, col := range h.Columns {
		most = max(most, col.Value)
	}
	c.begin(h.ID, h.Title, h.Desc, size.Height)
	scale := FromZero(most, int(size.Height/(4*em)), h.Label)
	ch := Chart{X: Linear{To: 1, Step: 2, Label: func(float64) string { return "" }}, Y: scale, XTitle: h.XTitle, YTitle: h.YTitle}
	rows := scale.Ticks(0)
	f := ch.frame(c, rows)
	ch.grid(c, f, rows)
	pitch := (f.right - f.left) / float64(max(1, len(h.Columns)))
	past := -size.Width
	for i, col := range h.Columns {
		left, y := f.left+float64(i)*pitch, f.y(scale, col.Value)
		c.put(`<rect class="bar `, h.Class, `" x="`, left+0.1*pitch, `" y="`, y, `" width="`, 0.8*pitch, `" height="`, f.bottom-y, `"><title>`)
		c.esc(col.Name + ": " + col.Text)
		c.put("</title></rect>\n")
		middle := left + pitch/2
		if half := c.width(col.Name) / 2; middle-half > past {
			c.text("tick m", middle, f.bottom+1.5*em, col.Name)
			past = middle + half
		}
	}
	c.line("axis", f.left, f.bottom, f.right, f.bottom)
	return c.end()
}
