package pretix

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parterre/parterre/actors/chart"
)

// reader is the reading of one seating plan.
type reader struct {
	doc      *chart.Document
	problems []Problem
	notes    []Note
	guids    map[string]string // fields of seats
	labels   map[string]string // fields of seats
	known    map[string]bool   // names of categories
	keys     map[string]bool   // of sections
	focal    bool              // an area was named as stage
	box      [4]float64        // left, top, right and bottom of all seats
	zones    []int             // of the document's sections
	rows     [][]int           // of the sections' rows
	tables   []string          // fields of rows that became tables
}

// Read turns a seating plan into a chart. The notes tell what of it is not in the chart. Errors: *Invalid,
// chart.ErrTooLarge.
func Read(data []byte) (*chart.Document, []Note, error) {
	if len(data) > chart.MaxDocumentBytes {
		return nil, nil, fmt.Errorf("%w: %d bytes, at most %d", chart.ErrTooLarge, len(data), chart.MaxDocumentBytes)
	}
	r := &reader{
		doc: &chart.Document{}, guids: map[string]string{}, labels: map[string]string{}, known: map[string]bool{}, keys: map[string]bool{},
		box: [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)},
	}
	r.read(data)
	if len(r.problems) == 0 {
		for _, p := range r.doc.Validate() {
			r.problem(r.origin(p.Field), "%s", p.Reason)
		}
	}
	if len(r.problems) > 0 {
		return nil, nil, &Invalid{Problems: r.problems}
	}
	return r.doc, r.notes, nil
}

func (r *reader) read(data []byte) {
	var p seatingPlan
	if !utf8.Valid(data) {
		r.problem("", "not UTF-8")
		return
	}
	if !r.decode("", data, &p) {
		return
	}
	if p.Zones == nil {
		r.problem("zones", "is needed: this is no seating plan of pretix")
		return
	}
	r.doc.Name = clean(p.Name)
	for i, raw := range p.Categories {
		var c category
		if r.decode(fmt.Sprintf("categories[%d]", i), raw, &c) {
			r.known[clean(c.Name)] = true
			r.doc.Categories = append(r.doc.Categories, chart.Category{Key: clean(c.Name), Name: clean(c.Name), Color: clean(c.Color)})
		}
	}
	for i, raw := range p.Zones {
		field := fmt.Sprintf("zones[%d]", i)
		var z zone
		if r.decode(field, raw, &z) {
			r.zone(i, field, &z)
		}
	}
	if !r.focal {
		r.guessFocal()
	}
}

// zone reads a zone's areas and rows into a section.
func (r *reader) zone(number int, field string, z *zone) {
	at := r.at(field, z.Position, position{})
	tops := r.areas(field, z, at)
	s := chart.Section{Key: r.sectionKey(number, field, z), Name: clean(z.Name)}
	var rows []int
	for i, raw := range z.Rows {
		var in row
		path := fmt.Sprintf("%s.rows[%d]", field, i)
		if !r.decode(path, raw, &in) {
			continue
		}
		out, ok := r.row(path, s.Key, &in, at)
		if !ok {
			continue
		}
		if table, ok := tops.about(s.Key, &out); ok {
			r.doc.Tables, r.tables = append(r.doc.Tables, table), append(r.tables, path)
			r.note(path, "its seats stand about a round area: it is the table %q, sold by seat", table.Key)
			continue
		}
		s.Rows = append(s.Rows, out)
		rows = append(rows, i)
	}
	for _, t := range tops {
		if !t.used {
			r.note(t.field, "is decoration and left out: no row of seats numbered 1, 2, … stands about it")
		}
	}
	if len(s.Rows) > 0 {
		r.doc.Sections = append(r.doc.Sections, s)
		r.zones, r.rows = append(r.zones, number), append(r.rows, rows)
	}
}

// sectionKey is a key that no other zone has.
func (r *reader) sectionKey(number int, field string, z *zone) string {
	key := clean(z.ZoneID)
	if key == "" {
		key = clean(z.Name)
	}
	if key == "" {
		key = fmt.Sprint(number + 1)
		r.note(field, "has neither zone_id nor name: its key is %q", key)
	}
	if r.keys[key] {
		first := key
		for n := 2; r.keys[key]; n++ {
			key = fmt.Sprintf("%s %d", first, n)
		}
		r.note(field, "another zone is %q too: its key is %q", first, key)
	}
	r.keys[key] = true
	return key
}

// at adds a position to that of what it is in.
func (r *reader) at(field string, p *position, in position) position {
	if p == nil {
		r.problem(field+".position", "is needed")
		return in
	}
	return position{in.X + p.X, in.Y + p.Y}
}

func (r *reader) row(field, section string, in *row, zone position) (chart.Row, bool) {
	out := chart.Row{Key: clean(in.RowNumber)}
	at := zone
	if in.Position != nil { // rows of the first version of the format have none
		at = r.at(field, in.Position, zone)
	}
	for k, raw := range in.Seats {
		var s seat
		path := fmt.Sprintf("%s.seats[%d]", field, k)
		if !r.decode(path, raw, &s) {
			continue
		}
		p := r.at(path, s.Position, at)
		r.identity(path, section+"\x00"+out.Key+"\x00"+clean(s.SeatNumber), &s)
		r.box = [4]float64{min(r.box[0], p.X), min(r.box[1], p.Y), max(r.box[2], p.X), max(r.box[3], p.Y)}
		out.Seats.List = append(out.Seats.List, chart.Seat{Key: clean(s.SeatNumber), Category: clean(s.Category), X: p.X, Y: p.Y})
	}
	if len(in.Seats) == 0 {
		r.note(field, "has no seat and is left out")
	}
	return inherit(out), len(out.Seats.List) > 0
}

// identity checks that a seat is named, and by names of its own: pretix tells seats apart by seat_guid, a chart by zone,
// row and number, as do the people in the house.
func (r *reader) identity(field, label string, s *seat) {
	switch other := r.guids[s.SeatGUID]; {
	case s.SeatGUID == "":
		r.problem(field+".seat_guid", "is needed")
	case other != "":
		r.problem(field+".seat_guid", "%q is also the one of %s", s.SeatGUID, other)
	default:
		r.guids[s.SeatGUID] = field
	}
	switch name := clean(s.Category); {
	case name == "":
		r.problem(field+".category", "is needed")
	case !r.known[name]:
		r.problem(field+".category", "there is no category with the name %q", name)
	}
	switch other := r.labels[label]; {
	case clean(s.SeatNumber) == "":
		r.problem(field+".seat_number", "is needed")
	case other != "":
		r.problem(field+".seat_number", "%s has the same zone, row and number: give one of their rows another row_number", other)
	default:
		r.labels[label] = field
	}
}

// inherit moves a category that all seats of a row have to the row.
func inherit(r chart.Row) chart.Row {
	for i := range r.Seats.List {
		if r.Seats.List[i].Category != r.Seats.List[0].Category {
			return r
		}
	}
	for i := range r.Seats.List {
		r.Category, r.Seats.List[i].Category = r.Seats.List[i].Category, ""
	}
	return r
}

// origin turns a path in the chart into one in the seating plan.
func (r *reader) origin(field string) string {
	var section, row, table int
	out, rest := "", field
	if n, _ := fmt.Sscanf(field, "tables[%d]", &table); n == 1 {
		return r.tables[table]
	}
	n, _ := fmt.Sscanf(field, "sections[%d].rows[%d]", &section, &row)
	if n == 0 {
		return strings.Replace(field, "sections", "zones", 1)
	}
	name := ".zone_id"
	out, rest = fmt.Sprintf("zones[%d]", r.zones[section]), strings.TrimPrefix(rest, fmt.Sprintf("sections[%d]", section))
	if n == 2 {
		name = ".row_number"
		out, rest = fmt.Sprintf("%s.rows[%d]", out, r.rows[section][row]), strings.TrimPrefix(rest, fmt.Sprintf(".rows[%d]", row))
	}
	if strings.HasPrefix(rest, ".seats[") {
		name = ".seat_number"
	}
	if before, ok := strings.CutSuffix(rest, ".key"); ok {
		rest = before + name
	}
	return out + rest
}

// clean makes a text one that a chart takes: without control characters, and without space about it.
func clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsPrint(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, s))
}
