package onsale

import (
	"fmt"
	"io"
	"time"
)

// Print writes the audit for a reader: what was sold, what every node says of it, and whether the promises held.
func (v *Verdict) Print(w io.Writer, o *Outcome) {
	ms := func(h interface{ ValueAtQuantile(float64) int64 }, q float64) time.Duration {
		return (time.Duration(h.ValueAtQuantile(q)) * time.Microsecond).Round(100 * time.Microsecond)
	}
	line := func(what, format string, args ...any) {
		fmt.Fprintf(w, "  %-34s %s\n", what, fmt.Sprintf(format, args...))
	}
	fmt.Fprintln(w, "audit, read back from every node:")
	line("orders acknowledged", "%d (%d places) in %s", v.Orders, v.Places, o.Elapsed.Round(10*time.Millisecond))
	line("sold, as each node counts", "%v", v.SoldOnNodes)
	line("double-sold", "%d", v.DoubleSold)
	line("acknowledged and lost", "%d", v.Lost)
	switch {
	case v.HashesDiffer:
		line("state hashes", "DIFFER")
	case v.HashesCompared == 0:
		line("state hashes", "could not be compared")
	default:
		line("state hashes", "equal on all replicas (%d partitions with data)", v.HashesCompared)
	}
	line("refused: somebody was faster", "%d holds", o.Refused)
	line("orders per second", "%.0f", float64(v.Orders)/o.Elapsed.Seconds())
	line("hold p50 / p99", "%s / %s", ms(o.Hold, 50), ms(o.Hold, 99))
	line("confirm p50 / p99", "%s / %s", ms(o.Confirm, 50), ms(o.Confirm, 99))
	line("longest gap between two orders", "%s, %s after the start",
		o.LongestGap.Round(time.Millisecond), o.GapAt.Round(time.Millisecond))
	for _, broken := range v.Broken {
		fmt.Fprintln(w, "  BROKEN:", broken)
	}
	if len(v.Broken) == 0 {
		fmt.Fprintln(w, "every promise held")
	}
}
