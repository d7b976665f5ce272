package report

import (
	"fmt"
	"slices"

	"github.com/parterre/parterre/bench/report/plot"
)

// panel is one picture of a work: entries on one scale.
type panel struct {
	title   string
	says    string
	entries []*Entry
	clients bool // name the clients of each entry
}

// panels are one for each number of clients with one operation each, and one in which the batched entries stand beside
// single ones: all of ours, and of each peer its fastest.
func (c *Comparison) panels(w *Work) []panel {
	single := map[int]*panel{}
	var sizes []int
	var together panel
	best := map[string]*Entry{}
	batched := false
	for i := range w.Entries {
		e := &w.Entries[i]
		s := e.Spread(TicketsPerSecond)
		if s == nil {
			continue
		}
		if e.Batched() {
			batched = true
		} else {
			if single[e.Clients] == nil {
				single[e.Clients] = &panel{title: count(e.Clients, "client", "clients") + ", single requests"}
				sizes = append(sizes, e.Clients)
			}
			single[e.Clients].entries = append(single[e.Clients].entries, e)
		}
		if c.System(e.System).Ours {
			together.entries = append(together.entries, e)
		} else if b := best[e.System]; b == nil || s.Median > b.Spread(TicketsPerSecond).Median {
			best[e.System] = e
		}
	}
	slices.Sort(sizes)
	var list []panel
	for _, n := range sizes {
		list = append(list, *single[n])
	}
	if batched {
		for i := range c.Systems {
			if e := best[c.Systems[i].Name]; e != nil {
				together.entries = append(together.entries, e)
			}
		}
		together.title, together.clients = "Batched or streamed, beside single requests", true
		together.says = "a load of 16 × 256 is 16 clients with 256 operations in each request; of each peer its fastest load is shown"
		list = append(list, together)
	}
	return list
}

// name is an entry's label, and its note where another entry has the same.
func (p *panel) name(e *Entry) string {
	name := e.label(p.clients)
	for _, o := range p.entries {
		if o != e && o.label(p.clients) == name && e.Note != "" {
			return name + ": " + e.Note
		}
	}
	return name
}

// block is the panel's pictures: tickets a second, and beside it the holds' p99.
func (p *panel) block(c *Comparison, id string) block {
	entries := slices.Clone(p.entries)
	says := "Bars are medians, dots single rounds, the line goes from the least to the most. Longer is better"
	if p.says != "" {
		says += "; " + p.says
	}
	b := block{Figures: []figure{
		p.figure(c, entries, id+"-tickets", p.title+": tickets per second", says, TicketsPerSecond, "tickets per second", Number),
	}}
	b.Figures[0].Data = p.table()
	timed := slices.DeleteFunc(slices.Clone(entries), func(e *Entry) bool { return e.Spread(HoldP99) == nil })
	if len(timed) > 0 {
		b.Figures = append(b.Figures, p.figure(c, timed, id+"-p99", p.title+": hold, p99",
			"99 of 100 holds were answered within this time. Shorter is better", HoldP99, "time to the answer", Micros))
	} else {
		b.Figures[0].Half = false
	}
	return b
}

func (p *panel) figure(
	c *Comparison, entries []*Entry, id, title, says string, of Figure, axis string, text func(float64) string,
) figure {
	bars := plot.Bars{ID: id, Title: title, XTitle: axis, Label: text}
	for _, e := range entries {
		s := e.Spread(of)
		bar := plot.Bar{Name: p.name(e), Class: "peer", Value: s.Median, Least: s.Least, Most: s.Most, Text: text(s.Median)}
		if c.System(e.System).Ours {
			bar.Class = "ours"
			if e.Batched() {
				bar.Class = "ours many"
			}
		}
		for _, m := range e.Rounds {
			if m != nil && of(m) > 0 && s.Rounds > 1 {
				bar.Dots = append(bar.Dots, of(m))
			}
		}
		bars.Rows = append(bars.Rows, bar)
		bars.Desc += fmt.Sprintf("%s: %s. ", bar.Name, bar.Text)
	}
	f := figure{ID: id, Title: title, Says: sentence(says), Half: true, Legend: []key{{"ours", "Parterre"}, {"peer", "peers"}}}
	for _, e := range entries {
		if c.System(e.System).Ours && e.Batched() {
			f.Legend = []key{{"ours", "Parterre, single requests"}, {"ours many", "Parterre, batched or streamed"}, {"peer", "peers"}}
		}
	}
	return f.drawn(bars.Draw)
}

// table is everything that was measured of the panel's entries.
func (p *panel) table() *table {
	t := &table{Caption: p.title + ": medians over the rounds, in brackets least and most", Columns: columns(
		"System", "Load", ">Tickets/s", ">Orders/s", ">Hold p50", ">p99", ">Confirm p50", ">p99", ">Refused", ">Retried")}
	for _, e := range p.entries {
		row := []cell{{Text: e.label(false), Note: e.Note}, {Text: e.load()}}
		for _, f := range []Figure{TicketsPerSecond, OrdersPerSecond} {
			row = append(row, spreadCell(e.Spread(f), Number))
		}
		for _, f := range []Figure{HoldP50, HoldP99, ConfirmP50, ConfirmP99} {
			row = append(row, spreadCell(e.Spread(f), Micros))
		}
		var refused, retried int64
		for _, m := range e.Rounds {
			if m != nil {
				refused += m.Refused
				retried += m.Retried
			}
		}
		t.Rows = append(t.Rows, append(row, cells(Grouped(refused), Grouped(retried))...))
	}
	return t
}

func spreadCell(s *Spread, text func(float64) string) cell {
	if s == nil {
		return cell{Text: "–"}
	}
	return cell{Text: text(s.Median), Note: between(s, text)}
}

// between is a spread's least and most, "" if they read the same.
func between(s *Spread, text func(float64) string) string {
	least, most := text(s.Least), text(s.Most)
	if least == most {
		return ""
	}
	return least + " to " + most
}
