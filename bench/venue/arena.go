// Package venue draws venues for the demo and the benchmarks: a chart as the HTTP API takes it, and the labels in it. It is
// plainer than the venues of `parterre chart make`, and knows nothing of the server's packages: a shop draws its own.
package venue

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Arena is an arena in the round: blocks of curved rows about a stage, a standing area before it, tables beside it.
type Arena struct {
	// Document is the chart for PUT /v1/charts/{chart}.
	Document []byte
	// Rows are the rows of seats, the front rows of all blocks first, then the second ones, and so on outwards.
	Rows []Row
	// Standing is the key of the standing area, Capacity its places.
	Standing string
	Capacity int
	// Tables are the keys of the tables, each sold whole.
	Tables []string
}

// Row is one row of seats.
type Row struct {
	Labels []string
	// First is the place of the row's first seat in the seat map's states; the others follow.
	First int
}

// Places is the number of things that can be sold: seats, standing places and tables.
func (a *Arena) Places() int {
	n := a.Capacity + len(a.Tables)
	for _, row := range a.Rows {
		n += len(row.Labels)
	}
	return n
}

// The shape of the arena: categories by distance, metres for coordinates.
const (
	blocks         = 24
	firstRowRadius = 22.0
	rowDepth       = 0.9
	seatPitch      = 0.55
	aisleAngle     = 0.035 // radians kept free at each side of a block
	standingShare  = 10    // one standing place for so many seats
	tableShare     = 1500  // one table for so many seats
)

type (
	document struct {
		Name       string     `json:"name"`
		FocalPoint point      `json:"focal_point"`
		Categories []category `json:"categories"`
		Sections   []section  `json:"sections"`
		Areas      []area     `json:"areas,omitempty"`
		Tables     []table    `json:"tables,omitempty"`
	}
	point struct {
		X float64 `json:"x"`
		Y float64 `json:"y"`
	}
	category struct {
		Key   string `json:"key"`
		Name  string `json:"name"`
		Color string `json:"color"`
	}
	section struct {
		Key  string `json:"key"`
		Name string `json:"name"`
		Rows []row  `json:"rows"`
	}
	row struct {
		Key      string `json:"key"`
		Category string `json:"category"`
		Seats    []seat `json:"seats"`
	}
	seat struct {
		Key string  `json:"key"`
		X   float64 `json:"x"`
		Y   float64 `json:"y"`
	}
	area struct {
		Key      string `json:"key"`
		Name     string `json:"name"`
		Category string `json:"category"`
		Capacity int    `json:"capacity"`
	}
	table struct {
		Key      string  `json:"key"`
		Category string  `json:"category"`
		Seats    int     `json:"seats"`
		Book     string  `json:"book"`
		X        float64 `json:"x"`
		Y        float64 `json:"y"`
	}
)

// Prices are the categories' prices in minor units, as PUT /v1/events/{event} takes them.
func Prices() map[string]int64 {
	return map[string]int64{"front": 18_000, "middle": 12_000, "back": 6_500, "standing": 9_000, "table": 120_000}
}

// NewArena draws an arena with exactly the given number of seats, and standing places and tables in proportion.
func NewArena(seats int) *Arena {
	a := &Arena{Standing: "Floor", Capacity: seats / standingShare}
	doc := document{
		Name: fmt.Sprintf("Arena of %d seats", seats),
		Categories: []category{
			{"front", "Front", "#c0392b"},
			{"middle", "Middle", "#e67e22"},
			{"back", "Back", "#2980b9"},
			{"standing", "Standing", "#7f8c8d"},
			{"table", "Table", "#8e44ad"},
		},
		Areas: []area{{a.Standing, "Standing before the stage", "standing", a.Capacity}},
	}
	if a.Capacity == 0 {
		doc.Areas = nil
	}
	for block := range blocks {
		doc.Sections = append(doc.Sections, section{Key: string(rune('A' + block)), Name: fmt.Sprintf("Block %c", 'A'+block)})
	}
	for ring, left := 0, seats; left > 0; ring++ {
		for block := 0; block < blocks && left > 0; block++ {
			r := curvedRow(block, ring, left)
			left -= len(r.Seats)
			doc.Sections[block].Rows = append(doc.Sections[block].Rows, r)
		}
	}
	a.Rows = rowsOf(doc.Sections)
	for i := range seats / tableShare {
		angle := 2 * math.Pi * float64(i) / float64(max(1, seats/tableShare))
		t := table{
			Key: "T" + strconv.Itoa(i+1), Category: "table", Seats: 8, Book: "whole",
			X: centimetres(math.Cos(angle) * 16), Y: centimetres(math.Sin(angle) * 16),
		}
		doc.Tables, a.Tables = append(doc.Tables, t), append(a.Tables, t.Key)
	}
	doc.Sections = slices.DeleteFunc(doc.Sections, func(s section) bool { return len(s.Rows) == 0 })
	text, err := json.Marshal(doc)
	if err != nil {
		panic(err) // plain data always marshals
	}
	a.Document = text
	return a
}

// rowsOf labels the rows and orders them by their distance from the stage.
func rowsOf(sections []section) []Row {
	var rings [][]Row
	first := 0
	for _, s := range sections {
		for ring, r := range s.Rows {
			labels := make([]string, 0, len(r.Seats))
			for _, seat := range r.Seats {
				labels = append(labels, s.Key+"-"+r.Key+"-"+seat.Key)
			}
			if ring == len(rings) {
				rings = append(rings, nil)
			}
			rings[ring] = append(rings[ring], Row{Labels: labels, First: first})
			first += len(labels)
		}
	}
	return slices.Concat(rings...)
}

// curvedRow is row number ring of a block, of at most limit seats.
func curvedRow(block, ring, limit int) row {
	radius := firstRowRadius + float64(ring)*rowDepth
	width := 2*math.Pi/blocks - 2*aisleAngle
	count := min(int(width*radius/seatPitch), limit)
	r := row{Key: strconv.Itoa(ring + 1), Category: categoryOf(ring)}
	from := 2*math.Pi*float64(block)/blocks + aisleAngle
	for i := range count {
		angle := from + (float64(i)+0.5)*seatPitch/radius
		r.Seats = append(r.Seats, seat{
			Key: strconv.Itoa(i + 1), X: centimetres(math.Cos(angle) * radius), Y: centimetres(math.Sin(angle) * radius),
		})
	}
	return r
}

func categoryOf(ring int) string {
	switch {
	case ring < 8:
		return "front"
	case ring < 25:
		return "middle"
	default:
		return "back"
	}
}

// centimetres rounds metres, so that a chart does not carry noise digits.
func centimetres(metres float64) float64 { return math.Round(metres*100) / 100 }
