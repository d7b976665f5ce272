package chaos

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// PrintSum writes what many nights came to, as Markdown: the nights, the kinds of fault over all of them, the promises, and,
// where it was measured, what each kind alone felt like.
func PrintSum(w io.Writer, records []*Record) {
	var nights, measured []*Record
	for _, r := range records {
		if len(r.Felt) > 0 {
			measured = append(measured, r)
			continue
		}
		nights = append(nights, r)
	}
	if len(nights) > 0 {
		printNights(w, nights)
		printInjected(w, nights)
		printPromises(w, nights)
	}
	for _, r := range measured {
		printFeltTable(w, r)
	}
}

func printNights(w io.Writer, nights []*Record) {
	fmt.Fprintln(w, "| seed | nodes | log store | network | minutes | faults | operations | unknown | rounds healed | ready after: median, longest | verdict |")
	fmt.Fprintln(w, "|---:|---:|---|---|---:|---:|---:|---:|---:|---:|---|")
	var all Record
	faults, rounds := 0, 0
	for _, r := range nights {
		network, verdict := "proxy", "held"
		if r.Netns {
			network = "namespaces"
		}
		if r.Loop {
			network += ", loop devices"
		}
		if r.Mixed {
			network += ", two versions"
		}
		switch {
		case r.Operations == 0: // it did not get to its audit
			verdict = "no verdict"
		case !r.Held:
			verdict = "**BROKEN**"
		}
		ready := slices.Sorted(slices.Values(r.ReadyMillis))
		healed := "–"
		if len(ready) > 0 {
			healed = fmt.Sprintf("%d ms, %d ms", ready[len(ready)/2], ready[len(ready)-1])
		}
		fmt.Fprintf(w, "| %d | %d | %s | %s | %.1f | %d | %d | %d | %d | %s | %s |\n", r.Seed, r.Nodes, r.LogStore, network, r.Seconds/60,
			sumOf(r.Injected), r.Operations, r.Unknown, len(ready), healed, verdict)
		all.Seconds += r.Seconds
		all.Operations += r.Operations
		all.Unknown += r.Unknown
		faults, rounds = faults+sumOf(r.Injected), rounds+len(ready)
	}
	fmt.Fprintf(w, "| %d runs | | | | %.1f | %d | %d | %d | %d | | |\n\n", len(nights), all.Seconds/60, faults, all.Operations, all.Unknown, rounds)
}

func sumOf(counts map[Kind]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// printInjected tells how often each kind was injected, by log store.
func printInjected(w io.Writer, nights []*Record) {
	stores := map[string]bool{}
	for _, r := range nights {
		stores[r.LogStore] = true
	}
	names := slices.Sorted(maps.Keys(stores))
	fmt.Fprintf(w, "| fault | injected | %s | skipped |\n|---|---:|%s---:|\n", strings.Join(names, " | "), strings.Repeat("---:|", len(names)))
	for _, k := range append(named(), upgrading) {
		total, skipped, by := 0, 0, map[string]int{}
		for _, r := range nights {
			total, skipped = total+r.Injected[k], skipped+r.Skipped[k]
			by[r.LogStore] += r.Injected[k]
		}
		if total+skipped == 0 {
			continue
		}
		fmt.Fprintf(w, "| %s | %d |", k, total)
		for _, name := range names {
			fmt.Fprintf(w, " %d |", by[name])
		}
		fmt.Fprintf(w, " %d |\n", skipped)
	}
	fmt.Fprintln(w)
}

// printPromises tells how often each promise was put to the test.
func printPromises(w io.Writer, nights []*Record) {
	fmt.Fprintln(w, "| promise | judged by | cases | broken |\n|---|---|---:|---:|")
	for _, by := range []string{"audit", "judge"} {
		sums := map[string]*RuleCount{}
		for _, r := range nights {
			rules := r.Audit
			if by == "judge" {
				rules = r.Judge
			}
			for _, rule := range rules {
				if sums[rule.Name] == nil {
					sums[rule.Name] = &RuleCount{Name: rule.Name}
				}
				sums[rule.Name].Checked += rule.Checked
				sums[rule.Name].Violations += rule.Violations
			}
		}
		for _, name := range slices.Sorted(maps.Keys(sums)) {
			fmt.Fprintf(w, "| %s | %s | %d | %d |\n", name, by, sums[name].Checked, sums[name].Violations)
		}
	}
	var repeated int64
	problems := 0
	for _, r := range nights {
		repeated, problems = repeated+r.Repeated, problems+len(r.Problems)
	}
	fmt.Fprintf(w, "| a retry gets the same answer | the load | %d | |\n", repeated)
	fmt.Fprintf(w, "| anything else that a run complained of | all of them | | %d |\n\n", problems)
}

// printFeltTable is what each kind alone did to those who were buying.
func printFeltTable(w io.Writer, r *Record) {
	fmt.Fprintf(w, "%d nodes, %s, seed %d:\n\n", r.Nodes, r.LogStore, r.Seed)
	fmt.Fprintln(w, "| fault, alone | times | gap: median | longest | operations | failed | asked again |\n|---|---:|---:|---:|---:|---:|---:|")
	for _, f := range r.Felt {
		gaps := slices.Sorted(slices.Values(f.Gaps))
		if len(gaps) == 0 || f.Operations == 0 {
			continue
		}
		name := string(f.Kind)
		if name == "" {
			name = "none"
		}
		millis := func(n int64) time.Duration { return time.Duration(n) * time.Millisecond }
		fmt.Fprintf(w, "| %s | %d | %s | %s | %d | %d (%.3f %%) | %.2f %% |\n", name, len(gaps), millis(gaps[len(gaps)/2]),
			millis(gaps[len(gaps)-1]), f.Operations, f.Failed, 100*float64(f.Failed)/float64(f.Operations),
			100*float64(f.Again)/float64(f.Operations))
	}
	fmt.Fprintln(w)
}
