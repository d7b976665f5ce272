package plot

import "math"

// path draws a line; where a value is missing it stops, and a value alone between missing ones is a dot.
func (c *canvas) path(f frame, xs, ys Scale, s Series) {
	var dots []Point
	c.put(`<path class="line `, s.Class, `" d="`)
	for start := 0; start < len(s.Points); {
		end := start
		for end < len(s.Points) && drawable(s.Points[end]) {
			end++
		}
		switch run := s.Points[start:end]; {
		case len(run) == 1 && !s.Step:
			dots = append(dots, run[0])
		case len(run) > 0:
			c.polyline(f, xs, ys, run, s.Step)
		}
		start = end + 1
	}
	c.put("\"/>\n")
	for _, p := range dots {
		c.put(`<circle class="dot `, s.Class, `" cx="`, f.x(xs, p.X), `" cy="`, f.y(ys, p.Y), `" r="`, 1.8, "\"/>\n")
	}
}

func drawable(p Point) bool { return !math.IsNaN(p.X+p.Y) && !math.IsInf(p.X+p.Y, 0) }

// polyline appends one run of points to a path's data. Points that fall on the one before are left out.
func (c *canvas) polyline(f frame, xs, ys Scale, points []Point, step bool) {
	var lastX, lastY string
	for i, p := range points {
		x, y := tenths(f.x(xs, p.X)), tenths(f.y(ys, p.Y))
		switch {
		case i == 0:
			c.put("M", x, " ", y)
		case x == lastX && y == lastY:
			continue
		case step && i == len(points)-1:
			c.put("H", x)
		case step:
			c.put("H", x, "V", y)
		default:
			c.put("L", x, " ", y)
		}
		lastX, lastY = x, y
	}
}

// areas stacks them: each is drawn from the sum of those before to its own sum.
func (ch *Chart) areas(c *canvas, f frame) {
	if len(ch.Areas) == 0 {
		return
	}
	below := make([]Point, len(ch.Areas[0].Points))
	for i, p := range ch.Areas[0].Points {
		below[i] = Point{X: p.X}
	}
	for _, s := range ch.Areas {
		above := make([]Point, len(below))
		for i := range below {
			above[i] = below[i]
			if i < len(s.Points) && drawable(s.Points[i]) {
				above[i].Y += s.Points[i].Y
			}
		}
		c.put(`<path class="area `, s.Class, `" d="`)
		c.outline(f, ch.X, ch.Y, above, below, s.Step)
		c.put("\"/>\n")
		below = above
	}
}

// outline appends the area between two lines: forth along the upper one, back along the lower one.
func (c *canvas) outline(f frame, xs, ys Scale, above, below []Point, step bool) {
	if len(above) < 2 {
		return
	}
	forth := corners(above, step)
	back := corners(below, step)
	for i, p := range forth {
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		c.put(letter, f.x(xs, p.X), " ", f.y(ys, p.Y))
	}
	for i := len(back) - 1; i >= 0; i-- {
		c.put("L", f.x(xs, back[i].X), " ", f.y(ys, back[i].Y))
	}
	c.put("Z")
}

// corners are the points of a line, with those that steps add; collinear ones of a flat line are left out.
func corners(points []Point, step bool) []Point {
	var all []Point
	add := func(p Point) {
		if n := len(all); n >= 2 && all[n-1].Y == p.Y && all[n-2].Y == p.Y {
			all[n-1] = p
			return
		}
		all = append(all, p)
	}
	for i, p := range points {
		if step && i > 0 {
			add(Point{p.X, points[i-1].Y})
			if i == len(points)-1 {
				break
			}
		}
		add(p)
	}
	return all
}
