package svg

import (
	"bytes"
	"io"

	"github.com/parterre/parterre/actors/chart"
)

// Options say what to draw besides the chart.
type Options struct {
	State *State // of an event; nil = the chart alone
}

// State is what places of a chart are in. The letters are f (free), h (held), s (sold) and b (blocked).
type State struct {
	Event    string
	Revision uint64
	Seats    string          // a letter for each seat in chart order: rows, then the tables that are sold by seat
	Tables   map[string]byte // a letter for each table that is sold whole
	Areas    map[string]Counts
}

// Counts are an area's places by state.
type Counts struct{ Free, Held, Sold, Blocked int64 }

// The states' letters.
const (
	free    = 'f'
	held    = 'h'
	sold    = 's'
	blocked = 'b'
)

// canvas is one picture while it is drawn.
type canvas struct {
	bytes.Buffer
	doc    *chart.Document
	state  *State
	layout layout
	colors []string       // of the categories
	number map[string]int // of a category, by key
	round  float64        // the radius of a stage about the focal point; 0 = there is none
}

// Draw writes the picture of a valid document. Errors: ErrState, and the writer's.
func Draw(w io.Writer, d *chart.Document, o Options) error {
	if err := o.State.fits(d); err != nil {
		return err
	}
	c := &canvas{doc: d, state: o.State, number: make(map[string]int, len(d.Categories))}
	for i := range d.Categories {
		c.number[d.Categories[i].Key] = i
		c.colors = append(c.colors, color(d.Categories[i].Color, i))
	}
	c.layout = arrange(d)
	c.areas()
	c.stage()
	c.areaTexts()
	c.tables()
	c.seats()
	c.labels()
	c.legend()
	c.WriteString("</svg>\n")
	// The head comes last: only now it is known how large the picture is.
	if _, err := w.Write(c.head()); err != nil {
		return err
	}
	_, err := w.Write(c.Bytes())
	return err
}
