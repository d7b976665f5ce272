package onsale

import (
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/parterre/parterre/bench/history"
)

// Outcome is what a sale came to, as the clients saw it.
type Outcome struct {
	Run     *history.Run
	Orders  int // acknowledged
	Refused int // holds refused because somebody was faster
	Elapsed time.Duration
	// LongestGap is the longest time between two successive acknowledged orders, and GapAt when it began.
	LongestGap, GapAt time.Duration
	// Hold and Confirm are latencies as the crowd saw them, in microseconds, failover included.
	Hold, Confirm *hdrhistogram.Histogram
}

// longestCall is longer than any call: calls end before.
const longestCall = 10 * time.Minute

func newOutcome(run *history.Run) (*Outcome, error) {
	newHistogram := func() *hdrhistogram.Histogram { return hdrhistogram.New(1, longestCall.Microseconds(), 3) }
	o := &Outcome{Run: run, Elapsed: time.Duration(run.Now()), Hold: newHistogram(), Confirm: newHistogram()}
	var acknowledged []int64
	err := run.Each(func(op *history.Op) bool {
		took := max(1, (op.Returned-op.Called)/int64(time.Microsecond))
		switch {
		case op.Outcome == history.Refused && op.Kind == history.KindHold:
			o.Refused++
		case op.Outcome != history.Done:
		case op.Kind == history.KindHold:
			_ = o.Hold.RecordValue(took) // a value past ten minutes cannot be
		case op.Kind == history.KindConfirm:
			_ = o.Confirm.RecordValue(took)
			acknowledged = append(acknowledged, op.Returned)
		}
		return true
	})
	slices.Sort(acknowledged)
	o.Orders = len(acknowledged)
	for i := 1; i < len(acknowledged); i++ {
		if gap := time.Duration(acknowledged[i] - acknowledged[i-1]); gap > o.LongestGap {
			o.LongestGap, o.GapAt = gap, time.Duration(acknowledged[i-1])
		}
	}
	return o, err
}
