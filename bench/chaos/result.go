package chaos

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/parterre/parterre/bench/audit"
	"github.com/parterre/parterre/bench/history"
)

// Result is what a run came to.
type Result struct {
	Seed     uint64
	Nodes    int
	LogStore string
	Start    time.Time
	Elapsed  time.Duration
	// Loaded is how much of it the load and the faults took.
	Loaded time.Duration

	// Injected and Skipped count faults by kind; one is skipped where another works on its nodes.
	Injected, Skipped map[Kind]int
	// Ready are the times from the end of each round's faults until the cluster was ready.
	Ready []time.Duration
	// Operations by kind, and decided calls that were made again with their keys.
	Operations map[history.Kind]Counts
	Repeated   int64
	Usages     []NodeUsage
	// Felt is what Availability measured.
	Felt []*Felt
	// Audit is nil if the run did not get that far.
	Audit *audit.Verdict
	// Judged are the rules of Options.Judge.
	Judged []RuleCount
	// Problems are broken promises besides the audit's, in words.
	Problems []string
	mu       sync.Mutex
}

// Judgement is what Options.Judge came to: its rules, and what is broken or undecided, in words.
type Judgement struct {
	Rules  []RuleCount
	Broken []string
}

// RuleCount is how often a promise was put to the test, and how often it was broken.
type RuleCount struct {
	Name       string `json:"name"`
	Checked    int64  `json:"checked"`
	Violations int64  `json:"violations"`
}

// NodeUsage is what a node used before the load, at most under it, and after it.
type NodeUsage struct {
	Node                string
	Before, Most, After Usage
}

func newResult(o *Options) *Result {
	return &Result{
		Seed: o.Seed, Nodes: o.Nodes, LogStore: o.LogStore, Start: time.Now(), Injected: map[Kind]int{}, Skipped: map[Kind]int{},
		Operations: map[history.Kind]Counts{},
	}
}

func (r *Result) problem(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, time.Since(r.Start).Round(time.Millisecond).String()+": "+fmt.Sprintf(format, args...))
	}
}

func (r *Result) injected(k Kind, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if errors.Is(err, errSkipped) {
		r.Skipped[k]++
		return
	}
	r.Injected[k]++
}

func (r *Result) recovered(ready time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Ready = append(r.Ready, ready)
}

func (r *Result) tally(t *tally) {
	for k, c := range t.byKind {
		r.Operations[k] = *c
	}
	r.Repeated = t.repeated.Load()
}

// Err is ErrBroken if a promise was broken, else nil. A run without an audit has no verdict.
func (r *Result) Err() error {
	if len(r.Problems) > 0 || r.Audit == nil || r.Audit.Err() != nil {
		return ErrBroken
	}
	return nil
}

// slowest and median of the times until ready.
func (r *Result) readyTimes() (median, longest time.Duration) {
	if len(r.Ready) == 0 {
		return 0, 0
	}
	sorted := slices.Sorted(slices.Values(r.Ready))
	return sorted[len(sorted)/2], sorted[len(sorted)-1]
}
