package venue

import (
	"fmt"
	"math"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/seatmap"
)

// Cabaret tables and boxes, in metres.
const (
	tablePitch   = 2.8
	beforeTables = 2.6 // from the stage
	behindTables = 2.2 // to the first row
	besideStage  = 2.0 // from the stage's front edge, where the arc of tables bends towards it
	maxTables    = 40
	boxPitch     = 3.0
	maxBoxes     = 8   // on each side
	wallGap      = 1.6 // between stalls and boxes
)

// cabaret puts tables between stage and stalls, every third one sold by seat, and settles where the arcs' centre is.
func (h *house) cabaret() {
	rows := 2
	if h.seats < 600 {
		rows = 1
	}
	h.centre = beforeTables + float64(rows-1)*tablePitch + behindTables - h.radius
	chairs := seatmap.MaxSeats - h.seats // what the tables sold whole may have
	for i := range rows {
		radius := h.radius - behindTables - float64(rows-1-i)*tablePitch
		n := min(maxTables/2, int(2*h.spread*0.8*radius/tablePitch))
		for k := range n {
			angle := math.Pi/2 - (float64(k)-float64(n-1)/2)*tablePitch/radius
			sin, cos := math.Sincos(angle)
			t := chart.Table{
				Key: fmt.Sprintf("T%d", len(h.tables)+1), Category: "T", Book: chart.BookWhole, Seats: 4 + 2*int64(i),
				X: cm(float64(radius * cos)), Y: cm(h.centre + float64(radius*sin)),
			}
			if t.Y < cm(besideStage) {
				continue
			}
			if (i+k)%3 == 0 {
				t.Book, t.Seats = chart.BookSeat, 4
				h.seats -= int(t.Seats)
			} else if chairs -= int(t.Seats); chairs < 0 {
				return
			}
			h.tables = append(h.tables, t)
		}
	}
}

// boxes hang on both walls beside the stalls: a front row, and a row of two behind it that sees less.
func (h *house) boxes(spread float64) (out []block) {
	if h.balconies == 0 {
		return nil
	}
	n := min(maxBoxes, 2+h.seats/500)
	for side, name := range []string{"left", "right"} {
		turn := spread + wallGap/h.radius
		if side == 1 {
			turn = -turn
		}
		for i := range n {
			radius := h.radius + 1 + boxPitch*float64(i)
			b := block{
				key: fmt.Sprintf("B%c%d", "LR"[side], i+1), name: fmt.Sprintf("Box %s %d", name, i+1), category: "B", fixed: true,
			}
			for line, seats := range []int{h.boxFront, 2} {
				b.rows = append(b.rows, h.boxRow(line, seats, radius, math.Pi/2+turn))
			}
			b.rows[1].pillar = true
			out = append(out, b)
		}
	}
	return out
}

// boxRow is a row along the wall, which goes outwards from the arcs' centre.
func (h *house) boxRow(line, seats int, radius, angle float64) row {
	sin, cos := math.Sincos(angle)
	out := angle + math.Pi/2 // away from the hall
	if cos > 0 {
		out = angle - math.Pi/2
	}
	wall := lane{
		x: float64(radius*cos) + 0.6*math.Cos(out), y: h.centre + float64(radius*sin) + 0.6*math.Sin(out), angle: out, half: boxPitch / 2,
	}
	return row{key: fmt.Sprint(line + 1), offset: 0.9 * float64(line), strips: []strip{{lane: wall, left: seats}}}
}
