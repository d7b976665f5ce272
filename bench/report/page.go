package report

import (
	"fmt"
	"strings"
	"time"
)

// defaultTitle is the title of a page that was given none.
const defaultTitle = "Parterre: an on-sale, replayed and audited"

// compose makes the page of a run.
func compose(r *Run) *document {
	d := &document{Title: r.Title, Lead: append(lead(r), r.Notes...), Facts: facts(r)}
	if d.Title == "" {
		d.Title = defaultTitle
	}
	ids := names{}
	if len(r.Aims) > 0 {
		d.Sections = append(d.Sections, aimsSection(r.Aims))
	}
	for i := range r.Comparisons {
		d.Sections = append(d.Sections, comparisonSection(&r.Comparisons[i], ids.id("peers")))
	}
	for i := range r.Replays {
		d.Sections = append(d.Sections, replaySection(&r.Replays[i], ids.id("replay")))
	}
	if len(r.Audits) > 0 {
		s := section{ID: "audit", Title: "Audit"}
		for i := range r.Audits {
			s.Blocks = append(s.Blocks, auditBlocks(&r.Audits[i])...)
		}
		d.Sections = append(d.Sections, s)
	}
	return &document{d.Title, d.Lead, d.Facts, append(d.Sections, machineSection(r), methodSection(r))}
}

// names gives ids that are used once.
type names map[string]int

func (n names) id(base string) string {
	n[base]++
	if n[base] == 1 {
		return base
	}
	return fmt.Sprintf("%s-%d", base, n[base])
}

// lead says in a sentence or two what ran where.
func lead(r *Run) []string {
	if len(r.Commands) == 0 {
		return nil
	}
	c := r.Commands[len(r.Commands)-1]
	m, s := c.Machine, c.Settings
	where := "a machine with " + count(m.Cores, "core", "cores")
	if m.MemoryBytes > 0 {
		where += " and " + gibibytes(m.MemoryBytes)
	}
	var what string
	if s.Nodes > 0 {
		what = count(s.Nodes, "node", "nodes")
		if s.Processes != "" {
			what += " (" + s.Processes + ")"
		}
		what = "Parterre: " + what + ". "
	}
	text := fmt.Sprintf("%sMeasured on %s, %s.", what, where, day(c.StartedAt))
	if s.Durability != "" {
		text += " Durability, never switched off: " + sentence(s.Durability)
	}
	return []string{text}
}

func day(t time.Time) string {
	if t.IsZero() {
		return "date unknown"
	}
	return t.UTC().Format("2 January 2006")
}

// sentence ends a text with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

// facts are the page in a few figures.
func facts(r *Run) []fact {
	var list []fact
	if n := len(r.Aims); n > 0 {
		met, measured := 0, 0
		for i := range r.Aims {
			if r.Aims[i].Measured != nil {
				measured++
			}
			if r.Aims[i].Met() {
				met++
			}
		}
		f := fact{Name: "aims met", Value: fmt.Sprintf("%d of %d", met, n), Tone: good}
		if met < n {
			f.Tone = bad
		}
		if measured < n {
			f.Note = fmt.Sprintf("%d not measured", n-measured)
		}
		list = append(list, f)
	}
	list = append(list, auditFacts(r)...)
	for i := range r.Comparisons {
		c := &r.Comparisons[i]
		ahead, behind, neither := c.score()
		if ahead+behind+neither == 0 {
			continue
		}
		list = append(list, fact{
			Name: "pairs in which Parterre is ahead", Value: fmt.Sprintf("%d of %d", ahead, ahead+behind+neither),
			Note: fmt.Sprintf("a peer is ahead in %d, neither in %d", behind, neither),
		})
	}
	return append(list, replayFacts(r)...)
}

func auditFacts(r *Run) []fact {
	var audits []*Audit
	for i := range r.Replays {
		if r.Replays[i].Audit != nil {
			audits = append(audits, r.Replays[i].Audit)
		}
	}
	for i := range r.Audits {
		audits = append(audits, &r.Audits[i])
	}
	if len(audits) == 0 {
		return nil
	}
	passed, violations, checked := 0, int64(0), int64(0)
	for _, a := range audits {
		if a.Passed() {
			passed++
		}
		for _, rule := range a.Rules {
			violations += rule.Violations
			checked += rule.Checked
		}
	}
	f := fact{Name: "audit", Value: "passed", Tone: good, Note: Grouped(checked) + " checks, nothing found"}
	switch {
	case violations > 0:
		f.Value, f.Tone, f.Note = "FAILED", bad, fmt.Sprintf("%s violations in %s checks", Grouped(violations), Grouped(checked))
	case passed < len(audits):
		f.Value, f.Tone, f.Note = "not done", bad, fmt.Sprintf("%d of %d audits gave no verdict", len(audits)-passed, len(audits))
	}
	return []fact{f}
}

// replayFacts are the figures of the first replay that buyers feel.
func replayFacts(r *Run) []fact {
	if len(r.Replays) == 0 {
		return nil
	}
	p := &r.Replays[0]
	var list []fact
	if n := p.lastSold(); n > 0 {
		list = append(list, fact{Name: "places sold", Value: Grouped(n), Note: "of " + Grouped(p.places()) + ", in " + Seconds(p.Seconds)})
	}
	if c := p.whole("hold"); c != nil {
		list = append(list, fact{Name: "hold, p99", Value: Micros(float64(c.P99)), Note: "from the " + c.From + "; slowest " + Micros(float64(c.Max))})
	}
	return list
}

// places are those of the event by what a node says, else by the trace.
func (r *Replay) places() int64 {
	if len(r.Stock) == 0 {
		return r.Trace.Places
	}
	s := r.Stock[len(r.Stock)-1]
	return s.Free + s.Held + s.Sold + s.Blocked
}

func (r *Replay) lastSold() int64 {
	if len(r.Stock) == 0 {
		return 0
	}
	return r.Stock[len(r.Stock)-1].Sold
}

// whole is an operation's curve over the whole replay, from the intended start if there was one.
func (r *Replay) whole(operation string) *Curve {
	curves, main := r.curvesOf(operation)
	for _, c := range curves {
		if c.Phase == "" && c.From == main {
			return c
		}
	}
	return nil
}
