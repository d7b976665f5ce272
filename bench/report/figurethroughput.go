package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/parterre/parterre/bench/report/plot"
)

// flow is a named count for each interval, summed over several series.
type flow struct {
	class, name     string
	intervalSeconds float64
	counts          []int64
}

func (f *flow) total() (sum int64) {
	for _, n := range f.counts {
		sum += n
	}
	return sum
}

// add sums a series; one of another interval is spread over this one's.
func (f *flow) add(counts []int64, intervalSeconds float64) {
	if f.intervalSeconds == 0 {
		f.intervalSeconds = intervalSeconds
	}
	for i, n := range counts {
		at := int((float64(i) + 0.5) * intervalSeconds / f.intervalSeconds)
		if missing := at + 1 - len(f.counts); missing > 0 {
			f.counts = append(f.counts, make([]int64, missing)...)
		}
		f.counts[at] += n
	}
}

// statusClasses are the kinds of answers, best first.
var statusClasses = []struct{ class, name string }{
	{"ok", "accepted (2xx) or unchanged (304)"},
	{"taken", "409 taken, or not enough"},
	{"gone", "410 hold lapsed or released"},
	{"busy", "429 overloaded"},
	{"other", "other refusals (4xx)"},
	{"error", "errors (5xx)"},
	{"none", "no answer"},
}

// statusClass is the index of a status in statusClasses.
func statusClass(status string) int {
	switch {
	case strings.HasPrefix(status, "2"), strings.HasPrefix(status, "3"):
		return 0
	case status == "409":
		return 1
	case status == "410":
		return 2
	case status == "429":
		return 3
	case strings.HasPrefix(status, "4"):
		return 4
	case strings.HasPrefix(status, "5"):
		return 5
	}
	return 6
}

// statusFigure is answers per second by their kind, stacked.
func (r *Replay) statusFigure(id string) figure {
	flows := make([]flow, len(statusClasses))
	for i, c := range statusClasses {
		flows[i] = flow{class: c.class, name: c.name, intervalSeconds: r.Throughput[0].IntervalSeconds}
	}
	for i := range r.Throughput {
		t := &r.Throughput[i]
		flows[statusClass(t.Status)].add(t.Counts, t.IntervalSeconds)
	}
	flows = slices.DeleteFunc(flows, func(f flow) bool { return f.total() == 0 })
	return r.flowFigure(id+"-status", "Answers per second, by what they said",
		"All operations together, stacked: the upper edge is the whole.", "answers per second", flows, true, false)
}

// operationFigure is answers per second by operation, as lines.
func (r *Replay) operationFigure(id string) figure {
	var flows []flow
	for _, name := range r.operations() {
		f := flow{name: name, intervalSeconds: r.Throughput[0].IntervalSeconds}
		for i := range r.Throughput {
			if t := &r.Throughput[i]; t.Operation == name {
				f.add(t.Counts, t.IntervalSeconds)
			}
		}
		flows = append(flows, f)
	}
	colour(flows)
	return r.flowFigure(id+"-operations", "Answers per second, by operation", "Whatever the answer was.", "answers per second", flows, false, false)
}

// palette is how many colours the style sheet has for series without a meaning of their own: c1, c2, ….
const palette = 8

// colour gives flows the colours of the palette, in order; further ones are grey.
func colour(flows []flow) {
	for i := range flows {
		flows[i].class = paletteClass(i)
	}
}

func paletteClass(i int) string { return fmt.Sprintf("c%d", min(i+1, palette)) }

// operations are the names of the operations in the order in which they are first told.
func (r *Replay) operations() []string {
	var list []string
	add := func(name string) {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	for i := range r.Throughput {
		add(r.Throughput[i].Operation)
	}
	for i := range r.Latency {
		add(r.Latency[i].Operation)
	}
	for i := range r.Curves {
		add(r.Curves[i].Operation)
	}
	return list
}

// flowFigure draws flows over the time of the replay, stacked or as lines, and tells their rates in a table.
func (r *Replay) flowFigure(id, title, says, unit string, flows []flow, stacked, beside bool) figure {
	f := figure{ID: id, Title: title, Says: says, Half: beside}
	length := 0
	names := []string{"Time"}
	for i := range flows {
		length = max(length, len(flows[i].counts))
		f.Legend = append(f.Legend, key{flows[i].class, flows[i].name})
		names = append(names, ">"+flows[i].name)
	}
	f.Legend = r.legend(f.Legend)
	f.Data = &table{Caption: title + ", mean of each part of the time", Columns: columns(names...)}
	f.Data.Rows = flowRows(flows, length)
	desc := ""
	for i := range flows {
		desc += fmt.Sprintf("%s: %s in all. ", flows[i].name, Grouped(flows[i].total()))
	}
	return f.drawn(func(size plot.Size) []byte {
		ch := r.chart(size, id, title, desc)
		var most float64
		var series []plot.Series
		sums := map[int]float64{}
		for i := range flows {
			s := plot.Series{Class: flows[i].class, Step: true, Points: rates(flows[i].counts, flows[i].intervalSeconds, length, points(size))}
			for j, p := range s.Points {
				sums[j] += p.Y
				if stacked {
					most = max(most, sums[j])
				} else {
					most = max(most, p.Y)
				}
			}
			series = append(series, s)
		}
		ch.Y, ch.YTitle = plot.FromZero(most, int(size.Height/50), round), unit
		if stacked {
			ch.Areas = series
		} else {
			ch.Lines = series
		}
		return ch.Draw(size)
	})
}

// flowRows are the mean rates in at most tableRows parts of the time.
func flowRows(flows []flow, length int) [][]cell {
	var rows [][]cell
	for i := range flows {
		list := rates(flows[i].counts, flows[i].intervalSeconds, length, tableRows)
		for j, p := range list[:max(0, len(list)-1)] {
			if i == 0 {
				rows = append(rows, cells(at(p.X)))
			}
			rows[j] = append(rows[j], cell{Text: Number(p.Y)})
		}
	}
	return rows
}
