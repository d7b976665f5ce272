package venue

import (
	"fmt"
	"math"

	"github.com/parterre/parterre/actors/chart"
)

// The theatre, in metres.
const (
	theatreAisle = 1.2
	laneWidth    = 13.0 // from aisle to aisle, about
	crossAisle   = 1.8  // more than a row, between front and rear stalls
	balconyGap   = 3.2  // more than a row, before a balcony
	stallsRows   = 16   // at most, between two cross aisles
	balconyRows  = 12
)

// house is a theatre's shape. All rows are arcs about one centre behind the stage.
type house struct {
	*plan
	seats     int     // in its blocks
	radius    float64 // of the first row
	centre    float64 // y of the arcs' centre
	spread    float64 // half the angle of the stalls at width 1
	balconies int
	boxFront  int // seats in a box's front row
}

func (p *plan) theatre() {
	p.name = p.pick("Grand", "Royal", "City", "Old", "New", "Lyric") + " " + p.pick("Theatre", "Playhouse", "Opera House")
	p.name += fmt.Sprintf(" (%d seats)", p.seats)
	p.pitch, p.depth = float64(p.between(54, 57))/100, float64(p.between(92, 100))/100
	p.prices = theatrePrices()
	h := &house{plan: p, balconies: 2, seats: p.seats}
	switch {
	case p.seats < 300:
		h.balconies = 0
	case p.seats < 900:
		h.balconies = 1
	}
	stalls := float64(p.seats) * []float64{1, 0.7, 0.55}[h.balconies]
	h.spread = float64(p.between(27, 32)) * math.Pi / 180
	h.radius = max(9, float64(p.between(70, 78))/100*math.Sqrt(stalls))
	h.cabaret()
	h.boxFront = p.between(2, 3)
	p.blocks = fit(h.seats, 4, h.design)
}

func theatrePrices() prices {
	return prices{
		bands: []band{
			{chart.Category{Key: "1", Name: "Premium", Color: "#D55E00"}, 14},
			{chart.Category{Key: "2", Name: "First", Color: "#E69F00"}, 26},
			{chart.Category{Key: "3", Name: "Second", Color: "#009E73"}, 30},
			{chart.Category{Key: "4", Name: "Third", Color: "#56B4E9"}, 30},
		},
		restricted: chart.Category{Key: "R", Name: "Restricted view", Color: "#B8A9C9"},
		extra: []chart.Category{
			{Key: "B", Name: "Boxes", Color: "#0072B2"}, {Key: "T", Name: "Cabaret tables", Color: "#CC79A7"},
		},
	}
}

func (h *house) design(rows int, width float64) []block {
	spread := h.spread * (0.35 + 0.65*width)
	radius, boxes := h.radius, h.boxes(spread)
	var blocks []block
	for tier, f := range h.floors(rows) {
		radius += f.before
		if f.before == balconyGap {
			spread = min(spread*1.04, math.Pi/2.2)
		}
		lanes := h.lanes(radius, spread, f.rows)
		blocks = append(blocks, h.fill(f, tier, lanes)...)
		radius += float64(f.rows) * h.depth
	}
	return append(blocks, boxes...)
}

// lanes splits a floor by radial aisles; the middle lane is a third wider.
func (h *house) lanes(radius, spread float64, rows int) []lane {
	width := 2 * spread * (radius + float64(rows)*h.depth/2)
	n := 2
	if width > 13 {
		n = max(3, int(math.Ceil(width/laneWidth))/2*2+1)
	}
	weights := float64(n)
	if n > 2 {
		weights += 1.0 / 3
	}
	lanes := make([]lane, n)
	from := math.Pi/2 + spread
	for i := range lanes {
		share := 2 * spread / weights
		if n > 2 && i == n/2 {
			share *= 4.0 / 3
		}
		aisle := theatreAisle
		if i == 0 || i == n-1 {
			aisle /= 2 // the wall is on the other side
		}
		lanes[i] = lane{curved: true, y: h.centre, angle: from - share/2, half: share / 2, radius: radius, aisle: aisle}
		from -= share
	}
	return lanes
}
