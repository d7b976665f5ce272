package record

import (
	"fmt"

	"github.com/parterre/parterre/bench/trace"
	"github.com/parterre/parterre/bench/venue"
)

// stage is an event of the file, with its chart's labels.
type stage struct {
	index uint32
	chart *chartIndex
}

// chartIndex turns keys of a chart into indexes. Labels of seats, keys of areas and keys of tables are unique together.
type chartIndex struct {
	index                uint32
	places               map[string]trace.Place
	categories, sections map[string]uint32
}

func newChartIndex(c trace.Chart, index uint32) (*chartIndex, error) {
	v, err := venue.Read(c.Document)
	if err != nil {
		return nil, err
	}
	x := &chartIndex{index: index, places: make(map[string]trace.Place, v.Places()), categories: enumerate(v.Categories), sections: enumerate(v.Sections)}
	for i, label := range v.Labels {
		x.places[label] = trace.Place{Kind: trace.Seat, Index: uint32(i)}
	}
	for i, key := range v.Tables {
		x.places[key] = trace.Place{Kind: trace.Table, Index: uint32(i)}
	}
	for i := range v.Areas {
		x.places[v.Areas[i].Key] = trace.Place{Kind: trace.Area, Index: uint32(i)}
	}
	return x, nil
}

func enumerate(keys []string) map[string]uint32 {
	m := make(map[string]uint32, len(keys))
	for i, key := range keys {
		m[key] = uint32(i)
	}
	return m
}

// stageOf is the event in the file at hand, which gets its definition when it is first met; nil if it cannot be described.
// An event that cannot is not asked for again in this file.
func (f *file) stageOf(event []byte) *stage {
	if s, known := f.stages[string(event)]; known {
		return s
	}
	if len(f.stages) >= maxEvents {
		return nil
	}
	s, err := f.describe(string(event))
	if err != nil {
		f.log.Warn("an event is not recorded", "event", string(event), "error", err)
	}
	f.stages[string(event)] = s
	return s
}

func (f *file) describe(event string) (*stage, error) {
	c, e, err := f.options.Describe(event)
	if err != nil {
		return nil, err
	}
	x := f.charts[c.Name]
	if x == nil {
		if x, err = newChartIndex(c, uint32(len(f.charts))); err != nil {
			return nil, err
		}
		if _, err = f.writer.AddChart(c); err != nil {
			return nil, fmt.Errorf("chart %s: %w", c.Name, err)
		}
		f.charts[c.Name] = x
	}
	e.Name, e.Chart = event, x.index
	index, err := f.writer.AddEvent(e)
	return &stage{index: index, chart: x}, err
}
