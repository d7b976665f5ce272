package cluster

import (
	"log/slog"
	"testing"
	"time"
)

func guardFor(t *testing.T) *clockGuard {
	t.Helper()
	return newClockGuard(slog.New(slog.DiscardHandler))
}

const ms = time.Millisecond

func TestAClockIsJudgedByTheMedian(t *testing.T) {
	for _, test := range []struct {
		offsets []time.Duration // the others' clocks minus ours
		ahead   time.Duration
	}{
		{nil, 0},
		{[]time.Duration{-300 * ms}, 150 * ms},
		{[]time.Duration{-2000 * ms, -1900 * ms}, 1900 * ms},
		{[]time.Duration{-2000 * ms, 10 * ms}, 0}, // the other one is wrong
		{[]time.Duration{600 * ms, 700 * ms, 800 * ms, 900 * ms}, -700 * ms},
	} {
		if got := aheadOfMedian(test.offsets); got != test.ahead {
			t.Errorf("others at %v: ahead by %v, want %v", test.offsets, got, test.ahead)
		}
	}
}

func TestAWrongClockIsNoticedAndForgivenWithHysteresis(t *testing.T) {
	g := guardFor(t)
	step := func(offset time.Duration, want bool) {
		t.Helper()
		g.judge([]time.Duration{offset, offset})
		if g.off() != want {
			t.Fatalf("others at %v: off is %v", offset, g.off())
		}
	}
	step(-501*ms, false) // once may be a hiccup
	step(-100*ms, false)
	step(-501*ms, false)
	step(-501*ms, true)
	step(-300*ms, true) // better, not good
	step(-300*ms, true)
	step(-240*ms, true)
	step(-240*ms, false)
	step(-400*ms, false) // good enough to go on
	step(-400*ms, false)
}

func TestOfTwoClocksNobodyKnowsWhichIsWrong(t *testing.T) {
	g := guardFor(t)
	for range 5 {
		g.judge([]time.Duration{-time.Hour})
	}
	if g.off() {
		t.Error("a clock was judged by one other")
	}
	if c := g.check(); !c.OK || !c.Advisory {
		t.Errorf("%+v", c)
	}
}
