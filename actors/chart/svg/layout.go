package svg

import (
	"math"
	"slices"

	"github.com/parterre/parterre/actors/chart"
)

// The picture's size, in its units.
const (
	seatPitch = 10.0     // from seat to seat, at least
	minExtent = 1_100.0  // of the longer side: a smaller drawing is enlarged
	maxExtent = 20_000.0 // a larger one is reduced
	maxPitch  = 44.0
)

// point is a place in the picture.
type point struct{ x, y float64 }

// box is a rectangle that grows.
type box struct{ left, top, right, bottom float64 }

func emptyBox() box { return box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)} }

func (b *box) add(p point, around float64) {
	b.left, b.top = min(b.left, p.x-around), min(b.top, p.y-around)
	b.right, b.bottom = max(b.right, p.x+around), max(b.bottom, p.y+around)
}

func (b *box) extent() float64 { return max(b.right-b.left, b.bottom-b.top, 0) }

// layout is where everything stands, in the picture's units.
type layout struct {
	seats  []point // of rows, in chart order
	tables []point
	areas  []box
	focal  point
	pitch  float64 // from seat to seat
	bounds box     // of all of it
}

// arrange places everything. A drawing without coordinates gets rows one below the other; areas without a rectangle
// stand below everything else.
func arrange(d *chart.Document) layout {
	var l layout
	rows := rowLengths(d)
	for i := range d.Sections {
		for j := range d.Sections[i].Rows {
			seats := &d.Sections[i].Rows[j].Seats
			for k := range seats.Len() {
				seat := seats.At(k)
				l.seats = append(l.seats, point{seat.X, seat.Y})
			}
		}
	}
	for i := range d.Tables {
		l.tables = append(l.tables, point{d.Tables[i].X, d.Tables[i].Y})
	}
	if d.FocalPoint != nil {
		l.focal = point{d.FocalPoint.X, d.FocalPoint.Y}
	}
	l.pitch = medianGap(l.seats, rows)
	if l.pitch == 0 && flat(l.seats) {
		stack(l.seats, rows)
		l.pitch = 1
	}
	if l.pitch == 0 {
		l.pitch = max(l.reach().extent()/100, 1e-3)
	}
	l.scale(d)
	return l
}

func rowLengths(d *chart.Document) (rows []int) {
	for i := range d.Sections {
		for j := range d.Sections[i].Rows {
			rows = append(rows, d.Sections[i].Rows[j].Seats.Len())
		}
	}
	return rows
}

// medianGap is the median distance between neighbours of a row.
func medianGap(seats []point, rows []int) float64 {
	var gaps []float64
	start := 0
	for _, n := range rows {
		for i := start + 1; i < start+n; i++ {
			if g := math.Hypot(seats[i].x-seats[i-1].x, seats[i].y-seats[i-1].y); g > 0 {
				gaps = append(gaps, g)
			}
		}
		start += n
	}
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}

func flat(seats []point) bool {
	return len(seats) > 1 && !slices.ContainsFunc(seats, func(p point) bool { return p != seats[0] })
}

// stack places rows one below the other.
func stack(seats []point, rows []int) {
	start := 0
	for j, n := range rows {
		for i := range n {
			seats[start+i] = point{float64(i) - float64(n-1)/2, 2 + 1.6*float64(j)}
		}
		start += n
	}
}

// reach is the box of seats and tables, without anything about them.
func (l *layout) reach() *box {
	b := emptyBox()
	for _, list := range [][]point{l.seats, l.tables} {
		for _, p := range list {
			b.add(p, 0)
		}
	}
	return &b
}

// scale turns the drawing's units into the picture's.
func (l *layout) scale(d *chart.Document) {
	b := *l.reach()
	for i := range d.Areas {
		if a := &d.Areas[i]; a.Width > 0 && a.Height > 0 {
			b.add(point{a.X, a.Y}, 0)
			b.add(point{a.X + a.Width, a.Y + a.Height}, 0)
		}
	}
	f := seatPitch / l.pitch
	if extent := b.extent(); extent > 0 {
		f = min(max(f, min(minExtent/extent, maxPitch/l.pitch)), maxExtent/extent)
	}
	l.pitch *= f
	l.focal = point{l.focal.x * f, l.focal.y * f}
	l.bounds = emptyBox()
	for i := range l.seats {
		l.seats[i] = point{l.seats[i].x * f, l.seats[i].y * f}
		l.bounds.add(l.seats[i], l.pitch)
	}
	for i := range l.tables {
		l.tables[i] = point{l.tables[i].x * f, l.tables[i].y * f}
		l.bounds.add(l.tables[i], l.ring(d.Tables[i].Seats)+l.pitch)
	}
	l.placeAreas(d, f)
}

func (l *layout) placeAreas(d *chart.Document, f float64) {
	var without []int
	for i := range d.Areas {
		a := &d.Areas[i]
		b := box{a.X * f, a.Y * f, (a.X + a.Width) * f, (a.Y + a.Height) * f}
		l.areas = append(l.areas, b)
		if a.Width <= 0 || a.Height <= 0 {
			without = append(without, i)
			continue
		}
		l.bounds.add(point{b.left, b.top}, 0)
		l.bounds.add(point{b.right, b.bottom}, 0)
	}
	if math.IsInf(l.bounds.left, 1) {
		l.bounds = box{0, 0, minExtent / 2, 0}
	}
	for _, i := range without {
		top := l.bounds.bottom + 2*l.pitch
		l.areas[i] = box{l.bounds.left, top, l.bounds.right, top + max(6*l.pitch, l.bounds.extent()/14)}
		l.bounds.bottom = l.areas[i].bottom
	}
}

// ring is the radius on which so many chairs stand about a table.
func (l *layout) ring(chairs int64) float64 {
	return max(1.35*l.pitch, float64(chairs)*l.pitch/(2*math.Pi)+0.1*l.pitch)
}
