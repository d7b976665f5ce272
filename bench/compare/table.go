package compare

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/parterre/parterre/bench/report"
)

// WriteTable writes the result for a terminal: every cell, every pair, who wins, what is absent or failed.
func (r *Result) WriteTable(w io.Writer, aims []report.Aim) error {
	c := r.Document()
	var b strings.Builder
	if text := r.shortened(); text != "" {
		fmt.Fprintln(&b, text)
	}
	r.absences(&b)
	for i := range c.Works {
		measures(&b, &c.Works[i])
	}
	for i := range c.Works {
		pairs(&b, c, &c.Works[i])
	}
	if err := r.openLoops(&b); err != nil {
		return err
	}
	writeAims(&b, aims)
	r.durabilities(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// absences come first: nobody shall miss that a peer is missing.
func (r *Result) absences(b *strings.Builder) {
	for _, s := range r.systems {
		if s.absent != "" {
			fmt.Fprintf(b, "ABSENT: %s was not measured: %s\n", s.facts.Title, s.absent)
		}
		for _, c := range s.cells {
			if c.failure != "" {
				fmt.Fprintf(b, "FAILED: %s: %s\n", c.String(), c.failure)
			}
		}
	}
}

func measures(b *strings.Builder, work *report.Work) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\n%s\tROAD\tCLIENTS\tORDERS/S\tLEAST\tMOST\tTICKETS/S\tHOLD P50\tP99\tCONFIRM P50\tP99\n", strings.ToUpper(work.Name))
	for i := range work.Entries {
		e := &work.Entries[i]
		clients := fmt.Sprint(e.Clients)
		if e.Batched() {
			clients += fmt.Sprintf(" × %d", e.PerClient)
		}
		s := e.Spread(report.OrdersPerSecond)
		if s == nil {
			fmt.Fprintf(t, "%s\t%s\t%s\tfailed: %s\n", e.System, e.Road, clients, e.Note)
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%.0f\t%.0f\t%.0f\t%.0f\t%s\t%s\t%s\t%s\n", e.System, e.Road, clients, s.Median, s.Least, s.Most,
			median(e, report.TicketsPerSecond), latency(e, report.HoldP50), latency(e, report.HoldP99),
			latency(e, report.ConfirmP50), latency(e, report.ConfirmP99))
	}
	_ = t.Flush() // into memory
}

func median(e *report.Entry, f report.Figure) float64 {
	if s := e.Spread(f); s != nil {
		return s.Median
	}
	return 0
}

func latency(e *report.Entry, f report.Figure) string { return micros(int64(median(e, f))).String() }

// pairs says of each pair how many times we sell, and in words who wins.
func pairs(b *strings.Builder, c *report.Comparison, work *report.Work) {
	list := c.Pairs(work)
	if len(list) == 0 {
		return
	}
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\n%s: PARTERRE ÷ PEER, BY ROUND\tCLIENTS\tPEER\tROAD\tCLIENTS\tMEDIAN\tLEAST\tMOST\t\n", strings.ToUpper(work.Name))
	for i := range list {
		p := &list[i]
		if p.Tickets == nil {
			fmt.Fprintf(t, "%s, %s\t%d\t%s\t%s\t%d\tno round has both\n",
				p.Ours.System, p.Ours.Road, p.Ours.Outstanding(), p.Theirs.System, p.Theirs.Road, p.Theirs.Outstanding())
			continue
		}
		fmt.Fprintf(t, "%s, %s\t%d\t%s\t%s\t%d\t%.2f\t%.2f\t%.2f\t%s\n",
			p.Ours.System, p.Ours.Road, p.Ours.Outstanding(), p.Theirs.System, p.Theirs.Road, p.Theirs.Outstanding(),
			p.Tickets.Median, p.Tickets.Least, p.Tickets.Most, verdict(p))
	}
	_ = t.Flush() // into memory
}

// verdict says who wins.
func verdict(p *report.Pair) string {
	switch p.Ahead() {
	case 1:
		return "Parterre wins"
	case -1:
		return p.Theirs.System + " WINS"
	}
	return "the rounds do not agree"
}

// openLoops are latencies at half of the peak rate.
func (r *Result) openLoops(b *strings.Builder) error {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	head := "\nOPEN LOOP AT HALF OF THE PEAK\tORDERS/S\tORDER P99, MS\tLEAST\tMOST\n"
	for _, s := range r.systems {
		for _, c := range s.others {
			p99, rate := spread(c, OrderP99), spread(c, Value{Of: (*Measured).OrdersPerSecond})
			if c.rate == 0 || p99 == nil {
				continue
			}
			fmt.Fprintf(t, "%s%s, %s\t%.0f\t%.2f\t%.2f\t%.2f\n", head, c.System, c.Mode.Title, rate.Median, p99.Median, p99.Least, p99.Most)
			head = ""
		}
	}
	return t.Flush()
}

func writeAims(b *strings.Builder, aims []report.Aim) {
	if len(aims) == 0 {
		return
	}
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprint(t, "\nAIM\tFIGURE\tWANTED\tMEDIAN\tLEAST\tMOST\t\n")
	for i := range aims {
		a := &aims[i]
		sign := "≥"
		if a.AtMost {
			sign = "≤"
		}
		fmt.Fprintf(t, "%s\t%s\t%s %s %s\t", a.Work, a.Figure, sign, number(a.Want), a.Unit)
		switch {
		case a.Measured == nil:
			fmt.Fprint(t, "-\t-\t-\tnot measured\n")
		case a.Met():
			fmt.Fprintf(t, "%s\t%s\t%s\tmet\n", number(a.Measured.Median), number(a.Measured.Least), number(a.Measured.Most))
		default:
			fmt.Fprintf(t, "%s\t%s\t%s\tNOT MET\n", number(a.Measured.Median), number(a.Measured.Least), number(a.Measured.Most))
		}
	}
	_ = t.Flush() // into memory
}

// number is a figure of any size.
func number(v float64) string {
	if v >= 1000 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// durabilities say what an answer is worth at each system.
func (r *Result) durabilities(b *strings.Builder) {
	fmt.Fprintln(b)
	for _, s := range r.systems {
		version := s.version
		if version == "" {
			version = "not measured"
		}
		fmt.Fprintf(b, "%s (%s): %s. Can be lost: %s.\n", s.facts.Title, version, s.facts.Durability, s.facts.CanLose)
	}
}
