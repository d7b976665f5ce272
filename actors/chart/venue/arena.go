package venue

import (
	"fmt"
	"math"
	"strconv"

	"github.com/parterre/parterre/actors/chart"
)

func number(n int) string { return strconv.Itoa(n) }

// ring is an arena or a stadium: tiers about something.
type ring struct {
	*plan
	bowl    func(width float64) bowl
	front   float64 // metres from the bowl's edge to the first row
	width   float64 // of a block, about
	has     func(l lane, t int) bool
	sideOn  func(l lane, t int) bool
	pieces  []piece
	pillars bool
}

// design fills all tiers and numbers their blocks: 101 and up in the first tier, 201 and up in the second.
func (r *ring) design(rows int, width float64) []block {
	shape := r.bowl(width)
	var blocks []block
	levels := tiers(rows, r.front, r.depth)
	for i, t := range levels {
		var lanes []lane
		for _, p := range r.pieces {
			for _, l := range shape.lanes(p, t.offset, t.offset+float64(t.rows)*r.depth, r.width) {
				if r.has(l, i) {
					lanes = append(lanes, l)
				}
			}
		}
		base := 100 * (i + 1)
		if len(lanes) > 99 {
			base = 1000 * (i + 1)
		}
		for k, l := range lanes {
			turn := min(k, len(lanes)-1-k) // the same on both sides of the house
			b := block{key: number(base + k + 1), tier: i, rows: r.fillBlock(l, t, turn%2 == 1), sideOn: r.sideOn(l, i)}
			b.name = t.name + " " + b.key
			for n := range b.rows {
				b.rows[n].stepFree = n == t.rows-1 && i < len(levels)-1 || n == 0 && (i > 0 || len(levels) == 1)
				b.rows[n].pillar = r.pillars && turn%3 == 1 && i == 0 && len(levels) > 1 && n >= t.rows-4
			}
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// The arena's floor, in metres for arenaSeats seats; others are as many times larger or smaller as their root says.
const (
	arenaSeats  = 12_000
	arenaHalfX  = 18.0
	arenaHalfY  = 33.0
	arenaCorner = 9.0
	crowd       = 2.2 // people on a square metre
)

func (p *plan) arena() {
	p.name = p.pick("North", "River", "Harbour", "Central", "Lake", "Park") + " " + p.pick("Arena", "Dome", "Hall")
	p.name += fmt.Sprintf(" (%d seats)", p.seats)
	p.pitch, p.depth = float64(p.between(49, 53))/100, float64(p.between(82, 90))/100
	p.prices = arenaPrices()
	scale := max(0.2, math.Sqrt(float64(p.seats)/arenaSeats))
	at := func(width float64) bowl {
		k := scale * (0.65 + 0.35*width)
		b := bowl{halfX: (arenaHalfX - arenaCorner) * k, halfY: (arenaHalfY - arenaCorner) * k, corner: arenaCorner * k, used: 1}
		b.y = (b.halfY + b.corner) * (1 - stageShare)
		return b
	}
	var floorArea bowl
	r := &ring{
		plan: p, front: 2, width: float64(p.between(105, 125)) / 10, pieces: pieces()[:7],
		bowl:    func(width float64) bowl { floorArea = at(width); return floorArea },
		pillars: true,
	}
	behind := func(l lane, limit float64) bool {
		_, y := l.at(0, 0)
		return y < limit
	}
	r.has = func(l lane, _ int) bool { return !behind(l, -0.1*arenaHalfY*scale) }
	r.sideOn = func(l lane, _ int) bool { return behind(l, 0.04*arenaHalfY*scale) }
	p.blocks = fit(p.seats, 3, r.design)
	p.floor(floorArea)
}

// stageShare is the part of half the floor's length that the stage takes.
const stageShare = 0.3

// floor fills the arena's floor with a pit before the stage and standing places behind it.
func (p *plan) floor(b bowl) {
	half := b.halfX + b.corner*0.7
	end := b.y + b.halfY + b.corner*0.8
	pit := end * 0.3
	p.area("Pit", "Front of stage", "P", -half, 1.5, half, pit)
	p.area("Floor", "Standing", "F", -half, pit+1, half, end)
}

// area adds a rectangle of standing places, given in metres.
func (p *plan) area(key, name, category string, left, top, right, bottom float64) {
	p.areas = append(p.areas, chart.Area{
		Key: key, Name: name, Category: category, Capacity: max(10, int64((right-left)*(bottom-top)*crowd)/10*10),
		X: cm(left), Y: cm(top), Width: cm(right - left), Height: cm(bottom - top),
	})
}

func arenaPrices() prices {
	return prices{
		bands: []band{
			{chart.Category{Key: "1", Name: "Category 1", Color: "#D55E00"}, 12},
			{chart.Category{Key: "2", Name: "Category 2", Color: "#E69F00"}, 23},
			{chart.Category{Key: "3", Name: "Category 3", Color: "#009E73"}, 30},
			{chart.Category{Key: "4", Name: "Category 4", Color: "#56B4E9"}, 35},
		},
		restricted: chart.Category{Key: "R", Name: "Restricted view", Color: "#B8A9C9"},
		extra: []chart.Category{
			{Key: "P", Name: "Front of stage", Color: "#0072B2"}, {Key: "F", Name: "Standing", Color: "#8A8A8A"},
		},
	}
}
