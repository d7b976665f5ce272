package simulator

import (
	"flag"
	"testing"
	"testing/synctest"
	"time"
)

var (
	seeds    = flag.Int("seeds", 6, "nights to simulate")
	first    = flag.Uint64("seed", 1, "seed of the first night")
	duration = flag.Duration("duration", 30*time.Second, "simulated time of a night")
	nodes    = flag.Int("nodes", 0, "nodes of a night; 0 = 3 or 5, by the seed")
	plant    = flag.String("plant", "", "bug to put in")
	think    = flag.Duration("think", 0, "mean pause of a client between requests; 0 = 250 ms")
	peace    = flag.Duration("peace", 0, "mean pause between faults; 0 = 6 s")
	watch    = flag.Bool("watch", false, "print every line of the trace")
)

// night simulates one.
func night(t *testing.T, o Options) (r Report) {
	t.Helper()
	defer Prepare()()
	synctest.Test(t, func(*testing.T) { r = Run(o) })
	return r
}

func TestSimulate(t *testing.T) {
	for i := range *seeds {
		o := Options{Seed: *first + uint64(i), Duration: *duration, Nodes: *nodes, Plant: Plant(*plant), Think: *think, Peace: *peace}
		if *watch {
			o.Watch = func(line string) { println(line) }
		}
		start := time.Now()
		r := night(t, o)
		t.Logf("seed %d: %d nodes, hash %016x, %d lines, %+v, %v", r.Seed, r.Nodes, r.Hash, r.Lines, r.Counts, time.Since(start))
		if r.Failure != nil {
			t.Fatalf("%s\n%s", r.Failure.Trace, r.Failure)
		}
	}
}
