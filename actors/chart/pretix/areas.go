package pretix

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/parterre/parterre/actors/chart"
)

// top is a round area that may be a table's top.
type top struct {
	position
	radius float64
	field  string
	used   bool
}

type tops []*top

// How far from a table's edge its seats' middles may be, in parts of its radius and in the plan's pixels.
const (
	insideEdge    = 0.7
	beyondEdge    = 1.6
	beyondEdgePix = 35
)

// areas reads a zone's areas: a stage gives the focal point, round ones may be tables, the others are decoration.
func (r *reader) areas(field string, z *zone, at position) (out tops) {
	for i, raw := range z.Areas {
		var a area
		path := fmt.Sprintf("%s.areas[%d]", field, i)
		if !r.decode(path, raw, &a) {
			continue
		}
		middle := a.middle()
		p := position{at.X + middle.X, at.Y + middle.Y}
		if stage(a.words()) && !r.focal {
			r.focal = true
			r.doc.FocalPoint = &chart.Point{X: p.X, Y: p.Y}
			r.note(path, "%q is the focal point", clean(a.words()))
			continue
		}
		if radius, ok := a.round(); ok {
			out = append(out, &top{position: p, radius: radius, field: path})
			continue
		}
		name := a.Shape
		if words := clean(a.words()); words != "" {
			name = strconv.Quote(words)
		}
		r.note(path, "%s is decoration and left out: an area of pretix has no capacity", name)
	}
	return out
}

// stage reports whether a text on an area says that it is what everybody looks at.
func stage(text string) bool {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" \t\n-/,.()", r) })
	return slices.ContainsFunc(words, func(w string) bool {
		return slices.Contains([]string{
			"stage", "bühne", "buehne", "scène", "scene", "escenario", "palco", "palcoscenico", "podium", "scena", "screen", "leinwand",
		}, w)
	})
}

// about makes a table of a row whose seats stand about one round area, if that keeps every label: seats numbered 1, 2, …
// in their order, and of one category.
func (t tops) about(section string, r *chart.Row) (chart.Table, bool) {
	seats := r.Seats.List
	if len(seats) < 2 || len(seats) > chart.MaxTableSeats || r.Category == "" || r.Key == "" {
		return chart.Table{}, false
	}
	for i := range seats {
		if seats[i].Key != fmt.Sprint(i+1) {
			return chart.Table{}, false
		}
	}
	for _, top := range t {
		far := max(beyondEdge*top.radius, top.radius+beyondEdgePix)
		if !slices.ContainsFunc(seats, func(s chart.Seat) bool {
			d := math.Hypot(s.X-top.X, s.Y-top.Y)
			return d < insideEdge*top.radius || d > far
		}) {
			top.used = true
			return chart.Table{
				Key: section + "-" + r.Key, Category: r.Category, Seats: int64(len(seats)), Book: chart.BookSeat, X: top.X, Y: top.Y,
			}, true
		}
	}
	return chart.Table{}, false
}

// guessFocal puts the focal point above the middle of the seats, where most plans have their stage.
func (r *reader) guessFocal() {
	if math.IsInf(r.box[0], 0) {
		return // there is no seat, which is told otherwise
	}
	x, y := math.Round((r.box[0]+r.box[2])/2), math.Round(r.box[1]-0.1*(r.box[3]-r.box[1]))
	r.doc.FocalPoint = &chart.Point{X: x, Y: y}
	r.note("zones", "no area says that it is the stage: the focal point is %g, %g, above the seats", x, y)
}
