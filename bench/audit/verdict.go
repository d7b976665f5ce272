package audit

import (
	"fmt"
	"io"
	"sync"
)

// Rule is one promise and what came of it.
type Rule struct {
	Name                string // short and stable
	Says                string // a sentence that is true if nothing was found
	Unit                string // what was checked
	Checked, Violations int64
	Details             []string // the first violations, in words
	// Unchecked is how many cases could not be judged, Why not.
	Unchecked int64
	Why       string
}

// Verdict is what an audit found. Rules are in a fixed order.
type Verdict struct {
	Operations int64 // in the history
	Unknown    int64 // writes of unknown outcome
	// Orders were acknowledged, of so many Places; those of cancelled tickets are not among them.
	Orders, Places int64
	// SoldOnNodes is what each node counts as sold, over all events of the run.
	SoldOnNodes []int64
	Partitions  int // whose replicas' hashes were compared at the same index

	OneOwner, Capacity, FreeSeats, HoldsKept, OrdersKept, ReleasesKept, Totals, SameState *Rule

	mu    sync.Mutex
	order []*Rule
}

// maxDetails bounds what is told of one rule in words; the count goes on.
const maxDetails = 20

func newVerdict() *Verdict {
	v := &Verdict{}
	rule := func(name, says, unit string) *Rule {
		r := &Rule{Name: name, Says: says, Unit: unit}
		v.order = append(v.order, r)
		return r
	}
	v.OneOwner = rule("one owner", "no seat or table had two owners at one time", "acknowledged tenures of seats and tables")
	v.Capacity = rule("capacity", "no area was given out past its capacity", "areas, in the histories and on each node")
	v.FreeSeats = rule("free seats", "nobody was refused a place that was free throughout the request", "refusals")
	v.HoldsKept = rule("holds kept", "no acknowledged hold ended before its deadline unless its owner ended it", "acknowledged holds")
	v.OrdersKept = rule("orders kept", "every acknowledged order is there with its places, every cancelled one cancelled", "orders read from the nodes")
	v.ReleasesKept = rule("releases kept", "nothing that was given back is still held", "acknowledged releases")
	v.Totals = rule("totals", "every node's map and counts are those of the acknowledged operations", "places on the nodes")
	v.SameState = rule("same state", "all replicas of a partition have the same state hash at the same index", "replicas")
	return v
}

// Rules are all rules in their order.
func (v *Verdict) Rules() []*Rule { return v.order }

// Violations is how often promises were broken, in all.
func (v *Verdict) Violations() (n int64) {
	for _, r := range v.order {
		n += r.Violations
	}
	return n
}

// Err is ErrBroken if a promise was broken, else nil.
func (v *Verdict) Err() error {
	if v.Violations() > 0 {
		return ErrBroken
	}
	return nil
}

// broken notes a violation; the words are made only for those that are told.
func (v *Verdict) broken(r *Rule, format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if r.Violations++; len(r.Details) < maxDetails {
		r.Details = append(r.Details, fmt.Sprintf(format, args...))
	}
}

func (v *Verdict) checked(r *Rule, n int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	r.Checked += int64(n)
}

func (r *Rule) unchecked(n int64, why string) {
	if n > 0 {
		r.Unchecked += n
		r.Why = why
	}
}

// Caveat says what could not be judged and why, "" if everything was.
func (r *Rule) Caveat() string {
	if r.Unchecked == 0 {
		return ""
	}
	return fmt.Sprintf("%d not judged: %s", r.Unchecked, r.Why)
}

// Print writes the verdict for a reader: a line for each rule, then what was broken, in words.
func (v *Verdict) Print(w io.Writer) {
	against := "against every node"
	if v.SoldOnNodes == nil {
		against = "from the history alone"
	}
	fmt.Fprintf(w, "audit of %d operations (%d writes of unknown outcome), %s:\n", v.Operations, v.Unknown, against)
	for _, r := range v.order {
		v.printRule(w, r)
	}
	v.PrintBroken(w)
}

func (v *Verdict) printRule(w io.Writer, r *Rule) {
	result := "held"
	switch {
	case r.Violations > 0:
		result = fmt.Sprintf("BROKEN %d times", r.Violations)
	case r.Checked == 0:
		result = "nothing to check"
	}
	fmt.Fprintf(w, "  %-14s %-18s %d %s", r.Name, result, r.Checked, r.Unit)
	if r.Unchecked > 0 {
		fmt.Fprintf(w, "; %s", r.Caveat())
	}
	fmt.Fprintln(w)
}

// PrintBroken writes the violations in words, and that every promise held if there are none.
func (v *Verdict) PrintBroken(w io.Writer) {
	for _, r := range v.order {
		for _, line := range r.Details {
			fmt.Fprintf(w, "  BROKEN: %s: %s\n", r.Name, line)
		}
		if more := r.Violations - int64(len(r.Details)); more > 0 {
			fmt.Fprintf(w, "  BROKEN: %s: and %d more\n", r.Name, more)
		}
	}
	if v.Violations() == 0 {
		fmt.Fprintln(w, "every promise held")
	}
}
