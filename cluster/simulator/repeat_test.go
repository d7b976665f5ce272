//go:build !race

package simulator

import (
	"testing"
	"time"
)

// The race detector shuffles goroutines on purpose, and so does, rarely, a machine that is busy: see doc.go. So of up to
// four nights with a seed two must be the same in every line.
func TestASeedIsOneNight(t *testing.T) {
	for seed := uint64(1); seed <= 4; seed++ {
		o := Options{Seed: seed, Duration: time.Minute, Peace: 4 * time.Second, Think: 500 * time.Millisecond}
		seen := map[uint64]int{}
		same := false
		for len(seen) < 4 && !same {
			r := night(t, o)
			if r.Failure != nil {
				t.Fatalf("%s\n%s", r.Failure.Trace, r.Failure)
			}
			seen[r.Hash]++
			same = seen[r.Hash] == 2
		}
		if !same {
			t.Errorf("seed %d: four nights, four traces: %x", seed, seen)
		}
	}
}
