package chart

import (
	"cmp"
	"math"
	"slices"

	"github.com/parterre/parterre/actors/seatmap"
)

// A gap between two seats is an aisle if it is wider than aisleNumerator/aisleDenominator times the row's median pitch.
const (
	aisleNumerator   = 16
	aisleDenominator = 10
)

// thousandths is the distance between two points, rounded to thousandths of the drawing's unit. Each operation rounds by
// itself: the conversions forbid fused ones, and IEEE 754 defines the square root exactly. With MaxCoordinate the result
// is far below 2^53.
func thousandths(x1, y1, x2, y2 float64) int64 {
	dx, dy := x2-x1, y2-y1
	d := math.Sqrt(float64(dx*dx) + float64(dy*dy))
	return int64(math.Round(float64(d * 1000)))
}

// splitAtGaps marks the seats of a row behind which the drawing leaves a gap.
func splitAtGaps(r *Row, seats []seatmap.SeatSpec) {
	if len(seats) < 3 {
		return // one gap is its own median
	}
	gaps := make([]int64, len(seats)-1)
	before := r.Seats.At(0)
	for i := range gaps {
		next := r.Seats.At(i + 1)
		gaps[i] = thousandths(before.X, before.Y, next.X, next.Y)
		before = next
	}
	sorted := slices.Clone(gaps)
	slices.Sort(sorted)
	// Of two medians the lower: an aisle must not make itself the measure. A row without coordinates has the median 0.
	median := sorted[(len(sorted)-1)/2]
	if median == 0 {
		return
	}
	for i, gap := range gaps {
		if gap*aisleDenominator > median*aisleNumerator {
			seats[i].AisleAfter = true
		}
	}
}

// unranked is a seat or whole table that waits for its rank, and its distance from the focal point.
type unranked struct {
	rank     *uint32
	distance int64
}

// rank gives ranks to all seats and tables, in the order of the plan's slots.
func (c *compiler) rank() {
	focal := Point{}
	if c.doc.FocalPoint != nil {
		focal = *c.doc.FocalPoint
	}
	waiting := make([]unranked, 0, c.doc.Seats())
	row := 0
	for i := range c.doc.Sections {
		for j := range c.doc.Sections[i].Rows {
			waiting = rankRow(waiting, &c.doc.Sections[i].Rows[j], c.spec.Rows[row].Seats, focal)
			row++
		}
	}
	for _, whole := range []bool{false, true} {
		for i := range c.spec.Tables {
			if spec := &c.spec.Tables[i]; spec.Whole == whole {
				t := &c.doc.Tables[i]
				waiting = waitTable(waiting, spec, thousandths(focal.X, focal.Y, t.X, t.Y))
			}
		}
	}
	slices.SortStableFunc(waiting, func(a, b unranked) int { return cmp.Compare(a.distance, b.distance) })
	for i := range waiting {
		*waiting[i].rank = uint32(i)
	}
	for i := range c.spec.Tables {
		if spec := &c.spec.Tables[i]; !spec.Whole {
			spec.Rank = spec.Seats[0].Rank
		}
	}
}

// rankRow gives a row's seats their explicit ranks; those without one wait.
func rankRow(waiting []unranked, r *Row, seats []seatmap.SeatSpec, focal Point) []unranked {
	for i := range seats {
		seat := r.Seats.At(i)
		switch {
		case seat.Rank != nil:
			seats[i].Rank = *seat.Rank
		case r.Rank != nil:
			seats[i].Rank = *r.Rank
		default:
			waiting = append(waiting, unranked{&seats[i].Rank, thousandths(focal.X, focal.Y, seat.X, seat.Y)})
		}
	}
	return waiting
}

// waitTable puts a table that is sold whole, or every seat of one that is not, behind those who wait.
func waitTable(waiting []unranked, spec *seatmap.TableSpec, distance int64) []unranked {
	if spec.Whole {
		return append(waiting, unranked{&spec.Rank, distance})
	}
	for i := range spec.Seats {
		waiting = append(waiting, unranked{&spec.Seats[i].Rank, distance})
	}
	return waiting
}
