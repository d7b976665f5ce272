package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// replaySection shows a replay: what was sold, how much was asked, how soon it was answered, what was refused, what came of it.
func replaySection(r *Replay, id string) section {
	s := section{ID: id, Title: r.Name}
	for _, n := range r.Notes {
		s.Blocks = append(s.Blocks, paragraph(n))
	}
	s.Blocks = append(s.Blocks, block{Pairs: r.traceTable()})
	if list := r.events(); len(list) > 0 {
		s.Blocks = append(s.Blocks, block{Heading: "What happened"}, block{List: list})
	}
	if f, ok := r.stockFigure(id); ok {
		s.Blocks = append(s.Blocks, block{Heading: "How it sold out"}, block{Figures: []figure{f}})
	}
	s.Blocks = append(s.Blocks, r.roomBlocks(id)...)
	if len(r.Throughput) > 0 {
		s.Blocks = append(s.Blocks, block{Heading: "Throughput"},
			block{Figures: []figure{r.statusFigure(id)}}, block{Figures: []figure{r.operationFigure(id)}})
	}
	s.Blocks = append(s.Blocks, r.latencyBlocks(id)...)
	s.Blocks = append(s.Blocks, r.refusalBlocks(id)...)
	s.Blocks = append(s.Blocks, r.batchBlocks(id)...)
	if r.Audit != nil {
		a := *r.Audit
		a.Name = "Audit"
		s.Blocks = append(s.Blocks, auditBlocks(&a)...)
	}
	return s
}

func (r *Replay) traceTable() *table {
	t := &table{Caption: "What was replayed", Columns: columns("What", "Value")}
	add := func(name, value string) {
		if value != "" {
			t.Rows = append(t.Rows, cells(name, value))
		}
	}
	add("trace", r.Trace.File)
	add("SHA-256 begins", r.Trace.Digest[:min(len(r.Trace.Digest), digestShown)])
	if r.Trace.Seed != 0 {
		add("seed", strconv.FormatUint(r.Trace.Seed, 10))
	}
	for _, n := range []struct {
		name  string
		value int64
	}{{"places", r.Trace.Places}, {"actions", r.Trace.Actions}, {"sessions", r.Trace.Sessions}} {
		if n.value > 0 {
			add(n.name, Grouped(n.value))
		}
	}
	for _, o := range r.Trace.Others {
		add(o.Name, o.Value)
	}
	add("speed", r.Speed)
	add("took", Seconds(r.Seconds))
	return t
}

// digestShown is how much of a digest is enough to tell two traces apart.
const digestShown = 16

// events are the phases, the faults with the numbers that they have in the pictures, and the longest gap.
func (r *Replay) events() []para {
	var list []para
	var parts []string
	for _, p := range r.Phases {
		parts = append(parts, fmt.Sprintf("%s (%s to %s)", p.Name, at(p.From), at(p.To)))
	}
	if len(parts) > 0 {
		list = append(list, para{Text: "Its parts, every second one shaded in the pictures: " + join(parts) + "."})
	}
	for i, f := range r.faults() {
		list = append(list, para{Text: fmt.Sprintf("Fault %d, %s: %s", i+1, at(f.At), sentence(f.What)), Tone: doubt})
	}
	if g := r.LongestGap; g != nil {
		list = append(list, para{Text: fmt.Sprintf("The longest time without an acknowledged write: %s, from %s on.", Seconds(g.Seconds), at(g.At))})
	}
	return list
}

// faults are the faults in the order of their time.
func (r *Replay) faults() []Fault {
	return slices.SortedStableFunc(slices.Values(r.Faults), func(a, b Fault) int { return cmp.Compare(a.At, b.At) })
}

// refusalBlocks show what was refused, and what was tried again.
func (r *Replay) refusalBlocks(id string) []block {
	blocks := []block{{Heading: "Refusals, retries, back-pressure"}}
	var beside []figure
	if len(r.Refusals) > 0 {
		beside = append(beside, r.refusalFigure(id))
		if f, ok := r.refusalsOverTime(id); ok {
			beside = append(beside, f)
		}
		blocks = append(blocks, block{Figures: beside})
	}
	p := r.Pressure
	t := &table{Caption: "Requests and what became of them", Columns: columns("What", ">Count", ">Share of requests")}
	for _, row := range []struct {
		name  string
		value int64
	}{
		{"requests sent, retries included", p.Requests},
		{"accepted (2xx)", p.Accepted},
		{"sent again with the same key", p.Retried},
		{"429, Retry-After waited for", p.BackedOff},
		{"503 and 504", p.Unavailable},
		{"no answer in time", p.TimedOut},
		{"connections that broke", p.Broken},
		{"actions given up without an answer that decides", p.GivenUp},
		{"actions that the load generator itself sent late", p.LateActions},
	} {
		t.Rows = append(t.Rows, cells(row.name, Grouped(row.value), percent(row.value, p.Requests)))
	}
	if p.WorstLate > 0 {
		t.Rows = append(t.Rows, cells("its worst delay", Micros(float64(p.WorstLate)), ""))
	}
	blocks = append(blocks, block{Table: t})
	if p.Requests > 0 && 100*p.LateActions > lateShare*p.Requests {
		blocks = append(blocks, block{Para: &para{Tone: doubt, Text: fmt.Sprintf(
			"The load generator itself sent %s of the requests more than a millisecond late, for want of a processor or of a free connection. That time "+
				"is a part of the latencies from the intended start, as it should be, but a machine of its own would not have lost it.",
			percent(p.LateActions, p.Requests))}})
	}
	return blocks
}

// lateShare is from how many late requests in a hundred on a reader is told.
const lateShare = 1
