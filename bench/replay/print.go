package replay

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Print writes the result for a reader.
func (r *Result) Print(w io.Writer) {
	p := &r.Pressure
	fmt.Fprintf(w, "replayed %d actions of the trace in %.1f s at speed %s, over %d connections: %d requests, %.0f a second, %d in the busiest\n",
		r.Records, r.Seconds, r.Speed, r.Connections, p.Requests, float64(p.Requests)/r.Seconds, r.Busiest)
	fmt.Fprintf(w, "not sent: %d whose condition was not met, %d that saw no free run on the map\n", r.Skipped.Condition, r.Skipped.NoneFree)
	r.printLatencies(w)
	fmt.Fprintf(w, "back-pressure: %d answers 429, waited for; sent again with the same key: %d; timed out: %d; broken: %d; 503 and 504: %d; given up: %d\n",
		p.BackedOff, p.Retried, p.TimedOut, p.Broken, p.Unavailable, p.GivenUp)
	if len(r.measure.refusals) > 0 {
		fmt.Fprint(w, "refusals:")
		for _, f := range r.measure.refusals {
			fmt.Fprintf(w, " %d %s ×%d;", f.Status, f.Code, f.Total)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "generator: %d of %d requests left it more than %s late, the worst %s; %d found all connections busy\n",
		p.LateActions, p.Requests, lateFrom, round(time.Duration(p.WorstLate)*time.Microsecond), r.Starved)
	if gap := r.measure.gap; gap.Seconds > 0 {
		fmt.Fprintf(w, "longest time without an acknowledged write while one was due: %.3f s, from second %.1f on\n", gap.Seconds, gap.At)
	}
	for _, f := range r.Faults {
		fmt.Fprintf(w, "second %.1f: %s\n", f.At, f.What)
	}
	r.printRoom(w)
	r.printFirstMinute(w)
}

func (r *Result) printLatencies(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "operation\tdecided\tp50\tp90\tp99\tp99.9\tmax\tservice p50\tservice p99\t")
	line := func(name string, intended, service *hdrhistogram.Histogram) {
		q := func(h *hdrhistogram.Histogram, q float64) string {
			return round(time.Duration(h.ValueAtQuantile(q)) * time.Microsecond).String()
		}
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t", name, intended.TotalCount(), q(intended, 50), q(intended, 90), q(intended, 99),
			q(intended, 99.9), round(time.Duration(intended.Max())*time.Microsecond))
		if service != nil {
			fmt.Fprintf(table, "%s\t%s\t", q(service, 50), q(service, 99))
		} else {
			fmt.Fprint(table, "\t\t")
		}
		fmt.Fprintln(table)
	}
	for _, o := range r.Operations() {
		line(o.Name, o.Intended, o.Service)
		if o.TurnedAway != nil {
			fmt.Fprintf(table, "turned away\t%d\t\t\t\t\t\t%s\t%s\t\n", o.TurnedAway.TotalCount(),
				round(time.Duration(o.TurnedAway.ValueAtQuantile(50))*time.Microsecond),
				round(time.Duration(o.TurnedAway.ValueAtQuantile(99))*time.Microsecond))
		}
	}
	if waited := r.Waited(); waited != nil && r.Speed != Max {
		line("all, pauses after 429 included", waited, nil)
	}
	_ = table.Flush() // to a reader's terminal
	if r.Speed == Max {
		fmt.Fprintln(w, "at speed max latency is that of a closed loop over all connections: it says nothing about a given rate")
	}
}

// printFirstMinute writes the two facts that the first minute's aim asks for.
func (r *Result) printFirstMinute(w io.Writer) {
	f := r.FirstMinute()
	verdict := "held"
	if !f.Held() {
		verdict = "MISSED"
	}
	fmt.Fprintf(w, "first minute: no accepted request over %s: %d of %d accepted took longer, the slowest %s\n",
		tooLong, f.Slow, f.Accepted, round(f.Slowest))
	fmt.Fprintf(w, "first minute: refusals only 409 and 429: %d × 409, %d × 429, %d others%s\n", f.Refused[409], f.Refused[429], f.Others(), f.words())
	fmt.Fprintf(w, "first minute: %s\n", verdict)
}

// words are the other refusals by status.
func (f *Facts) words() string {
	var b strings.Builder
	for _, status := range slices.Sorted(maps.Keys(f.Refused)) {
		switch status {
		case 409, 429:
		case 0:
			fmt.Fprintf(&b, ", no answer ×%d", f.Refused[status])
		default:
			fmt.Fprintf(&b, ", %d ×%d", status, f.Refused[status])
		}
	}
	return b.String()
}

// round makes a duration readable.
func round(d time.Duration) time.Duration {
	switch {
	case d >= 10*time.Second:
		return d.Round(100 * time.Millisecond)
	case d >= time.Second:
		return d.Round(10 * time.Millisecond)
	case d >= 10*time.Millisecond:
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(10 * time.Microsecond)
}
