package venue

import "math"

// lane is the ground between two aisles, from the front row outwards.
type lane struct {
	curved bool
	square bool    // straight, and outwards is exactly up, down, left or right
	x, y   float64 // curved: the circle's centre; straight: the middle of the front edge
	angle  float64 // outwards at the lane's middle; a quarter turn is downwards
	half   float64 // curved: half the angle between the aisles' middles; straight: half the width between them
	radius float64 // curved: at offset 0
	aisle  float64 // metres of that ground which both aisles take in all
}

// room is the width for seats at an offset from the front edge.
func (l *lane) room(offset float64) float64 {
	if l.curved {
		return 2*l.half*(l.radius+offset) - l.aisle
	}
	return 2*l.half - l.aisle
}

// at is the point along metres to the right of the lane's middle, as somebody sees it who sits there and faces inwards.
func (l *lane) at(offset, along float64) (x, y float64) {
	if l.curved {
		r := l.radius + offset
		sin, cos := math.Sincos(l.angle - along/r)
		return l.x + float64(r*cos), l.y + float64(r*sin)
	}
	sin, cos := math.Sincos(l.angle)
	if l.square {
		sin, cos = math.Round(sin), math.Round(cos)
	}
	return l.x + float64(offset*cos) + float64(along*sin), l.y + float64(offset*sin) - float64(along*cos)
}

// strip is what a row has in a lane: seats side by side or, with a gap, on both sides of the lane's middle.
type strip struct {
	lane        lane
	left, right int     // right is 0 without a gap
	gap         float64 // metres between both groups: an aisle, or the mouth of a stair
	cutLeft     int     // seats that are left away at the left end
	cutRight    int
}

// fillStrip puts as many seats in as there is room for.
func fillStrip(l lane, offset, pitch, gap float64) strip {
	room := l.room(offset)
	if gap == 0 {
		return strip{lane: l, left: max(0, int(room/pitch))}
	}
	side := max(0, int((room-gap)/2/pitch))
	return strip{lane: l, left: side, right: side, gap: gap}
}

func (s *strip) seats() int { return s.left + s.right - s.cutLeft - s.cutRight }

// along are the places of a strip's seats, from left to right.
func (s *strip) along(pitch float64) []float64 {
	places := make([]float64, 0, s.left+s.right)
	start := -pitch * float64(s.left-1) / 2
	if s.gap > 0 {
		start = -s.gap/2 - float64(pitch*(float64(s.left)-0.5))
	}
	for i := range s.left {
		places = append(places, start+float64(pitch*float64(i)))
	}
	for i := range s.right {
		places = append(places, s.gap/2+float64(pitch*(float64(i)+0.5)))
	}
	return places[s.cutLeft : len(places)-s.cutRight]
}
