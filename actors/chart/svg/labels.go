package svg

import (
	"math"

	"github.com/parterre/parterre/actors/chart"
)

// labels names sections behind their last row, and rows at their ends.
func (c *canvas) labels() {
	at := 0
	for i := range c.doc.Sections {
		s := &c.doc.Sections[i]
		first := at
		for j := range s.Rows {
			r := &s.Rows[j]
			seats := c.layout.seats[at : at+r.Seats.Len()]
			at += len(seats)
			if r.Key != "" && len(s.Rows) > 1 {
				c.rowLabels(r, seats)
			}
		}
		c.sectionLabel(s, c.layout.seats[first:at])
	}
}

// rowLabels puts the row's key beside both ends.
func (c *canvas) rowLabels(r *chart.Row, seats []point) {
	p, n := c.layout.pitch, len(seats)
	size := 0.55 * p
	gap := 0.65*p + size*textWidth(r.Key)/2
	if n == 1 {
		c.text("rl", point{seats[0].x - gap, seats[0].y}, size, 0, r.Key)
		return
	}
	c.text("rl", beyond(seats[1], seats[0], gap), size, 0, r.Key)
	c.text("rl", beyond(seats[n-2], seats[n-1], gap), size, 0, r.Key)
}

// beyond is the point so far behind b, seen from a.
func beyond(a, b point, distance float64) point {
	d := math.Hypot(b.x-a.x, b.y-a.y)
	if d == 0 {
		return point{b.x + distance, b.y}
	}
	return point{b.x + (b.x-a.x)/d*distance, b.y + (b.y-a.y)/d*distance}
}

// maxNamed is how many sections a drawing may have for their names to be written; of more only the keys are.
const maxNamed = 20

// sectionLabel writes a section's name along its last row, away from the focal point.
func (c *canvas) sectionLabel(s *chart.Section, seats []point) {
	name := s.Name
	if name == "" || s.Key != "" && len(c.doc.Sections) > maxNamed {
		name = s.Key
	}
	if name == "" || len(seats) == 0 {
		return
	}
	last := s.Rows[len(s.Rows)-1].Seats.Len()
	row := seats[len(seats)-last:]
	a, b := row[0], row[last-1]
	length := math.Hypot(b.x-a.x, b.y-a.y) + c.layout.pitch
	turn, middle := 0.0, row[last/2]
	if last%2 == 0 {
		middle = point{(row[last/2-1].x + row[last/2].x) / 2, (row[last/2-1].y + row[last/2].y) / 2}
	}
	outX, outY := middle.x-c.layout.focal.x, middle.y-c.layout.focal.y
	if last > 1 {
		angle := math.Atan2(b.y-a.y, b.x-a.x)
		sin, cos := math.Sincos(angle)
		if -sin*outX+cos*outY < 0 {
			sin, cos = -sin, -cos
		}
		outX, outY = -sin, cos
		turn = readable(angle * 180 / math.Pi)
	} else if d := math.Hypot(outX, outY); d > 0 {
		outX, outY = outX/d, outY/d
	}
	letters := c.textSize()
	least, most := min(1.1*c.layout.pitch, 0.8*letters), min(3.2*c.layout.pitch, 1.2*letters)
	size := 0.95 * length / textWidth(name)
	if size < least && s.Key != "" { // the name is too long: the key must do
		name = s.Key
		size = 0.95 * length / textWidth(name)
	}
	size = min(max(size, least), most)
	away := 0.8*c.layout.pitch + 0.6*size
	p := point{middle.x + outX*away, middle.y + outY*away}
	c.layout.bounds.add(p, 0.8*size)
	c.text("bl", p, size, turn, name)
}

// readable turns a text so that it does not stand on its head.
func readable(degrees float64) float64 {
	degrees = math.Round(degrees*10) / 10
	switch {
	case degrees > 90:
		return degrees - 180
	case degrees <= -90:
		return degrees + 180
	}
	return degrees
}
