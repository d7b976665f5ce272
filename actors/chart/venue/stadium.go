package venue

import (
	"fmt"
	"math"

	"github.com/parterre/parterre/actors/chart"
)

// The stadium, in metres and seats.
const (
	pitchHalfX  = 52.5
	pitchHalfY  = 34.0
	pitchSeats  = 8_000  // of a stadium below which the ground is smaller
	oneStand    = 1_500  // seats below which there is but the main stand
	twoStands   = 6_000  // seats below which there are but the stands along the pitch
	openCorners = 15_000 // seats below which the corners are open
	runOff      = 6.0    // between pitch and stands where the corners are open
)

func (p *plan) stadium() {
	p.name = p.pick("Union", "County", "Olympic", "Victoria", "Mill", "Castle") + " " + p.pick("Stadium", "Ground", "Park")
	p.name += fmt.Sprintf(" (%d seats)", p.seats)
	p.pitch, p.depth = float64(p.between(47, 52))/100, float64(p.between(78, 86))/100
	p.prices = stadiumPrices()
	scale := min(1, max(0.5, math.Sqrt(float64(p.seats)/pitchSeats)))
	x, y := pitchHalfX*scale, pitchHalfY*scale
	var shape bowl
	terrace := p.seats >= twoStands
	r := &ring{
		plan: p, front: 2, width: float64(p.between(115, 135)) / 10, pillars: true, pieces: p.stands(),
		sideOn: func(lane, int) bool { return false },
		has:    func(l lane, t int) bool { return !terrace || t > 0 || l.curved || math.Abs(l.angle) > 0.1 },
		bowl: func(width float64) bowl {
			if p.seats >= openCorners {
				shape = bowl{halfX: x, halfY: y, corner: 2 + 6*width, used: 1}
			} else {
				shape = bowl{halfX: x, halfY: y, corner: runOff, used: 0.1 + 0.9*width}
			}
			return shape
		},
	}
	p.blocks = fit(p.seats, 5, r.design)
	p.area("Pitch", "Pitch", "P", -x, -y, x, y)
	if terrace {
		p.terrace(shape, r.front)
	}
}

// stands are the sides that a stadium of this size has.
func (p *plan) stands() []piece {
	all := pieces() // corners and sides by turns: left, bottom, right, top
	switch {
	case p.seats < oneStand:
		return []piece{all[3]}
	case p.seats < twoStands:
		return []piece{all[3], all[7]}
	case p.seats < openCorners:
		return []piece{all[1], all[3], all[5], all[7]}
	}
	return all
}

// terrace puts standing places where the lower tier of the right side would be.
func (p *plan) terrace(b bowl, front float64) {
	depth := 0.0
	for i := range p.blocks {
		if last := p.blocks[i].rows[len(p.blocks[i].rows)-1]; p.blocks[i].tier == 0 {
			depth = max(depth, last.offset-front+p.depth/2)
		}
	}
	left, half := b.halfX+b.corner+front, b.halfY*b.used-bowlAisle/2
	p.area("East terrace", "East terrace, standing", "F", left, -half, left+depth, half)
}

func stadiumPrices() prices {
	return prices{
		bands: []band{
			{chart.Category{Key: "1", Name: "Category 1", Color: "#D55E00"}, 15},
			{chart.Category{Key: "2", Name: "Category 2", Color: "#E69F00"}, 25},
			{chart.Category{Key: "3", Name: "Category 3", Color: "#009E73"}, 30},
			{chart.Category{Key: "4", Name: "Category 4", Color: "#56B4E9"}, 30},
		},
		restricted: chart.Category{Key: "R", Name: "Restricted view", Color: "#B8A9C9"},
		extra: []chart.Category{
			{Key: "P", Name: "Pitch, standing", Color: "#4C8C4A"}, {Key: "F", Name: "Terrace, standing", Color: "#8A8A8A"},
		},
	}
}
