package main

import (
	"math"
	"strconv"

	"github.com/parterre/parterre/actors/chart"
	drawn "github.com/parterre/parterre/actors/chart/venue"
	"github.com/parterre/parterre/bench/venue"
)

// benchVenue is a venue for the demo and the benchmarks: one of `parterre chart make`, with as many standing places and
// tables as asked for.
type benchVenue struct {
	kind             drawn.Kind
	seats            int
	standing, tables int // standing < 0 = as drawn
	seed             uint64
}

// One standing place for so many seats, and one table.
const (
	seatsPerStanding = 10
	seatsPerTable    = 1_500
)

// arenaOf is the arena of the demo and of the benchmarks.
func arenaOf(seats int) (*venue.Venue, error) {
	return benchVenue{
		kind: drawn.Arena, seats: seats, standing: seats / seatsPerStanding, tables: seats / seatsPerTable, seed: 1,
	}.make()
}

// make draws the venue and reads it as a shop does.
func (b benchVenue) make() (*venue.Venue, error) {
	d, err := drawn.Make(drawn.Options{Kind: b.kind, Seats: b.seats, Seed: b.seed})
	if err != nil {
		return nil, err
	}
	if b.standing >= 0 {
		setStanding(d, int64(b.standing))
	}
	addTables(d, b.tables)
	return venue.Read(d.Canonical())
}

// setStanding gives the standing areas so many places in all, each its share.
func setStanding(d *chart.Document, places int64) {
	drawn, areas := int64(0), d.Areas[:0]
	for i := range d.Areas {
		drawn += d.Areas[i].Capacity
	}
	before, given := int64(0), int64(0)
	for _, a := range d.Areas {
		before += a.Capacity
		a.Capacity = places*before/drawn - given // of running sums, so that the shares add up
		given += a.Capacity
		if a.Capacity > 0 {
			areas = append(areas, a)
		}
	}
	d.Areas = areas
}

// A ring of tables, each sold whole.
const (
	tableCategory = "T"
	tableSeats    = 8
	tableRadius   = 1_200 // of the ring, in centimetres, the drawing's unit
)

func addTables(d *chart.Document, n int) {
	if n == 0 {
		return
	}
	d.Categories = append(d.Categories, chart.Category{Key: tableCategory, Name: "Table", Color: "#8e44ad"})
	for i := range n {
		angle := 2 * math.Pi * float64(i) / float64(n)
		d.Tables = append(d.Tables, chart.Table{
			Key: "VIP" + strconv.Itoa(i+1), Category: tableCategory, Seats: tableSeats, Book: chart.BookWhole,
			X: math.Round(math.Cos(angle) * tableRadius), Y: math.Round(math.Sin(angle) * tableRadius),
		})
	}
}
