package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/parterre/parterre/bench/report/plot"
)

// panel is one picture of a work: entries on one scale.
type panel struct {
	title   string
	says    string
	entries []*Entry
	clients bool // name the clients of each entry
	// fixedRate: the load was given, so only latencies are figures.
	fixedRate bool
}

// panels are one for each number of clients with one operation each, and one in which the batched entries stand beside
// single ones: all of ours, and of each peer its fastest. In each, ours stand first.
func (c *Comparison) panels(w *Work) []panel {
	single := map[int]*panel{}
	together := panel{
		title: "Batched or streamed, beside single requests", clients: true,
		says: "a load of 16 × 256 is 16 clients with 256 operations in each request; of each peer its fastest load is shown",
	}
	batched := false
	for _, system := range c.oursFirst() {
		var best *Entry
		for i := range w.Entries {
			e := &w.Entries[i]
			s := e.Spread(TicketsPerSecond)
			if s == nil || e.System != system.Name {
				continue
			}
			if e.PerClient > 1 {
				batched = true
			} else {
				if single[e.Clients] == nil {
					single[e.Clients] = &panel{title: count(e.Clients, "client", "clients") + ", one operation each"}
				}
				single[e.Clients].entries = append(single[e.Clients].entries, e)
			}
			if system.Ours {
				together.entries = append(together.entries, e)
			} else if best == nil || s.Median > best.Spread(TicketsPerSecond).Median {
				best = e
			}
		}
		if best != nil {
			together.entries = append(together.entries, best)
		}
	}
	var list []panel
	for _, n := range slices.Sorted(maps.Keys(single)) {
		list = append(list, *single[n])
	}
	if batched {
		list = append(list, together)
	}
	for i := range list {
		list[i].fixedRate = w.FixedRate
	}
	return list
}

// name is an entry's in a picture: what tells it from the others first, since long names are cut. Where that is not enough,
// its note is added.
func (p *panel) name(e *Entry) string {
	name := p.shortName(e)
	for _, o := range p.entries {
		if o != e && e.Note != "" && p.shortName(o) == name {
			return e.Note + ": " + name
		}
	}
	return name
}

func (p *panel) shortName(e *Entry) string {
	var load []string
	if e.Road != RoadSingle {
		load = append(load, e.Road)
	}
	if p.clients {
		load = append(load, fmt.Sprintf("%s × %s", Grouped(int64(e.Clients)), Grouped(int64(max(1, e.PerClient)))))
	}
	if len(load) == 0 {
		return e.System
	}
	return strings.TrimSpace(strings.Join(load, " ")) + ": " + e.System
}

// block is the panel's pictures: tickets a second, and beside it the holds' p99; at a fixed rate the latencies alone.
func (p *panel) block(c *Comparison, id string) block {
	says := "Bars are medians, dots single rounds, the line goes from the least to the most. Longer is better"
	if p.says != "" {
		says += "; " + p.says
	}
	pictures := []struct {
		name, title, says, axis string
		of                      Figure
		text                    func(float64) string
	}{
		{"tickets", "tickets per second", says, "tickets per second", TicketsPerSecond, Number},
		{"p99", "hold, p99", "99 of 100 holds were answered within this time. Shorter is better", "time to the answer", HoldP99, Micros},
	}
	if p.fixedRate {
		pictures = append(pictures[1:], pictures[1])
		pictures[1].name, pictures[1].title, pictures[1].of = "order", "order, p99", OrderP99
		pictures[1].says = "99 of 100 orders were confirmed within this time from the beginning of their hold. Shorter is better"
	}
	var b block
	for _, x := range pictures {
		measured := slices.DeleteFunc(slices.Clone(p.entries), func(e *Entry) bool { return e.Spread(x.of) == nil })
		if len(measured) > 0 {
			b.Figures = append(b.Figures, p.figure(c, measured, id+"-"+x.name, p.title+": "+x.title, x.says, x.of, x.axis, x.text))
		}
	}
	if len(b.Figures) == 0 {
		return block{Table: p.table()}
	}
	b.Figures[0].Data = p.table()
	return b
}

func (p *panel) figure(
	c *Comparison, entries []*Entry, id, title, says string, of Figure, axis string, text func(float64) string,
) figure {
	bars := plot.Bars{ID: id, Title: title, XTitle: axis, Label: text}
	f := figure{ID: id, Title: title, Says: sentence(says), Half: true}
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
		if k := (key{bar.Class, kinds[bar.Class]}); !slices.Contains(f.Legend, k) {
			f.Legend = append(f.Legend, k)
		}
		bars.Rows = append(bars.Rows, bar)
		bars.Desc += fmt.Sprintf("%s: %s. ", bar.Name, bar.Text)
	}
	return f.drawn(bars.Draw)
}

// kinds are the words for the classes of bars.
var kinds = map[string]string{"ours": "Parterre, single requests", "ours many": "Parterre, batched or streamed", "peer": "peers"}

// table is everything that was measured of the panel's entries.
func (p *panel) table() *table {
	t := &table{Caption: p.title + ": medians over the rounds, in brackets least and most", Columns: columns(
		"System", "Load", ">Tickets/s", ">Orders/s", ">Hold p50", ">p99", ">Confirm p50", ">p99", ">Order p99", ">Refused", ">Retried")}
	for _, e := range p.entries {
		row := []cell{{Text: e.label(false), Note: e.Note}, {Text: e.load()}}
		for _, f := range []Figure{TicketsPerSecond, OrdersPerSecond} {
			row = append(row, spreadCell(e.Spread(f), Number))
		}
		for _, f := range []Figure{HoldP50, HoldP99, ConfirmP50, ConfirmP99, OrderP99} {
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
