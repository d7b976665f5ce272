package report

import (
	"fmt"
	"strconv"

	"github.com/parterre/parterre/bench/report/plot"
)

// chart is a chart over the time of the replay, with its phases and faults.
func (r *Replay) chart(size plot.Size, id, title, desc string) *plot.Chart {
	ch := &plot.Chart{
		ID: id, Title: title, Desc: desc,
		X: plot.Clock(r.Seconds, labels(size)), XTitle: plot.ClockUnit(r.Seconds) + " since the start",
	}
	for i, p := range r.Phases {
		band := plot.Band{From: p.From, To: p.To, Class: "part"}
		if i%2 == 1 {
			band.Class = "part shaded"
		}
		if size.Name == wide.Name {
			band.Label = p.Name
		}
		ch.Bands = append(ch.Bands, band)
	}
	if g := r.LongestGap; g != nil && g.Seconds > 0 {
		ch.Bands = append(ch.Bands, plot.Band{From: g.At, To: g.At + g.Seconds, Class: "gap"})
	}
	for i, f := range r.faults() {
		ch.Marks = append(ch.Marks, plot.Mark{At: f.At, Label: strconv.Itoa(i + 1)})
	}
	return ch
}

// legend adds what the marks of a chart over time mean.
func (r *Replay) legend(keys []key) []key {
	if r.LongestGap != nil && r.LongestGap.Seconds > 0 {
		keys = append(keys, key{"gap", "longest time without a write"})
	}
	if len(r.Faults) > 0 {
		keys = append(keys, key{"mark", "fault, numbered as above"})
	}
	return keys
}

// stockFigure is the sell-out curve.
func (r *Replay) stockFigure(id string) (figure, bool) {
	if len(r.Stock) < 2 {
		return figure{}, false
	}
	layers := []struct {
		class, name string
		of          func(*Stock) int64
	}{
		{"sold", "sold", func(s *Stock) int64 { return s.Sold }},
		{"held", "held", func(s *Stock) int64 { return s.Held }},
		{"blocked", "blocked", func(s *Stock) int64 { return s.Blocked }},
		{"free", "free", func(s *Stock) int64 { return s.Free }},
	}
	last := r.Stock[len(r.Stock)-1]
	f := figure{
		ID: id + "-stock", Title: "Places sold, held and free",
		Says: "All places of the event, by what a node says, over the time of the replay. Held places lapse and are sold in the next wave.",
	}
	most := int64(0)
	for i := range r.Stock {
		s := &r.Stock[i]
		most = max(most, s.Free+s.Held+s.Sold+s.Blocked)
	}
	for _, l := range layers {
		if l.class != "blocked" || last.Blocked > 0 {
			f.Legend = append(f.Legend, key{l.class, l.name})
		}
	}
	f.Legend = r.legend(f.Legend)
	desc := fmt.Sprintf("At the end %s sold, %s held, %s free.", Grouped(last.Sold), Grouped(last.Held), Grouped(last.Free))
	f.Data = &table{Caption: "Places over time", Columns: columns("Time", ">Sold", ">Held", ">Free", ">Blocked")}
	for _, s := range every(r.Stock, tableRows) {
		f.Data.Rows = append(f.Data.Rows, cells(at(s.At), Grouped(s.Sold), Grouped(s.Held), Grouped(s.Free), Grouped(s.Blocked)))
	}
	return f.drawn(func(size plot.Size) []byte {
		ch := r.chart(size, f.ID, f.Title, desc)
		ch.Y, ch.YTitle = plot.FromZero(float64(most), int(size.Height/50), round), "places"
		for _, l := range layers {
			area := plot.Series{Class: l.class}
			for _, s := range every(r.Stock, points(size)) {
				area.Points = append(area.Points, plot.Point{X: s.At, Y: float64(l.of(&s))})
			}
			ch.Areas = append(ch.Areas, area)
		}
		return ch.Draw(size)
	}), true
}

// tableRows is how many rows a table of a series over time has at most.
const tableRows = 31
