package compare

import (
	"context"
	"sync/atomic"
	"time"
)

// schedule says when the next order is to start: at once in a closed loop; in an open one at a constant rate, whoever is
// free, however late, so that a slow answer does not hide the wait of those behind it.
type schedule struct {
	start time.Time
	gap   time.Duration // 0 in a closed loop
	taken atomic.Int64
}

func newSchedule(start time.Time, rate float64) *schedule {
	s := &schedule{start: start}
	if rate > 0 {
		s.gap = time.Duration(float64(time.Second) / rate)
	}
	return s
}

// next waits for the caller's next start and says when it was intended; false when ctx ended before.
func (s *schedule) next(ctx context.Context) (intended time.Time, ok bool) {
	if s.gap == 0 {
		return time.Now(), true
	}
	intended = s.start.Add(time.Duration(s.taken.Add(1)-1) * s.gap)
	if wait := time.Until(intended); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return intended, false
		}
	}
	return intended, true
}
