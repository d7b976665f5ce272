package chaos

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"
)

// Print writes the result for a reader.
func (r *Result) Print(w io.Writer) {
	fmt.Fprintf(w, "\n%d nodes, log store %s, seed %d, %s\n\n", r.Nodes, r.LogStore, r.Seed, r.Elapsed.Round(time.Second))
	r.printFelt(w)
	r.printFaults(w)
	r.printOperations(w)
	r.printUsages(w)
	if r.Audit != nil {
		r.Audit.Print(w)
	}
	for _, p := range r.Problems {
		fmt.Fprintf(w, "BROKEN: %s\n", p)
	}
	verdict := "every promise held"
	switch {
	case r.Audit == nil:
		verdict = "there is no verdict: the run did not get to its audit"
	case r.Err() != nil:
		verdict = "A PROMISE WAS BROKEN"
	}
	fmt.Fprintf(w, "\nseed %d: %s\n", r.Seed, verdict)
}

func (r *Result) printFaults(w io.Writer) {
	t := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	fmt.Fprintln(t, "fault\tinjected\tskipped")
	total := 0
	for _, k := range named() {
		if r.Injected[k]+r.Skipped[k] > 0 {
			fmt.Fprintf(t, "%s\t%d\t%d\n", k, r.Injected[k], r.Skipped[k])
			total += r.Injected[k]
		}
	}
	fmt.Fprintf(t, "all\t%d\t\n", total)
	_ = t.Flush() // whoever reads has gone, then
	if len(r.Ready) == 0 {
		fmt.Fprintln(w)
		return
	}
	median, longest := r.readyTimes()
	fmt.Fprintf(w, "\n%d times healed; ready again after %s (median), %s (longest)\n\n", len(r.Ready),
		median.Round(time.Millisecond), longest.Round(time.Millisecond))
}

func (r *Result) printOperations(w io.Writer) {
	t := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	fmt.Fprintln(t, "operation\tdone\trefused\tturned away\tunknown\tattempts")
	for _, k := range slices.Sorted(maps.Keys(r.Operations)) {
		c := r.Operations[k]
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\n", k, c.Done, c.Refused, c.TurnedAway, c.Unknown, c.Attempts)
	}
	_ = t.Flush() // whoever reads has gone, then
	fmt.Fprintf(w, "\n%d decided operations were asked again with their keys and gave the same answer\n\n", r.Repeated)
}

func (r *Result) printUsages(w io.Writer) {
	if len(r.Usages) == 0 {
		return
	}
	t := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	fmt.Fprintln(t, "node\tgoroutines before, most, after\tdescriptors\tresident MiB")
	for _, u := range r.Usages {
		fmt.Fprintf(t, "%s\t%d, %d, %d\t%d, %d, %d\t%d, %d, %d\n", u.Node, u.Before.Goroutines, u.Most.Goroutines, u.After.Goroutines,
			u.Before.Descriptors, u.Most.Descriptors, u.After.Descriptors, u.Before.ResidentMiB, u.Most.ResidentMiB, u.After.ResidentMiB)
	}
	_ = t.Flush() // whoever reads has gone, then
	fmt.Fprintln(w)
}
