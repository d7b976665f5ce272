package chaos

import (
	"context"
	"time"
)

// maxClockOffset bounds by how much a clock is made wrong; the audit must allow for it.
const maxClockOffset = 2 * time.Second

// course is how a node's clock runs: the document of package cluster/clockfault.
type course struct {
	OffsetMS int64 `json:"offset_ms,omitempty"`
	RatePPM  int64 `json:"rate_ppm,omitempty"`
}

// spoilClock steps a clock, or makes it run fast or slow.
func (w *world) spoilClock(ctx context.Context, f Fault) (string, error) {
	n := w.whom(ctx, f)[0]
	sign := int64(1)
	if f.Pick&(1<<20) != 0 {
		sign = -1
	}
	share := sign * int64(f.Strength+1) // thousandths
	c := course{OffsetMS: share * maxClockOffset.Milliseconds() / 1000}
	if f.Kind == ClockDrift {
		// So fast that it is off by its share of the bound at the fault's end.
		c = course{RatePPM: share * maxClockOffset.Milliseconds() / 1000 * 1_000_000 / max(1, f.For.Milliseconds())}
	}
	if err := control(w.clockFile(n.Name), c); err != nil {
		return n.Name, err
	}
	sleep(ctx, f.For)
	return n.Name, control(w.clockFile(n.Name), nil)
}
