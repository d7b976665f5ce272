package chart

import (
	"fmt"
	"math"
	"strings"
	"unicode"

	"github.com/parterre/parterre/actors/seatmap"
)

// Validate lists everything that breaks a rule, at most MaxProblems, in the order of the document; nil if nothing does.
// A document that breaks a limit of size gets no further checks.
func (d *Document) Validate() []Problem {
	c := &checker{doc: d, categories: make(map[string]bool), labels: make(map[string]bool)}
	if c.sizes() {
		c.head()
		c.sections()
		c.areas()
		c.tables()
	}
	return c.list
}

// checker is the validation of one document.
type checker struct {
	problems
	doc        *Document
	categories map[string]bool
	labels     map[string]bool // of seats, tables and areas: one name space
	label      []byte          // room to write labels in
}

// sizes checks what everything else relies on: that there are not too many things.
func (c *checker) sizes() bool {
	d, rows := c.doc, 0
	for i := range d.Sections {
		rows += len(d.Sections[i].Rows)
	}
	c.size("categories", len(d.Categories), seatmap.MaxCategories, "categories")
	c.size("sections", len(d.Sections), seatmap.MaxSections, "sections")
	c.size("sections", rows, seatmap.MaxRows, "rows")
	c.size("areas", len(d.Areas), seatmap.MaxAreas, "areas")
	c.size("tables", len(d.Tables), seatmap.MaxTables, "tables")
	seats := int64(0)
	for i := range d.Sections {
		for j := range d.Sections[i].Rows {
			seats += c.seatCount(i, j)
		}
	}
	for i := range d.Tables {
		seats += c.between(d.Tables[i].Seats, 1, MaxTableSeats, "tables[%d].seats", i)
	}
	if len(c.list) == 0 && seats > seatmap.MaxSeats {
		c.add("sections", "the chart has %d seats, at most %d are possible", seats, seatmap.MaxSeats)
	}
	if len(c.list) == 0 && seats == 0 && len(d.Areas) == 0 {
		c.add("sections", "the chart has no seat, no table and no area")
	}
	return len(c.list) == 0
}

func (c *checker) size(field string, n, limit int, what string) {
	if n > limit {
		c.add(field, "the chart has %d %s, at most %d are possible", n, what, limit)
	}
}

func (c *checker) seatCount(section, row int) int64 {
	seats := &c.doc.Sections[section].Rows[row].Seats
	if seats.Run != nil {
		return c.between(seats.Run.Count, 1, seatmap.MaxSeats, "sections[%d].rows[%d].seats.count", section, row)
	}
	if len(seats.List) == 0 {
		c.add(fmt.Sprintf("sections[%d].rows[%d].seats", section, row), "a row needs at least one seat")
	}
	return int64(len(seats.List))
}

// between checks a number and yields it, or 0 if it is out of bounds.
func (c *checker) between(n, least, most int64, field string, at ...any) int64 {
	if n < least || n > most {
		c.add(fmt.Sprintf(field, at...), "want a whole number from %d to %d", least, most)
		return 0
	}
	return n
}

func (c *checker) head() {
	d := c.doc
	c.name("name", d.Name, seatmap.MaxNameBytes)
	if d.FocalPoint != nil {
		c.coordinate("focal_point.x", d.FocalPoint.X)
		c.coordinate("focal_point.y", d.FocalPoint.Y)
	}
	for i := range d.Categories {
		category, field := &d.Categories[i], fmt.Sprintf("categories[%d].", i)
		if c.key(field+"key", category.Key, true) && c.categories[category.Key] {
			c.add(field+"key", "another category has the key %q", category.Key)
		}
		c.categories[category.Key] = true
		c.name(field+"name", category.Name, seatmap.MaxNameBytes)
		c.name(field+"color", category.Color, MaxColorBytes)
	}
}

func (c *checker) areas() {
	for i := range c.doc.Areas {
		a, field := &c.doc.Areas[i], fmt.Sprintf("areas[%d].", i)
		if c.key(field+"key", a.Key, true) {
			c.unique(field+"key", a.Key)
		}
		c.name(field+"name", a.Name, seatmap.MaxNameBytes)
		c.category(field+"category", a.Category, true)
		c.between(a.Capacity, 1, seatmap.MaxAreaCapacity, "areas[%d].capacity", i)
		c.coordinate(field+"x", a.X)
		c.coordinate(field+"y", a.Y)
		c.length(field+"width", a.Width)
		c.length(field+"height", a.Height)
	}
}

func (c *checker) tables() {
	for i := range c.doc.Tables {
		t, field := &c.doc.Tables[i], fmt.Sprintf("tables[%d].", i)
		if c.key(field+"key", t.Key, true) {
			c.unique(field+"key", t.Key)
			c.tableLabels(field, t)
		}
		c.category(field+"category", t.Category, true)
		if t.Book != BookWhole && t.Book != BookSeat {
			c.add(field+"book", "want %q or %q", BookWhole, BookSeat)
		}
		c.coordinate(field+"x", t.X)
		c.coordinate(field+"y", t.Y)
	}
}

// tableLabels notes the labels of a table's seats. Their length grows with their number: the last is the longest.
func (c *checker) tableLabels(field string, t *Table) {
	if t.Book != BookSeat {
		return
	}
	if len(appendTableLabel(c.label[:0], t.Key, int(t.Seats))) > seatmap.MaxLabelBytes {
		c.add(field+"key", "the labels of its seats are longer than %d bytes", seatmap.MaxLabelBytes)
		return
	}
	for n := 1; n <= int(t.Seats); n++ {
		c.unique(field+"key", string(appendTableLabel(c.label[:0], t.Key, n)))
	}
}

// unique notes a label, and tells if something else has it.
func (c *checker) unique(field, label string) {
	if c.labels[label] {
		c.add(field, "another seat, table or area has the label %q", label)
	}
	c.labels[label] = true
}

// key checks a key that people read and type, and reports whether it is sound.
func (c *checker) key(field, key string, needed bool) bool {
	reason := ""
	switch {
	case key == "" && needed:
		reason = "is needed"
	case key == "":
		return true
	case len(key) > seatmap.MaxLabelBytes:
		reason = fmt.Sprintf("is longer than %d bytes", seatmap.MaxLabelBytes)
	case !printable(key):
		reason = "has characters that cannot be printed"
	case key[0] == ' ' || key[len(key)-1] == ' ':
		reason = "begins or ends with a space"
	}
	if reason != "" {
		c.add(field, "%s", reason)
	}
	return reason == ""
}

// printable reports whether s has only letters, marks, digits, punctuation, symbols and the plain space.
func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

// name checks a text for people, which may be empty.
func (c *checker) name(field, s string, limit int) {
	switch {
	case len(s) > limit:
		c.add(field, "is longer than %d bytes", limit)
	case !printable(s):
		c.add(field, "has characters that cannot be printed")
	}
}

func (c *checker) category(field, key string, needed bool) {
	switch {
	case key == "" && needed:
		c.add(field, "is needed")
	case key != "" && !c.categories[key]:
		c.add(field, "there is no such category: %q", cut(key))
	}
}

func (c *checker) coordinate(field string, v float64) {
	if !(math.Abs(v) <= MaxCoordinate) {
		c.add(field, "want a number from %g to %g", -MaxCoordinate, MaxCoordinate)
	}
}

func (c *checker) length(field string, v float64) {
	if !(v >= 0 && v <= MaxCoordinate) {
		c.add(field, "want a number from 0 to %g", MaxCoordinate)
	}
}

// cut shortens a text that a reason quotes.
func cut(s string) string {
	if len(s) <= maxPathName {
		return s
	}
	return strings.ToValidUTF8(s[:maxPathName], "") + "…"
}
