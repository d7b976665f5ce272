package svg

import (
	"math"
	"slices"
)

// openAngle is how far nobody may sit about the focal point for it to be a stage at the end of the house.
const openAngle = 100 * math.Pi / 180

// stage draws what everybody looks at: a stage behind the focal point if there is a side where nobody sits or stands, else
// a round one about it.
func (c *canvas) stage() {
	if c.doc.FocalPoint == nil || len(c.layout.seats)+len(c.layout.tables) == 0 {
		return
	}
	nearest, back, open := c.lookAround()
	if nearest == 0 {
		return // somebody sits on it
	}
	inside := slices.ContainsFunc(c.layout.areas, func(b box) bool { return b.has(c.layout.focal) })
	if inside || open < openAngle {
		c.roundStage(nearest)
		return
	}
	c.endStage(back)
}

// lookAround tells how far from the focal point the nearest place is, and the widest angle in which there is none: its
// middle and its size.
func (c *canvas) lookAround() (nearest, back, open float64) {
	nearest = math.Inf(1)
	angles := make([]float64, 0, len(c.layout.seats)+len(c.layout.tables))
	for _, list := range [][]point{c.layout.seats, c.layout.tables} {
		for _, p := range list {
			x, y := p.x-c.layout.focal.x, p.y-c.layout.focal.y
			nearest = min(nearest, math.Hypot(x, y))
			angles = append(angles, math.Atan2(y, x))
		}
	}
	slices.Sort(angles)
	angles = append(angles, angles[0]+2*math.Pi)
	for i := 1; i < len(angles); i++ {
		if gap := angles[i] - angles[i-1]; gap > open {
			open, back = gap, (angles[i]+angles[i-1])/2
		}
	}
	// A house that is meant to be straight is drawn straight, although a seat more on one side turns the middle.
	const quarter = math.Pi / 2
	if square := math.Round(back/quarter) * quarter; math.Abs(back-square) < math.Pi/12 {
		back = square
	}
	return nearest, back, open
}

func (c *canvas) roundStage(nearest float64) {
	radius := min(max(0.16*nearest, 2.5*c.layout.pitch), 0.6*nearest)
	f := c.layout.focal
	c.round = radius
	c.put(`<circle class="stage" cx="`, f.x, `" cy="`, f.y, `" r="`, radius, "\"/>\n")
	c.text("st", f, min(0.5*radius, 1.6*radius/textWidth("STAGE")), 0, "STAGE")
}

// endStage draws a stage whose front edge goes through the focal point, narrower than the place between those beside it.
func (c *canvas) endStage(back float64) {
	sin, cos := math.Sincos(back)
	front, beside := 0.0, math.Inf(1)
	var distances []float64
	for _, list := range [][]point{c.layout.seats, c.layout.tables} {
		for _, p := range list {
			x, y := p.x-c.layout.focal.x, p.y-c.layout.focal.y
			across, behind := math.Abs(-x*sin+y*cos), x*cos+y*sin
			distances = append(distances, across)
			if behind > -2*c.layout.pitch {
				beside = min(beside, across)
			}
		}
	}
	slices.Sort(distances)
	front = distances[len(distances)/2] // half of the house sits no further from the middle
	half := max(min(1.1*front, beside-3*c.layout.pitch), 2*c.layout.pitch)
	depth := 0.5 * half
	corner := func(across, behind float64) point {
		return point{c.layout.focal.x - across*sin + behind*cos, c.layout.focal.y + across*cos + behind*sin}
	}
	c.WriteString(`<path class="stage" d="M`)
	for i, p := range []point{corner(-half, 0), corner(half, 0), corner(0.86*half, depth), corner(-0.86*half, depth)} {
		if i > 0 {
			c.WriteByte('L')
		}
		c.put(p.x, " ", p.y)
		c.layout.bounds.add(p, c.layout.pitch)
	}
	c.WriteString("z\"/>\n")
	turn := 0.0
	if math.Abs(cos) > 0.7 {
		turn = -90
	}
	c.text("st", corner(0, depth/2), 0.45*depth, turn, "STAGE")
}
