package venue

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Limits of a document, which are the API's.
const (
	MaxDocumentBytes = 16 << 20
	MaxSeats         = 200_000
)

// ErrSize says that a document exceeds a limit.
var ErrSize = errors.New("venue: document too large")

// Venue is a chart as a shopper sees it.
type Venue struct {
	Name string
	// Document is the chart for PUT /v1/charts/{chart}.
	Document []byte
	// Categories and Sections are their keys, in chart order.
	Categories, Sections []string
	// Labels are the seats' labels in the order of the seat map's states.
	Labels []string
	// Rows are the runs of neighbours (rows cut at their aisles, and tables sold by seat), from the front to the back.
	Rows []Row
	// Areas are the standing areas, and Tables the keys of the tables that are sold whole, as the seat map lists them.
	Areas  []Area
	Tables []string
}

// Row is a run of neighbours.
type Row struct {
	// Labels are part of Venue.Labels, from First on.
	Labels []string
	First  int
}

// Area is a standing area.
type Area struct {
	Key      string
	Capacity int
}

// Read reads a chart document. What the API would refuse in it is not looked for; a shop need not know.
func Read(text []byte) (*Venue, error) {
	if len(text) > MaxDocumentBytes {
		return nil, ErrSize
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("venue: chart document: %w", err)
	}
	r := reader{doc: &d, venue: &Venue{Name: d.Name, Document: text}}
	for _, c := range d.Categories {
		r.venue.Categories = append(r.venue.Categories, c.Key)
	}
	for _, a := range d.Areas {
		r.venue.Areas = append(r.venue.Areas, Area(a))
	}
	for i := range d.Sections {
		r.venue.Sections = append(r.venue.Sections, d.Sections[i].Key)
		for j := range d.Sections[i].Rows {
			r.row(d.Sections[i].Key, &d.Sections[i].Rows[j])
		}
	}
	for i := range d.Tables {
		if err := r.table(&d.Tables[i]); err != nil {
			return nil, err
		}
	}
	return r.finish()
}

// Seats is the number of seats that are sold by their own label.
func (v *Venue) Seats() int { return len(v.Labels) }

// Standing is the number of standing places.
func (v *Venue) Standing() int {
	n := 0
	for _, a := range v.Areas {
		n += a.Capacity
	}
	return n
}

// Places is the number of things that can be sold: seats, standing places and tables.
func (v *Venue) Places() int { return v.Seats() + v.Standing() + len(v.Tables) }

// Prices are made-up prices in minor units, as PUT /v1/events/{event} takes them: the first category is the dearest.
func (v *Venue) Prices() map[string]int64 {
	const dearest, step = 18_000, 500
	prices, n := make(map[string]int64, len(v.Categories)), int64(len(v.Categories))
	for i, key := range v.Categories {
		prices[key] = dearest * (n - int64(i)) / n / step * step
	}
	return prices
}

// reader makes a Venue of a document.
type reader struct {
	doc   *document
	venue *Venue
	runs  []run
}

// run is a Row before they are ordered.
type run struct {
	first, count int
	distance     int64 // of its middle from the focal point, in thousandths of the drawing's unit
}

// row adds a row's seats, and a run for each stretch between two aisles.
func (r *reader) row(section string, w *row) {
	gap := aisleGap(w.Seats)
	from := 0
	for i := range w.Seats {
		r.venue.Labels = append(r.venue.Labels, label(section, w.Key, w.Seats[i].Key))
		last := i == len(w.Seats)-1
		if last || w.Seats[i].AisleAfter || distance(&w.Seats[i], w.Seats[i+1].X, w.Seats[i+1].Y) > gap {
			middle := &w.Seats[(from+i)/2]
			r.run(i-from+1, distance(middle, r.doc.FocalPoint.X, r.doc.FocalPoint.Y))
			from = i + 1
		}
	}
}

func (r *reader) run(count int, distance int64) {
	r.runs = append(r.runs, run{first: len(r.venue.Labels) - count, count: count, distance: distance})
}

// table adds the seats of a table that is sold by seat, or the table. Those sold whole stand behind all seats in the map.
func (r *reader) table(t *table) error {
	if t.Book != "seat" {
		r.venue.Tables = append(r.venue.Tables, t.Key)
		return nil
	}
	if t.Seats < 0 || len(r.venue.Labels)+t.Seats > MaxSeats {
		return ErrSize
	}
	for i := range t.Seats {
		r.venue.Labels = append(r.venue.Labels, t.Key+"-"+strconv.Itoa(i+1))
	}
	if t.Seats > 0 {
		r.run(t.Seats, distance(&seat{X: t.X, Y: t.Y}, r.doc.FocalPoint.X, r.doc.FocalPoint.Y))
	}
	return nil
}

// finish orders the runs.
func (r *reader) finish() (*Venue, error) {
	if len(r.venue.Labels) > MaxSeats {
		return nil, ErrSize
	}
	slices.SortStableFunc(r.runs, func(a, b run) int { return cmp.Compare(a.distance, b.distance) })
	r.venue.Rows = make([]Row, len(r.runs))
	for i, n := range r.runs {
		r.venue.Rows[i] = Row{Labels: r.venue.Labels[n.first : n.first+n.count : n.first+n.count], First: n.first}
	}
	return r.venue, nil
}

// label joins the keys that are not empty.
func label(section, row, seat string) string {
	if row != "" {
		seat = row + "-" + seat
	}
	if section != "" {
		seat = section + "-" + seat
	}
	return seat
}

// distance is in thousandths of the drawing's unit. The conversions keep a machine from fusing product and sum.
func distance(s *seat, x, y float64) int64 {
	dx, dy := s.X-x, s.Y-y
	return int64(math.Round(float64(math.Sqrt(float64(dx*dx)+float64(dy*dy)) * 1000)))
}

// aisleGap is the distance between two seats of a row above which there is an aisle between them: 1.6 times the median of
// the row, as the server has it.
func aisleGap(row seats) int64 {
	if len(row) < 3 {
		return math.MaxInt64
	}
	gaps := make([]int64, len(row)-1)
	for i := range gaps {
		gaps[i] = distance(&row[i], row[i+1].X, row[i+1].Y)
	}
	slices.Sort(gaps)
	if median := gaps[(len(gaps)-1)/2]; median > 0 {
		return median * 16 / 10
	}
	return math.MaxInt64
}
