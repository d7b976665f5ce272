package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/parterre/parterre/bench/report/plot"
)

// reasons are the refusals, the most frequent first.
func (r *Replay) reasons() []Refusal {
	return slices.SortedStableFunc(slices.Values(r.Refusals), func(a, b Refusal) int { return cmp.Compare(b.Total, a.Total) })
}

func (f *Refusal) name() string { return strconv.Itoa(f.Status) + " " + f.Code }

// refusalFigure is a bar for each reason.
func (r *Replay) refusalFigure(id string) figure {
	f := figure{
		ID: id + "-refusals", Title: "Refusals by reason", Half: true,
		Says: "409 means that somebody was faster, or that the sale allows no more; 410 that a hold had lapsed; 429 that the node had enough to do.",
		Data: &table{Caption: "Refusals by reason", Columns: columns("Reason", ">Count", ">Share of requests")},
	}
	bars := plot.Bars{ID: f.ID, Title: f.Title, XTitle: "requests", Label: round}
	for i, reason := range r.reasons() {
		bars.Rows = append(bars.Rows, plot.Bar{Name: reason.name(), Class: paletteClass(i), Value: float64(reason.Total), Text: Grouped(reason.Total)})
		bars.Desc += fmt.Sprintf("%s: %s. ", reason.name(), Grouped(reason.Total))
		f.Data.Rows = append(f.Data.Rows, cells(reason.name(), Grouped(reason.Total), percent(reason.Total, r.Pressure.Requests)))
	}
	return f.drawn(bars.Draw)
}

// refusalsOverTime are the reasons stacked; false: nobody counted them over time.
func (r *Replay) refusalsOverTime(id string) (figure, bool) {
	var flows []flow
	for i, reason := range r.reasons() {
		if len(reason.Counts) > 0 {
			f := flow{class: paletteClass(i), name: reason.name()}
			f.add(reason.Counts, reason.IntervalSeconds)
			flows = append(flows, f)
		}
	}
	if len(flows) == 0 {
		return figure{}, false
	}
	return r.flowFigure(id+"-refusals-time", "Refusals per second, by reason", "Stacked: the upper edge is the whole.", "refusals per second", flows, true, true), true
}
