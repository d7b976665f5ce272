package simulator

import (
	"flag"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// The short run of `make test`; the long one sets them. See doc.go.
var (
	seeds    = flag.Int("seeds", 20, "nights to simulate")
	first    = flag.Uint64("seed", 1, "seed of the first night")
	duration = flag.Duration("duration", 2*time.Minute, "simulated time of a night, before all is healed")
	nodes    = flag.Int("nodes", 0, "nodes of a night; 0 = 3 or 5, by the seed")
	think    = flag.Duration("think", time.Second, "mean pause of a client between requests")
	peace    = flag.Duration("peace", 8*time.Second, "mean pause between faults")
	only     = flag.String("only", "", "the only kind of fault, by its name")
	plant    = flag.String("plant", "", "bug to put in")
	watch    = flag.Bool("watch", false, "print every line of the trace")
	// A night needs a process that has one processor, so several at a time are several processes.
	processes = flag.Int("processes", 1, "processes that share the nights")
	share     = flag.String("share", "", "file that a process with a share of the nights writes their sum to")
)

// night simulates one.
func night(t *testing.T, o Options) (r Report) {
	t.Helper()
	defer Prepare()()
	synctest.Test(t, func(*testing.T) { r = Run(o) })
	return r
}

func TestSimulate(t *testing.T) {
	start := time.Now()
	var all nights
	if *processes > 1 && !*watch { // who watches wants the lines in their order
		all = simulateBeside(t)
	} else {
		all = simulate(t, start)
	}
	took := time.Since(start)
	t.Logf("%d nights of %v, %v in all, in %v, %v of processor time (%.2f s and %.2f s for an hour), hash of all %016x: %s", all.Nights,
		*duration, all.Sum.Virtual.Round(time.Second), took.Round(time.Millisecond), all.Processor.Round(time.Millisecond),
		perHour(took, all.Sum.Virtual), perHour(all.Processor, all.Sum.Virtual), all.Hash, &all.Sum)
	if *share != "" {
		all.save(t, *share)
	} else if all.Nights >= 20 && *plant == "" {
		all.Sum.expectEverything(t)
	}
}

func perHour(took, virtual time.Duration) float64 { return took.Seconds() / virtual.Hours() }

// simulate has this process's nights, one after the other.
func simulate(t *testing.T, start time.Time) nights {
	all := newNights()
	before := processorTime(t)
	for i := range *seeds {
		o := Options{
			Seed: *first + uint64(i), Duration: *duration, Nodes: *nodes, Plant: Plant(*plant), Think: *think, Peace: *peace,
			Only: *only,
		}
		if *watch {
			o.Watch = func(line string) { fmt.Println(line) }
		}
		r := night(t, o)
		if r.Failure != nil {
			t.Fatalf("%s\n%s\nagain: go test ./cluster/simulator -run 'TestSimulate$' -seeds 1 -seed %d -duration %v -nodes %d -think %v -peace %v -plant=%s -only %q -watch",
				r.Failure.Trace, r.Failure, o.Seed, o.Duration, o.Nodes, o.Think, o.Peace, o.Plant, o.Only)
		}
		all.add(nights{Nights: 1, Hash: r.Hash, Sum: r.Counts})
		if (i+1)%50 == 0 {
			t.Logf("%d nights in %v, hash so far %016x: %s", i+1, time.Since(start), all.Hash, &all.Sum)
		}
	}
	all.Processor = processorTime(t) - before
	return all
}

// expectEverything wants what faults are for to have come up.
func (c *Counts) expectEverything(t *testing.T) {
	for what, n := range map[string]int{
		"acknowledgements": c.Told, "crashes": c.Crashes, "elections": c.Elections, "truncated logs": c.Truncations,
		"snapshots": c.Snapshots, "installs": c.Installs, "torn tails": c.TornTails, "retries": c.Retries,
	} {
		if n == 0 {
			t.Errorf("no %s: the faults do not do what they are for", what)
		}
	}
}

// Nights look for every bug that is put in on purpose, until one shows it; whatever shows first must be what the bug breaks.
func TestEveryPlantedBugIsFound(t *testing.T) {
	for _, p := range planted {
		t.Run(string(p.plant), func(t *testing.T) {
			for seed := p.seed; seed < p.seed+plantedNights; seed++ {
				r := night(t, Options{Seed: seed, Duration: time.Minute, Plant: p.plant, Peace: p.peace, Think: p.think, Only: p.only})
				if r.Failure == nil {
					continue
				}
				if r.Failure.Check != p.check {
					t.Fatalf("want the check %q to fail, got %v", p.check, r.Failure)
				}
				t.Logf("seed %d: %v", seed, r.Failure)
				return
			}
			t.Fatalf("seeds %d to %d: want the check %q to fail in one", p.seed, p.seed+plantedNights-1, p.check)
		})
	}
}
