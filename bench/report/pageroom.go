package report

import (
	"fmt"
	"strconv"
)

// roomBlocks show the waiting room: who waited and who was inside, the waits against the estimates, and how fair it was.
func (r *Replay) roomBlocks(id string) []block {
	m := r.Room
	if m == nil {
		return nil
	}
	says := "Everybody queued in order of arrival."
	if m.Mode == "random" {
		says = "Who was there before the opening was drawn; who came later queued behind in order of arrival."
	}
	blocks := []block{{Heading: "The waiting room"}, paragraph(says + " What was waited in the room is in no latency below: requests are timed from when their shopper could act.")}
	if t := m.settingsTable(); t != nil {
		blocks = append(blocks, block{Pairs: t})
	}
	var beside []figure
	for _, draw := range []func(string) (figure, bool){r.waitingFigure, r.insideFigure} {
		if f, ok := draw(id); ok {
			beside = append(beside, f)
		}
	}
	if len(beside) > 0 {
		blocks = append(blocks, block{Figures: beside})
	}
	if f, ok := r.estimateFigure(id); ok {
		blocks = append(blocks, block{Figures: []figure{f}})
	}
	return append(blocks, block{Table: m.fateTable()}, block{Table: m.fairTable()})
}

func (m *Room) settingsTable() *table {
	t := &table{Caption: "The room", Columns: columns("What", "Value")}
	t.Rows = append(t.Rows, cells("mode", m.Mode))
	for _, s := range m.Settings {
		t.Rows = append(t.Rows, cells(s.Name, s.Value))
	}
	return t
}

// fateTable is what became of the visitors.
func (m *Room) fateTable() *table {
	t := &table{Caption: "What became of the visitors", Columns: columns("Visitors", ">Count", ">Share")}
	for _, row := range []struct {
		name  string
		value int64
	}{
		{"joined", m.Joined},
		{"were let in", m.Entered},
		{"bought, and gave their place to the next", m.Ordered},
		{"ran out of time, called or inside", m.Lapsed},
		{"were told while waiting that all is sold", m.TurnedAway},
		{"still waited at the end", m.Waiting},
	} {
		t.Rows = append(t.Rows, cells(row.name, Grouped(row.value), percent(row.value, m.Joined)))
	}
	return t
}

// leastP is below which chance a draw is called doubtful.
const leastP = 0.001

// fairTable says how fair the room was, and what its estimates were worth.
func (m *Room) fairTable() *table {
	t := &table{Caption: "Fairness, and what the estimates were worth", Cards: true, Columns: columns("Question", "Figure", ">Value", ">Visitors")}
	add := func(question, figure, value, note string, visitors int64, tone tone) {
		t.Rows = append(t.Rows, []cell{{Text: question}, {Text: figure}, {Text: value, Note: note, Tone: tone}, {Text: Grouped(visitors)}})
	}
	if f := m.Fairness; f != nil && f.Visitors > 1 {
		add("In order of arrival?", "rank correlation of arrival and call (Spearman)", fixed(f.Correlation, 4), "1 = nobody was passed", f.Visitors, plain)
	}
	if d := m.Draw; d != nil && d.Visitors > 0 {
		note, tone := fmt.Sprintf("chi-square %s, %d degrees of freedom", fixed(d.ChiSquare, 1), d.Freedom), plain
		if d.P < leastP {
			note, tone = note+": not what chance makes", bad
		}
		add("A fair draw?", "chance of an order at least so uneven", fixed(d.P, 3), note, d.Visitors, tone)
	}
	if e := m.Estimates; e != nil && e.Visitors > 0 {
		add("A true estimate?", "waits that lay in the band that was told first", fixed(100*e.Within, 1)+thin+"%", "", e.Visitors, plain)
		add("How long?", "median wait", Seconds(e.Waited), "foretold: "+Seconds(e.Foretold), e.Visitors, plain)
		add("How far off?", "median difference of wait and estimate", Seconds(e.Error), "", e.Visitors, plain)
	}
	if len(t.Rows) == 0 {
		t.Rows = append(t.Rows, cells("nobody was called", "", "", "0"))
	}
	return t
}

func fixed(v float64, digits int) string { return strconv.FormatFloat(v, 'f', digits, 64) }
