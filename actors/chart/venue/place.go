package venue

import (
	"math"
	"strconv"

	"github.com/parterre/parterre/actors/chart"
)

// cm rounds metres to whole centimetres, and never to a negative zero.
func cm(metres float64) float64 { return math.Round(float64(metres*100)) + 0 }

// place turns strips into seats, numbered from 1 in each row.
func (p *plan) place() {
	for i := range p.blocks {
		for j := range p.blocks[i].rows {
			p.placeRow(&p.blocks[i].rows[j])
		}
	}
}

func (p *plan) placeRow(r *row) {
	r.seats = make([]chart.Seat, 0, r.count())
	for k := range r.strips {
		s := &r.strips[k]
		for _, along := range s.along(p.pitch) {
			x, y := s.lane.at(r.offset, along)
			r.seats = append(r.seats, chart.Seat{Key: strconv.Itoa(len(r.seats) + 1), X: cm(x), Y: cm(y)})
		}
		r.ends = append(r.ends, len(r.seats))
		if k < len(r.strips)-1 && len(r.seats) > 0 {
			r.seats[len(r.seats)-1].AisleAfter = true
		}
	}
}

// asRun is the row's seats as a run, if they stand in a line at equal distances, have numbers from 1 and nothing else.
func asRun(seats []chart.Seat) *chart.Run {
	if len(seats) < 3 {
		return nil
	}
	run := &chart.Run{
		Count: int64(len(seats)), First: 1, X: seats[0].X, Y: seats[0].Y,
		DX: seats[1].X - seats[0].X, DY: seats[1].Y - seats[0].Y,
	}
	for i, seat := range seats {
		plain := chart.Seat{Key: strconv.Itoa(i + 1), X: run.X + float64(float64(i)*run.DX), Y: run.Y + float64(float64(i)*run.DY)}
		if seat != plain {
			return nil
		}
	}
	return run
}

// document is the finished drawing.
func (p *plan) document() *chart.Document {
	d := &chart.Document{
		Name: p.name, FocalPoint: &chart.Point{}, Categories: p.categories(), Areas: p.areas, Tables: p.tables,
	}
	for i := range p.blocks {
		b := &p.blocks[i]
		section := chart.Section{Key: b.key, Name: b.name, Category: b.commonest()}
		for j := range b.rows {
			section.Rows = append(section.Rows, b.rows[j].drawn(section.Category))
		}
		d.Sections = append(d.Sections, section)
	}
	return d
}

// drawn is a row as it is written: what it inherits is left out.
func (r *row) drawn(inherited string) chart.Row {
	out := chart.Row{Key: r.key}
	common := r.commonest()
	if common != inherited {
		out.Category = common
	}
	for i := range r.seats {
		if r.seats[i].Category == common {
			r.seats[i].Category = ""
		}
	}
	if run := asRun(r.seats); run != nil {
		out.Seats.Run = run
	} else {
		out.Seats.List = r.seats
	}
	return out
}
