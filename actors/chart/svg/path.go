package svg

// shape is what stands at a seat, in tenths of units about its middle.
type shape struct {
	startX, startY int // where its line begins
	line           string
	endX, endY     int // where it ends
}

// shapes are those of a picture whose seats have the given pitch.
func shapes(pitch float64) (round, cross, square shape) {
	h := tenths(0.27 * pitch)
	return shape{line: "h0"}, // with round ends: a dot
		shape{-h, -h, "l" + pair(2*h, 2*h) + "m" + pair(0, -2*h) + "l" + pair(-2*h, 2*h), -h, h},
		shape{-h, -h, "h" + single(2*h) + "v" + single(2*h) + "h" + single(-2*h) + "z", -h, -h}
}

// path draws the same shape at every chosen seat, as one element. Points are relative to the one before, from rounded
// place to rounded place, so that no error adds up.
func (c *canvas) path(class string, dots []dot, s shape, chosen func(*dot) bool) {
	x, y, begun := 0, 0, false
	for i := range dots {
		if !chosen(&dots[i]) {
			continue
		}
		if !begun {
			c.put(`<path class="`, class, `" d="`)
			begun = true
		}
		nextX, nextY := tenths(dots[i].x), tenths(dots[i].y)
		c.WriteByte('m')
		c.Write(appendPair(c.AvailableBuffer(), nextX+s.startX-x, nextY+s.startY-y))
		c.WriteString(s.line)
		x, y = nextX+s.endX, nextY+s.endY
	}
	if begun {
		c.WriteString("\"/>\n")
	}
}

// alone is a shape at the origin.
func (s shape) alone() string { return "m" + pair(s.startX, s.startY) + s.line }

func appendPair(b []byte, x, y int) []byte {
	b = appendTenths(b, x)
	if y >= 0 {
		b = append(b, ' ')
	}
	return appendTenths(b, y)
}

func pair(x, y int) string { return string(appendPair(nil, x, y)) }

func single(n int) string { return string(appendTenths(nil, n)) }
