package onsale

import (
	"fmt"
	"io"
	"time"

	"github.com/parterre/parterre/bench/audit"
)

// Print writes the audit for a reader: what was sold, what every node says of it, and whether the promises held.
func (o *Outcome) Print(w io.Writer, v *audit.Verdict) {
	ms := func(h interface{ ValueAtQuantile(float64) int64 }, q float64) time.Duration {
		return (time.Duration(h.ValueAtQuantile(q)) * time.Microsecond).Round(100 * time.Microsecond)
	}
	line := func(what, format string, args ...any) {
		fmt.Fprintf(w, "  %-34s %s\n", what, fmt.Sprintf(format, args...))
	}
	fmt.Fprintln(w, "audit, read back from every node:")
	line("orders acknowledged", "%d (%d places) in %s", v.Orders, v.Places, o.Elapsed.Round(10*time.Millisecond))
	line("sold, as each node counts", "%v", v.SoldOnNodes)
	line("double-sold", "%d", v.OneOwner.Violations+v.Capacity.Violations)
	line("acknowledged and lost", "%d", v.OrdersKept.Violations+v.HoldsKept.Violations+v.ReleasesKept.Violations)
	switch {
	case v.SameState.Violations > 0:
		line("state hashes", "DIFFER")
	case v.Partitions == 0:
		line("state hashes", "could not be compared")
	default:
		line("state hashes", "equal on all replicas (%d partitions with data)", v.Partitions)
	}
	line("refused a seat that was free", "%d of %d refusals", v.FreeSeats.Violations, v.FreeSeats.Checked)
	line("refused: somebody was faster", "%d holds", o.Refused)
	line("orders per second", "%.0f", float64(v.Orders)/o.Elapsed.Seconds())
	line("hold p50 / p99", "%s / %s", ms(o.Hold, 50), ms(o.Hold, 99))
	line("confirm p50 / p99", "%s / %s", ms(o.Confirm, 50), ms(o.Confirm, 99))
	line("longest gap between two orders", "%s, %s after the start",
		o.LongestGap.Round(time.Millisecond), o.GapAt.Round(time.Millisecond))
	v.PrintBroken(w)
}
