package report

import (
	"fmt"
	"math"

	"github.com/parterre/parterre/bench/report/plot"
)

// latencyBlocks are the table of percentiles, the pictures over time and the curves.
func (r *Replay) latencyBlocks(id string) []block {
	if len(r.Latency)+len(r.Curves) == 0 {
		return nil
	}
	blocks := []block{{Heading: "Latency"}}
	if t := r.latencyTable(false); t != nil {
		blocks = append(blocks, block{Table: t})
	}
	if t := r.latencyTable(true); t != nil && len(r.Phases) > 0 {
		blocks = append(blocks, block{Table: t})
	}
	var overTime, curves []figure
	for i := range r.Latency {
		if len(r.Latency[i].Points) > 0 {
			overTime = append(overTime, r.latencyFigure(&r.Latency[i], fmt.Sprintf("%s-latency-%d", id, i+1)))
		}
	}
	for i, operation := range r.operations() {
		if f, ok := r.curveFigure(operation, fmt.Sprintf("%s-curve-%d", id, i+1)); ok {
			curves = append(curves, f)
		}
	}
	if len(overTime) > 0 {
		blocks = append(blocks, block{Heading: "Latency over time"}, paragraph("From the intended start; each point is the worst of its part of the time. "+
			"A line stops where nothing was asked."), block{Figures: overTime})
	}
	if len(curves) > 0 {
		blocks = append(blocks, block{Heading: "Latency by percentile"}, paragraph("Which share of the requests was answered within which time. Every nine takes "+
			"the same room: the right half of each picture is about the slowest few. From the intended start; dashed, or where it was replayed "+
			"as fast as could be, the service time from the sending on."), block{Figures: curves})
	}
	return blocks
}

// latencyTable has a row for each operation and way to count, over the whole replay or for each of its parts.
func (r *Replay) latencyTable(parts bool) *table {
	caption := "Latency by operation over the whole replay, from the intended start and from the sending"
	if parts {
		caption = "Latency by operation in each part of the replay"
	}
	t := &table{Caption: caption, Folded: parts, Columns: columns(
		"Operation", "Counted from", ">Requests", ">p50", ">p90", ">p99", ">p99.9", ">Slowest")}
	for _, operation := range r.operations() {
		for i := range r.Curves {
			c := &r.Curves[i]
			if c.Operation != operation || c.Count == 0 || (c.Phase != "") != parts {
				continue
			}
			name := operation
			if c.Phase != "" {
				name += ", " + c.Phase
			}
			row := cells(name, c.From, Grouped(c.Count))
			for _, v := range []int64{c.P50, c.P90, c.P99, c.P999, c.Max} {
				row = append(row, cell{Text: Micros(float64(v))})
			}
			t.Rows = append(t.Rows, row)
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}

// percentiles are those that are drawn over time, the slowest first, so that the faster ones lie on top.
var percentiles = []struct {
	class, name string
	of          func(*LatencyPoint) int64
}{
	{"q5", "slowest", func(p *LatencyPoint) int64 { return p.Max }},
	{"q4", "p99.9", func(p *LatencyPoint) int64 { return p.P999 }},
	{"q3", "p99", func(p *LatencyPoint) int64 { return p.P99 }},
	{"q2", "p90", func(p *LatencyPoint) int64 { return p.P90 }},
	{"q1", "p50", func(p *LatencyPoint) int64 { return p.P50 }},
}

// latencyFigure is one operation's percentiles over time.
func (r *Replay) latencyFigure(l *Latency, id string) figure {
	f := figure{
		ID: id, Title: capital(l.Operation) + ", latency over time", Half: true,
		Data: &table{Caption: l.Operation + ": latency over time, the worst of each part", Columns: columns("Time", ">Requests", ">p50", ">p90", ">p99", ">p99.9", ">Slowest")},
	}
	for _, q := range percentiles {
		f.Legend = append(f.Legend, key{q.class, q.name})
	}
	for _, p := range worst(l, tableRows) {
		row := cells(at(p.At), Grouped(p.Count))
		for i := len(percentiles) - 1; i >= 0; i-- {
			row = append(row, cell{Text: Micros(float64(percentiles[i].of(&p)))})
		}
		f.Data.Rows = append(f.Data.Rows, row)
	}
	least, most := math.Inf(1), 0.0
	for i := range l.Points {
		p := &l.Points[i]
		least, most = min(least, float64(max(1, p.P50))), max(most, float64(p.Max))
	}
	desc := fmt.Sprintf("The slowest took %s.", Micros(most))
	return f.drawn(func(size plot.Size) []byte {
		ch := r.chart(size, id, f.Title, desc)
		ch.Y, ch.YTitle = plot.LogAround(least, most, Micros), "time to the answer, log scale"
		thinned := worst(l, points(size))
		for _, q := range percentiles {
			ch.Lines = append(ch.Lines, plot.Series{Class: q.class, Points: withGaps(thinned, q.of)})
		}
		return ch.Draw(size)
	})
}

// withGaps makes points of a figure, and a missing one wherever intervals without an answer lie between.
func withGaps(list []LatencyPoint, of func(*LatencyPoint) int64) []plot.Point {
	var points []plot.Point
	step := math.Inf(1)
	for i := 1; i < len(list); i++ {
		step = min(step, list[i].At-list[i-1].At)
	}
	for i := range list {
		if i > 0 && list[i].At-list[i-1].At > 1.5*step {
			points = append(points, plot.Point{X: list[i-1].At + step, Y: math.NaN()})
		}
		points = append(points, plot.Point{X: list[i].At, Y: float64(of(&list[i]))})
	}
	return points
}

// curveFigure is one operation's HDR curves: a line for each phase, and dashed the service time of the whole.
func (r *Replay) curveFigure(operation, id string) (figure, bool) {
	curves, main := r.curvesOf(operation)
	if len(curves) == 0 {
		return figure{}, false
	}
	f := figure{
		ID: id, Title: capital(operation) + ", latency by percentile", Half: true,
		Data: &table{Caption: operation + ": latency by percentile", Columns: columns("Curve", ">Percentile", ">Time", ">Requests up to here")},
	}
	classes := make([]string, len(curves))
	least, most, requests, phases := math.Inf(1), 0.0, int64(0), 0
	for i, c := range curves {
		name := c.Phase
		if name == "" {
			name = "all of it"
		}
		switch {
		case c.From != main:
			classes[i], name = "c1 dash", name+", "+c.From
		case c.Phase == "":
			classes[i] = "c1"
		default:
			phases++
			classes[i] = paletteClass(phases)
		}
		f.Legend = append(f.Legend, key{classes[i], name})
		least, most, requests = min(least, float64(max(1, c.Points[0].Micros))), max(most, float64(c.Max)), max(requests, c.Count)
		for _, p := range every(c.Points, curveRows) {
			f.Data.Rows = append(f.Data.Rows, cells(name, percentileText(p.Percentile), Micros(float64(p.Micros)), Grouped(p.Count)))
		}
	}
	desc := fmt.Sprintf("%s requests, the slowest %s.", Grouped(requests), Micros(most))
	return f.drawn(func(size plot.Size) []byte {
		ch := &plot.Chart{
			ID: id, Title: f.Title, Desc: desc, X: plot.NinesOf(requests), XTitle: "share of the requests",
			Y: plot.LogAround(least, most, Micros), YTitle: "time to the answer, log scale",
		}
		for i, c := range curves {
			line := plot.Series{Class: classes[i]}
			for _, p := range c.Points {
				line.Points = append(line.Points, plot.Point{X: p.Percentile, Y: float64(p.Micros)})
			}
			ch.Lines = append(ch.Lines, line)
		}
		return ch.Draw(size)
	}), true
}

// curvesOf are the curves of an operation that are drawn: those from the intended start and beside them the service time of
// the whole; where there was no intended start, since it was replayed as fast as could be, those of the service time.
func (r *Replay) curvesOf(operation string) (curves []*Curve, main string) {
	main = FromSent
	for i := range r.Curves {
		if c := &r.Curves[i]; c.Operation == operation && c.Count > 0 && c.From == FromIntended {
			main = FromIntended
		}
	}
	for i := range r.Curves {
		if c := &r.Curves[i]; c.Operation == operation && c.Count > 0 && (c.From == main || c.Phase == "") {
			curves = append(curves, c)
		}
	}
	return curves, main
}

// curveRows is how many points of a curve its table has.
const curveRows = 14
