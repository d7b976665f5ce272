package report

import (
	"fmt"
	"math"

	"github.com/parterre/parterre/bench/report/plot"
)

// waitingFigure is how many waited.
func (r *Replay) waitingFigure(id string) (figure, bool) {
	return r.momentsFigure(id+"-waiting", "People waiting", "By what a node says.", "people", "Waiting over time", true, []momentLine{
		{"held", "waiting", func(m *RoomMoment) int64 { return m.Waiting }},
	})
}

// insideFigure is how many were inside, and how many were let in.
func (r *Replay) insideFigure(id string) (figure, bool) {
	return r.momentsFigure(id+"-inside", "People inside, and calls a minute", "By what a node says; the rate is what the room measured, not what it is allowed.",
		"people; calls a minute", "Inside and called over time", false, []momentLine{
			{"c1", "inside", func(m *RoomMoment) int64 { return m.Inside }},
			{"c2", "called in a minute", func(m *RoomMoment) int64 { return m.RatePerMinute }},
		})
}

type momentLine struct {
	class, name string
	of          func(*RoomMoment) int64
}

func (r *Replay) momentsFigure(id, title, says, unit, caption string, area bool, lines []momentLine) (figure, bool) {
	moments := r.Room.Moments
	if len(moments) < 2 {
		return figure{}, false
	}
	f := figure{ID: id, Title: title, Says: says, Half: true}
	names, desc, most := []string{"Time"}, "", int64(0)
	for _, l := range lines {
		f.Legend = append(f.Legend, key{l.class, l.name})
		names = append(names, ">"+l.name)
		highest := int64(0)
		for i := range moments {
			highest = max(highest, l.of(&moments[i]))
		}
		most = max(most, highest)
		desc += fmt.Sprintf("At most %s %s. ", Grouped(highest), l.name)
	}
	f.Legend = r.legend(f.Legend)
	f.Data = &table{Caption: caption, Columns: columns(names...)}
	for _, m := range every(moments, tableRows) {
		row := cells(at(m.At))
		for _, l := range lines {
			row = append(row, cell{Text: Grouped(l.of(&m))})
		}
		f.Data.Rows = append(f.Data.Rows, row)
	}
	return f.drawn(func(size plot.Size) []byte {
		ch := r.chart(size, id, title, desc)
		ch.Y, ch.YTitle = plot.FromZero(float64(most), int(size.Height/50), round), unit
		for _, l := range lines {
			s := plot.Series{Class: l.class}
			for _, m := range every(moments, points(size)) {
				s.Points = append(s.Points, plot.Point{X: m.At, Y: float64(l.of(&m))})
			}
			if area {
				ch.Areas = append(ch.Areas, s)
			} else {
				ch.Lines = append(ch.Lines, s)
			}
		}
		return ch.Draw(size)
	}), true
}

// estimateFigure is the waits against the estimates, over the time at which these were told.
func (r *Replay) estimateFigure(id string) (figure, bool) {
	waits := r.Room.Waits
	if len(waits) < 2 {
		return figure{}, false
	}
	lines := []struct {
		class, name string
		of          func(*RoomWait) float64
	}{
		{"c8 dash", "least that was told", func(w *RoomWait) float64 { return w.Least }},
		{"c8 dash", "most that was told", func(w *RoomWait) float64 { return w.Most }},
		{"c1", "foretold", func(w *RoomWait) float64 { return w.Foretold }},
		{"c2", "waited", func(w *RoomWait) float64 { return w.Waited }},
	}
	f := figure{
		ID: id + "-estimate", Title: "Waits against estimates",
		Says:   "Of those who were told their first estimate at one time: what they were told, and how long they then waited until they were called. Medians.",
		Legend: r.legend([]key{{"c2", "waited"}, {"c1", "foretold"}, {"c8 dash", "the band that was told"}}),
		Data:   &table{Caption: "Waits by the time of the estimate", Columns: columns("Told at", ">Visitors", ">Waited", ">Foretold", ">Least", ">Most")},
	}
	most := 0.0
	for i := range waits {
		most = max(most, waits[i].Waited, min(waits[i].Most, 4*max(waits[i].Waited, waits[i].Foretold)))
	}
	for _, w := range every(waits, tableRows) {
		f.Data.Rows = append(f.Data.Rows, cells(at(w.At), Grouped(w.Visitors), Seconds(w.Waited), Seconds(w.Foretold), Seconds(w.Least), Seconds(w.Most)))
	}
	return f.drawn(func(size plot.Size) []byte {
		ch := r.chart(size, f.ID, f.Title, fmt.Sprintf("The longest median wait was %s.", Seconds(longest(waits))))
		ch.Y, ch.YTitle = plot.FromZero(most, int(size.Height/50), round), "seconds"
		for _, l := range lines {
			s := plot.Series{Class: l.class}
			for _, w := range every(waits, points(size)) {
				s.Points = append(s.Points, plot.Point{X: w.At, Y: l.of(&w)})
			}
			ch.Lines = append(ch.Lines, s)
		}
		return ch.Draw(size)
	}), true
}

func longest(waits []RoomWait) float64 {
	most := math.Inf(-1)
	for i := range waits {
		most = max(most, waits[i].Waited)
	}
	return most
}
