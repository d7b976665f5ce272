package replay

import (
	"encoding/json"
	"math"
	"time"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/trace"
	"github.com/parterre/parterre/bench/venue"
)

// Stage is the events on the cluster that a trace is played on. Setup makes it.
type Stage struct {
	Events []*Event // by their index in the trace
	// Opens is when the sale opens in the trace; HoldTTL is how long the first event's holds live in the trace.
	Opens, HoldTTL time.Duration
	// Run takes what the clients see; its events are those of the stage.
	Run *history.Run
}

// Event is one event on the cluster.
type Event struct {
	Name    string        // on the cluster, perhaps another than in the trace
	Number  uint32        // in the history
	HoldTTL time.Duration // in the replay

	speed Speed
	house *house
	path  []byte // /v1/events/{event}
	maps  *pictures
}

// seconds is a number of seconds of the trace as whole seconds of the replay, at least one.
func (e *Event) seconds(traced uint32) uint32 {
	return uint32(math.Ceil(e.speed.shorten(time.Duration(traced) * time.Second).Seconds()))
}

// house is a venue with what requests say of it ready-made.
type house struct {
	venue *venue.Venue
	chart *history.Chart
	// number is the chart's in the history; quoted, sections and categories are labels and keys as JSON, the labels by their
	// number in the history's chart.
	number                       uint32
	quoted, sections, categories [][]byte
}

func newHouse(c *trace.Chart) (*house, error) {
	v, err := venue.Read(c.Document)
	if err != nil {
		return nil, err
	}
	h := &house{venue: v, chart: &history.Chart{Name: c.Name, Seats: v.Labels, Tables: v.Tables}}
	for _, a := range v.Areas {
		h.chart.Areas = append(h.chart.Areas, history.Area{Key: a.Key, Capacity: uint32(a.Capacity)})
	}
	for n := range h.chart.Numbers() {
		h.quoted = append(h.quoted, quote(h.chart.Label(uint32(n))))
	}
	for _, key := range v.Sections {
		h.sections = append(h.sections, quote(key))
	}
	for _, key := range v.Categories {
		h.categories = append(h.categories, quote(key))
	}
	return h, nil
}

func quote(text string) []byte {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always marshals
	}
	return b
}

// place is the number in the history's chart of a place in the trace; false if the chart has none such.
func (h *house) place(p trace.Place) (uint32, bool) {
	first, count := 0, len(h.chart.Seats)
	switch p.Kind {
	case trace.Table:
		first, count = count, len(h.chart.Tables)
	case trace.Area:
		first, count = h.chart.Slots(), len(h.chart.Areas)
	}
	if int64(p.Index) >= int64(count) {
		return history.NoPlace, false
	}
	return uint32(first) + p.Index, true
}
