package judge

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// drawn are dice that rapid throws, and shrinks.
type drawn struct{ t *rapid.T }

func (d drawn) below(n int) int { return rapid.IntRange(0, n-1).Draw(d.t, "") }

// thrown are dice of a seed.
type thrown struct{ *rand.Rand }

func (d thrown) below(n int) int { return d.IntN(n) }

func TestWhatTheStateMachineAnswersIsAccepted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, drawn{t}, noFault)
		w.live(t, rapid.IntRange(1, 250).Draw(t, "things"))
		acquit(t, w)
	})
}

func TestLongRunsAreAccepted(t *testing.T) {
	for seed := range uint64(3) {
		w := newWorld(t, thrown{rand.New(rand.NewPCG(seed, 5))}, noFault)
		w.live(t, 5_000)
		acquit(t, w)
	}
}

func acquit(t tester, w *world) {
	t.Helper()
	v, err := Judge(w.run, Options{PerEvent: 20 * time.Second, ClockSlack: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if v.Err() != nil {
		var b strings.Builder
		v.Print(&b)
		t.Fatalf("%v\n%s", v.Err(), b.String())
	}
}

// TestEveryFaultIsSeen has a cluster break one promise after another, in whatever run chance makes.
func TestEveryFaultIsSeen(t *testing.T) {
	for f := noFault + 1; f < faults; f++ {
		t.Run(f.String(), func(t *testing.T) {
			const seeds = 8
			for seed := range uint64(seeds) {
				w := newWorld(t, thrown{rand.New(rand.NewPCG(seed, 9))}, f)
				w.live(t, 800)
				v, err := Judge(w.run, Options{PerEvent: 2 * time.Second, ClockSlack: 5 * time.Millisecond})
				if err != nil {
					t.Fatal(err)
				}
				if v.Violations() > 0 {
					t.Logf("seed %d: %s", seed, firstOf(v))
					return
				}
			}
			t.Errorf("not seen in %d runs", seeds)
		})
	}
}

func firstOf(v *Verdict) string {
	for _, r := range v.Rules() {
		for _, f := range r.Details {
			return r.Name + ": " + f.Says
		}
	}
	return ""
}
