package chart

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/parterre/parterre/actors/seatmap"
)

// Parse reads a document from JSON and validates it. Errors: ErrTooLarge, *Malformed, *Invalid.
func Parse(data []byte) (*Document, error) {
	if len(data) > MaxDocumentBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(data), MaxDocumentBytes)
	}
	if err := checkJSON(data); err != nil {
		return nil, err
	}
	w := newWalker(data)
	doc := &Document{}
	w.document(doc)
	if found := w.judge(doc); len(found) != 0 {
		return nil, &Invalid{Problems: found}
	}
	return doc, nil
}

// checkJSON makes sure that data is one JSON value in UTF-8.
func checkJSON(data []byte) error {
	if !utf8.Valid(data) {
		return &Malformed{Reason: "not UTF-8"}
	}
	if json.Valid(data) {
		return nil
	}
	var syntax *json.SyntaxError
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); errors.As(err, &syntax) {
		return &Malformed{Offset: syntax.Offset, Reason: syntax.Error()}
	}
	return &Malformed{Reason: "not JSON"}
}

// judge joins the problems met while reading with those of the whole, one for each field: a field that could not be
// read is empty now, and to say that too would only confuse.
func (w *walker) judge(doc *Document) []Problem {
	if w.overfull {
		return w.found.list
	}
	told := make(map[string]bool, len(w.found.list))
	for _, p := range w.found.list {
		told[p.Field] = true
	}
	for _, p := range doc.Validate() {
		if !told[p.Field] {
			w.found.add(p.Field, "%s", p.Reason)
		}
	}
	return w.found.list
}

// room is how many more things of each kind a document may have.
type room struct{ categories, sections, rows, seats, areas, tables int }

func (w *walker) document(d *Document) {
	left := room{
		categories: seatmap.MaxCategories, sections: seatmap.MaxSections, rows: seatmap.MaxRows, seats: seatmap.MaxSeats,
		areas: seatmap.MaxAreas, tables: seatmap.MaxTables,
	}
	w.object(func(name string) bool {
		switch name {
		case "name":
			w.text(&d.Name)
		case "focal_point":
			d.FocalPoint = &Point{}
			w.point(d.FocalPoint)
		case "categories":
			w.list(&left.categories, "categories", seatmap.MaxCategories, func() {
				d.Categories = append(d.Categories, w.category())
			})
		case "sections":
			w.list(&left.sections, "sections", seatmap.MaxSections, func() {
				d.Sections = append(d.Sections, w.section(&left))
			})
		case "areas":
			w.list(&left.areas, "areas", seatmap.MaxAreas, func() { d.Areas = append(d.Areas, w.area()) })
		case "tables":
			w.list(&left.tables, "tables", seatmap.MaxTables, func() { d.Tables = append(d.Tables, w.table()) })
		default:
			return false
		}
		return true
	})
}

func (w *walker) point(p *Point) {
	w.object(func(name string) bool {
		switch name {
		case "x":
			w.number(&p.X)
		case "y":
			w.number(&p.Y)
		default:
			return false
		}
		return true
	})
}

func (w *walker) category() (c Category) {
	w.object(func(name string) bool {
		switch name {
		case "key":
			w.text(&c.Key)
		case "name":
			w.text(&c.Name)
		case "color":
			w.text(&c.Color)
		default:
			return false
		}
		return true
	})
	return c
}

func (w *walker) area() (a Area) {
	w.object(func(name string) bool {
		switch name {
		case "key":
			w.text(&a.Key)
		case "name":
			w.text(&a.Name)
		case "category":
			w.text(&a.Category)
		case "capacity":
			w.whole(&a.Capacity)
		case "x":
			w.number(&a.X)
		case "y":
			w.number(&a.Y)
		case "width":
			w.number(&a.Width)
		case "height":
			w.number(&a.Height)
		default:
			return false
		}
		return true
	})
	return a
}

func (w *walker) table() (t Table) {
	w.object(func(name string) bool {
		switch name {
		case "key":
			w.text(&t.Key)
		case "category":
			w.text(&t.Category)
		case "seats":
			w.whole(&t.Seats)
		case "book":
			w.text(&t.Book)
		case "x":
			w.number(&t.X)
		case "y":
			w.number(&t.Y)
		default:
			return false
		}
		return true
	})
	return t
}
