package report

import (
	"fmt"
	"strings"
)

// comparisonSection shows the systems, and for each work its figures and who is ahead.
func comparisonSection(c *Comparison, id string) section {
	s := section{ID: id, Title: c.Name}
	rounds := 0
	for i := range c.Works {
		for j := range c.Works[i].Entries {
			rounds = max(rounds, len(c.Works[i].Entries[j].Rounds))
		}
	}
	s.Blocks = append(s.Blocks, paragraph(fmt.Sprintf(
		"Every system did the same orders on the same machine, one system at a time, in turn, in %s of %s for each measurement.",
		count(rounds, "round", "rounds"), Seconds(c.SecondsPerRound))))
	for _, n := range c.Notes {
		s.Blocks = append(s.Blocks, paragraph(n))
	}
	s.Blocks = append(s.Blocks, block{Heading: "Who took part, and what an answer is worth there"}, block{Table: systemsTable(c)})
	for i := range c.Works {
		s.Blocks = append(s.Blocks, c.workBlocks(&c.Works[i], fmt.Sprintf("%s-%d", id, i+1))...)
	}
	return s
}

func systemsTable(c *Comparison) *table {
	t := &table{
		Caption: "Systems, their versions, and what an answered order survives", Cards: true,
		Columns: columns("System", ">Copies on disk when answered", "Durability", "Version and settings"),
	}
	for _, y := range c.oursFirst() {
		row := []cell{{Text: y.Name, Note: y.Note}, {Text: Grouped(int64(y.Copies))}, {Text: y.Durability}, {Text: y.Version, Note: settingsText(y.Settings)}}
		if y.Absent != "" {
			row[0].Note, row[0].Tone = strings.TrimSpace("not measured: "+y.Absent+" "+y.Note), doubt
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// oursFirst are the systems, ours before the peers, else as they were told.
func (c *Comparison) oursFirst() []*System {
	var ours, peers []*System
	for i := range c.Systems {
		if s := &c.Systems[i]; s.Ours {
			ours = append(ours, s)
		} else {
			peers = append(peers, s)
		}
	}
	return append(ours, peers...)
}

// settingsText lists settings; those of one name that follow each other have it once.
func settingsText(settings []Setting) string {
	var b strings.Builder
	for i, s := range settings {
		switch {
		case i > 0 && settings[i-1].Name == s.Name:
			b.WriteString("; " + s.Value)
			continue
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(s.Name)
		if s.Value != "" {
			b.WriteString(": " + s.Value)
		}
	}
	return b.String()
}

func (c *Comparison) workBlocks(w *Work, id string) []block {
	blocks := []block{{Heading: capital(w.Name)}}
	if w.Says != "" {
		blocks = append(blocks, paragraph(sentence(w.Says)))
	}
	pairs := c.Pairs(w)
	if list := c.winners(pairs); len(list) > 0 {
		blocks = append(blocks, block{List: list})
	}
	if text := c.alone(w); text != "" {
		blocks = append(blocks, block{Para: &para{text, doubt}})
	}
	for i, p := range c.panels(w) {
		blocks = append(blocks, p.block(c, fmt.Sprintf("%s-%d", id, i+1)))
	}
	if t := c.ratioTable(pairs, "Tickets per second, Parterre ÷ peer: more than 1 means that Parterre sells more",
		func(p *Pair) *Spread { return p.Tickets }, false); t != nil {
		blocks = append(blocks, block{Table: t})
	}
	if t := c.ratioTable(pairs, "Hold p99, Parterre ÷ peer: less than 1 means that Parterre answers sooner",
		func(p *Pair) *Spread { return p.HoldP99 }, true); t != nil {
		blocks = append(blocks, block{Table: t})
	}
	return blocks
}

// alone is a warning where batched figures of ours have no single ones beside them.
func (c *Comparison) alone(w *Work) string {
	batched, single := false, false
	for i := range w.Entries {
		if e := &w.Entries[i]; c.System(e.System).Ours && e.Spread(TicketsPerSecond) != nil {
			batched = batched || e.Batched()
			single = single || !e.Batched()
		}
	}
	if batched && !single {
		return "One request a step was not measured for this work: the batched figures below stand alone, and say nothing about single requests."
	}
	return ""
}

// label names an entry in a picture or a table. Clients are left out where a panel's title says them.
func (e *Entry) label(clients bool) string {
	parts := []string{e.System}
	if e.Road != "" && e.Road != RoadSingle {
		parts = append(parts, e.Road)
	}
	if clients {
		parts = append(parts, e.load())
	}
	return strings.Join(parts, ", ")
}

// load is how many clients an entry has, and how much each of them asks for at once.
func (e *Entry) load() string {
	if e.PerClient > 1 {
		return fmt.Sprintf("%s × %s", Grouped(int64(e.Clients)), Grouped(int64(e.PerClient)))
	}
	return count(e.Clients, "client", "clients")
}

// ratioTable has a row for each of our entries and a column for each peer.
func (c *Comparison) ratioTable(pairs []Pair, caption string, of func(*Pair) *Spread, lessIsBetter bool) *table {
	t := &table{Caption: caption, Cards: true, Columns: []column{{Name: "Parterre's load"}}}
	place := map[string]int{}
	for i := range pairs {
		if name := pairs[i].Theirs.System; of(&pairs[i]) != nil && place[name] == 0 {
			t.Columns = append(t.Columns, column{Name: name, Right: true})
			place[name] = len(t.Columns) - 1
		}
	}
	var last *Entry
	for i := range pairs {
		p := &pairs[i]
		s := of(p)
		if s == nil {
			continue
		}
		if p.Ours != last {
			row := make([]cell, len(t.Columns))
			row[0].Text = p.Ours.label(true)
			for j := range row[1:] {
				row[j+1].Text = "–"
			}
			t.Rows, last = append(t.Rows, row), p.Ours
		}
		cell := &t.Rows[len(t.Rows)-1][place[p.Theirs.System]]
		cell.Text = ratio(s.Median) + thin + "×"
		cell.Note = between(s, ratio)
		if p.Theirs.Outstanding() != p.Ours.Outstanding() {
			cell.Note = strings.TrimPrefix(cell.Note+", at its "+p.Theirs.load(), ", ")
		}
		cell.Tone = lean(s, lessIsBetter)
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}

// lean is good for us if we are better in every round, bad if we are worse in every round.
func lean(s *Spread, lessIsBetter bool) tone {
	switch {
	case s.Least > 1 && !lessIsBetter, s.Most < 1 && lessIsBetter:
		return good
	case s.Most < 1 && !lessIsBetter, s.Least > 1 && lessIsBetter:
		return bad
	}
	return plain
}
