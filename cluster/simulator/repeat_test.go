//go:build !race

package simulator

import (
	"testing"
	"time"
)

// The race detector shuffles goroutines on purpose; see doc.go.
func TestASeedIsOneNight(t *testing.T) {
	for seed := uint64(1); seed <= 6; seed++ {
		o := Options{Seed: seed, Duration: time.Minute, Peace: 4 * time.Second, Think: 500 * time.Millisecond}
		one, other := night(t, o), night(t, o)
		if one.Hash != other.Hash || one.Lines != other.Lines {
			t.Errorf("seed %d: the first night has trace %016x of %d lines, the second %016x of %d",
				seed, one.Hash, one.Lines, other.Hash, other.Lines)
		}
		if one.Failure != nil {
			t.Error(one.Failure)
		}
	}
}
