package judge

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
	Details             []Finding // the first violations
	// Skipped is how much says too little to be judged, and Undecided what the time was too short for.
	Skipped   int64
	Undecided []string
}

// Finding is one violation.
type Finding struct {
	Event string `json:"event"`
	Says  string `json:"says"`
	// Around are the operations that it shows itself in, in words, in the order of their calls.
	Around []string `json:"around"`
	// Picture is the file with porcupine's picture, "" if none was saved.
	Picture string `json:"picture,omitempty"`
}

// Verdict is what a judge found. Rules are in a fixed order.
type Verdict struct {
	Operations int64 // in the history
	Unknown    int64 // writes of unknown outcome
	Events     int   // of which anything was to be judged
	Searches   int   // groups of operations given to porcupine
	Largest    int   // operations in the largest of them

	Linear, Revisions, Retries, Sessions, Deadlines, Elections *Rule

	mu    sync.Mutex
	order []*Rule
}

// maxFindings bounds what is told of one rule; the count goes on.
const maxFindings = 10

func newVerdict() *Verdict {
	v := &Verdict{}
	rule := func(name, says, unit string) *Rule {
		r := &Rule{Name: name, Says: says, Unit: unit}
		v.order = append(v.order, r)
		return r
	}
	v.Linear = rule("linearizable", "every event's answers have one order that explains them all", "operations")
	v.Revisions = rule("revisions", "revisions number the changes, and agree with the order of calls", "revisions")
	v.Retries = rule("retries", "one key, one answer", "requests made again")
	v.Sessions = rule("sessions", "who asked for a revision saw it, and its own writes", "reads with min_revision")
	v.Deadlines = rule("deadlines", "deadlines are as far away as was asked", "deadlines")
	v.Elections = rule("elections", "one node won each election", "elections in the nodes' logs")
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

// Err is ErrBroken if a promise was broken, ErrUndecided if that is not known, else nil.
func (v *Verdict) Err() error {
	if v.Violations() > 0 {
		return ErrBroken
	}
	for _, r := range v.order {
		if len(r.Undecided) > 0 {
			return ErrUndecided
		}
	}
	return nil
}

func (v *Verdict) broken(r *Rule, f Finding) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if r.Violations++; len(r.Details) < maxFindings {
		r.Details = append(r.Details, f)
	}
}

func (v *Verdict) count(r *Rule, checked, skipped int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	r.Checked += int64(checked)
	r.Skipped += int64(skipped)
}

func (v *Verdict) undecided(r *Rule, why string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	r.Undecided = append(r.Undecided, why)
}

func (v *Verdict) searched(operations int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.Searches++
	v.Largest = max(v.Largest, operations)
}

// Print writes the verdict for a reader: a line for each rule, then what was broken, in words.
func (v *Verdict) Print(w io.Writer) {
	fmt.Fprintf(w, "judgement of %d operations (%d writes of unknown outcome) on %d events, %d searches, %d operations in the largest:\n",
		v.Operations, v.Unknown, v.Events, v.Searches, v.Largest)
	for _, r := range v.order {
		r.print(w)
	}
	for _, r := range v.order {
		r.printFindings(w)
	}
	switch v.Err() {
	case nil:
		fmt.Fprintln(w, "every promise held")
	case ErrUndecided:
		fmt.Fprintln(w, "UNDECIDED: no violation was found, but not everything could be judged")
	}
}

func (r *Rule) print(w io.Writer) {
	result := "held"
	switch {
	case r.Violations > 0:
		result = fmt.Sprintf("BROKEN %d times", r.Violations)
	case len(r.Undecided) > 0:
		result = "UNDECIDED"
	case r.Checked == 0:
		result = "nothing to check"
	}
	fmt.Fprintf(w, "  %-13s %-18s %d %s", r.Name, result, r.Checked, r.Unit)
	if r.Skipped > 0 {
		fmt.Fprintf(w, "; %d say too little to be judged", r.Skipped)
	}
	fmt.Fprintln(w)
}

func (r *Rule) printFindings(w io.Writer) {
	for _, f := range r.Details {
		fmt.Fprintf(w, "  BROKEN: %s: %s: %s\n", r.Name, f.Event, f.Says)
		for _, line := range f.Around {
			fmt.Fprintf(w, "      %s\n", line)
		}
		if f.Picture != "" {
			fmt.Fprintf(w, "      picture: %s\n", f.Picture)
		}
	}
	if more := r.Violations - int64(len(r.Details)); more > 0 {
		fmt.Fprintf(w, "  BROKEN: %s: and %d more\n", r.Name, more)
	}
	for _, line := range r.Undecided {
		fmt.Fprintf(w, "  UNDECIDED: %s: %s\n", r.Name, line)
	}
}
