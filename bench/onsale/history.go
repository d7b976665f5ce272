package onsale

import (
	"slices"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/parterre/parterre/httpapi/client"
)

// history is what the crowd saw: every acknowledged order, and when it was acknowledged.
type history struct {
	start time.Time

	mu              sync.Mutex
	orders          []*client.Order
	acknowledged    []time.Time
	holds, confirms []time.Duration
	refused         int
}

// Outcome is what a sale came to, as the clients saw it.
type Outcome struct {
	Orders  []*client.Order
	Refused int // holds refused because somebody was faster
	Elapsed time.Duration
	// LongestGap is the longest time between two successive acknowledged orders, and GapAt when it began.
	LongestGap, GapAt time.Duration
	// Hold and Confirm are latencies as the crowd saw them, in microseconds, failover included.
	Hold, Confirm *hdrhistogram.Histogram
}

func (h *history) add(order *client.Order, hold, confirm time.Duration) {
	now := time.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.orders = append(h.orders, order)
	h.acknowledged = append(h.acknowledged, now)
	h.holds = append(h.holds, hold)
	h.confirms = append(h.confirms, confirm)
}

func (h *history) refuse() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refused++
}

func (h *history) outcome(elapsed time.Duration) *Outcome {
	h.mu.Lock()
	defer h.mu.Unlock()
	o := &Outcome{
		Orders: h.orders, Refused: h.refused, Elapsed: elapsed, Hold: percentiles(h.holds), Confirm: percentiles(h.confirms),
	}
	times := slices.Clone(h.acknowledged)
	slices.SortFunc(times, time.Time.Compare)
	for i := 1; i < len(times); i++ {
		if gap := times[i].Sub(times[i-1]); gap > o.LongestGap {
			o.LongestGap, o.GapAt = gap, times[i-1].Sub(h.start)
		}
	}
	return o
}

func percentiles(durations []time.Duration) *hdrhistogram.Histogram {
	h := hdrhistogram.New(1, (10 * time.Minute).Microseconds(), 3)
	for _, d := range durations {
		_ = h.RecordValue(max(1, d.Microseconds())) // a value past ten minutes cannot be: calls end before
	}
	return h
}
