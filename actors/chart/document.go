package chart

import (
	"strconv"

	"github.com/parterre/parterre/actors/command"
)

// Limits of a document, besides those of package seatmap.
const (
	MaxDocumentBytes = command.MaxDocumentBytes
	MaxCoordinate    = 1e6           // of x and y, either way, in any unit
	MaxRank          = 1_000_000_000 // of an explicit rank
	MaxSeatNumber    = 1_000_000     // of a seat that is numbered and not named
	MaxTableSeats    = 1_000         // at one table
	MaxColorBytes    = 64
)

// Document is the drawing of a venue. The tags name its fields, which stand in the canonical form in this order; an
// empty field is left out there.
type Document struct {
	Name       string     `json:"name,omitempty"`
	FocalPoint *Point     `json:"focal_point,omitempty"` // what everybody looks at; the origin if absent
	Categories []Category `json:"categories,omitempty"`
	Sections   []Section  `json:"sections,omitempty"`
	Areas      []Area     `json:"areas,omitempty"`
	Tables     []Table    `json:"tables,omitempty"`
}

// Point is a place in the drawing.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// Category is a price category.
type Category struct {
	Key   string `json:"key"`
	Name  string `json:"name,omitempty"`
	Color string `json:"color,omitempty"`
}

// Section is a part of the venue. Its rows inherit its category.
type Section struct {
	Key      string `json:"key,omitempty"`
	Name     string `json:"name,omitempty"`
	Category string `json:"category,omitempty"`
	Rows     []Row  `json:"rows,omitempty"`
}

// Row is a row of seats, in the order in which they stand. Its seats inherit its category and its rank.
type Row struct {
	Key      string  `json:"key,omitempty"`
	Category string  `json:"category,omitempty"`
	Rank     *uint32 `json:"rank,omitempty"`
	Seats    Seats   `json:"seats"`
}

// Seats are a row's seats: a list, or a run if Run is set.
type Seats struct {
	List []Seat
	Run  *Run
}

// Seat is one numbered seat.
type Seat struct {
	Key            string  `json:"key"`
	Category       string  `json:"category,omitempty"`
	X              float64 `json:"x,omitempty"`
	Y              float64 `json:"y,omitempty"`
	Rank           *uint32 `json:"rank,omitempty"` // 0 is best; without one the distance to the focal point decides
	Accessible     bool    `json:"accessible,omitempty"`
	Companion      bool    `json:"companion,omitempty"`
	RestrictedView bool    `json:"restricted_view,omitempty"`
	AisleAfter     bool    `json:"aisle_after,omitempty"` // the next seat of the row is no neighbour
}

// Run is Count seats in a line: the first one's key is the number First and it stands at X, Y; each further one has
// the next number and stands DX, DY from the one before.
type Run struct {
	Count int64   `json:"count"`
	First int64   `json:"first"` // 1 where a document does not say
	X     float64 `json:"x,omitempty"`
	Y     float64 `json:"y,omitempty"`
	DX    float64 `json:"dx,omitempty"`
	DY    float64 `json:"dy,omitempty"`
}

// Area is a general-admission area. Its rectangle is for drawing only.
type Area struct {
	Key      string  `json:"key"`
	Name     string  `json:"name,omitempty"`
	Category string  `json:"category"`
	Capacity int64   `json:"capacity"`
	X        float64 `json:"x,omitempty"`
	Y        float64 `json:"y,omitempty"`
	Width    float64 `json:"width,omitempty"`
	Height   float64 `json:"height,omitempty"`
}

// How a table is sold.
const (
	BookWhole = "whole" // as one place, under the table's key
	BookSeat  = "seat"  // seat by seat, under <key>-1, <key>-2, …
)

// Table is a number of seats around a table.
type Table struct {
	Key      string  `json:"key"`
	Category string  `json:"category"`
	Seats    int64   `json:"seats"`
	Book     string  `json:"book"`
	X        float64 `json:"x,omitempty"`
	Y        float64 `json:"y,omitempty"`
}

// Len is the number of seats.
func (s *Seats) Len() int {
	if s.Run != nil {
		return int(s.Run.Count)
	}
	return len(s.List)
}

// At is seat i, whichever form the row has.
func (s *Seats) At(i int) Seat {
	if s.Run == nil {
		return s.List[i]
	}
	r := s.Run
	// The conversions keep a machine from fusing product and sum, which would round once instead of twice.
	return Seat{
		Key: strconv.FormatInt(r.First+int64(i), 10),
		X:   r.X + float64(float64(i)*r.DX),
		Y:   r.Y + float64(float64(i)*r.DY),
	}
}

// Seats is the number of seats in rows and at tables, those of tables sold whole included: what the limit of
// seatmap.MaxSeats counts.
func (d *Document) Seats() int {
	n := 0
	for i := range d.Sections {
		for j := range d.Sections[i].Rows {
			n += d.Sections[i].Rows[j].Seats.Len()
		}
	}
	for i := range d.Tables {
		n += int(d.Tables[i].Seats)
	}
	return n
}

// appendLabel appends the label of a seat: its non-empty keys, joined.
func appendLabel(b []byte, section, row, seat string) []byte {
	for _, key := range [...]string{section, row} {
		if key != "" {
			b = append(append(b, key...), '-')
		}
	}
	return append(b, seat...)
}

// appendTableLabel appends the label of a seat of a table, counted from 1.
func appendTableLabel(b []byte, table string, number int) []byte {
	return strconv.AppendInt(append(append(b, table...), '-'), int64(number), 10)
}
