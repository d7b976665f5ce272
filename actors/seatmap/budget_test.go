package seatmap

import "testing"

func TestASeatStaysWithinItsBytes(t *testing.T) {
	const freeBudget, takenBudget = 16, 96 // bytes, docs of the package
	free, held, sold := bytesPerSeat(t)
	t.Logf("bytes: free seat %.1f, held seat %.1f, sold seat %.1f", free, held, sold)
	if free > freeBudget || held > takenBudget || sold > takenBudget {
		t.Errorf("want at most %d for a free seat and %d for a held or sold one", freeBudget, takenBudget)
	}
}

func TestTheSteadyPathAllocatesNothing(t *testing.T) {
	for name, quiet := range map[string]bool{"answered": false, "without an answer": true} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, arena50k(t))
			s.quiet = quiet
			sell := func() {
				s.choose(3)
				s.do(OpHold)
				s.do(OpConfirm)
				s.choose(2)
				s.do(OpHold)
				s.do(OpRelease)
			}
			for range 2_000 {
				sell()
			}
			if allocs := testing.AllocsPerRun(5_000, sell); allocs != 0 {
				t.Errorf("%v allocations for two holds, a confirmation and a release", allocs)
			}
		})
	}
}
