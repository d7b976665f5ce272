package waitroom

// recent counts something over the past minute, in spans of log time.
type recent struct {
	counts [recentSpans]uint32 // counts[span%recentSpans]
	newest uint64              // the newest span that is counted
}

const (
	recentSpans = 12
	spanMillis  = 5_000
)

func span(millis int64) uint64 { return uint64(max(millis, 0)) / spanMillis }

// count adds n, and forgets spans that are too long ago.
func (c *recent) count(nowMillis int64, n uint32) {
	now := span(nowMillis)
	if now >= c.newest+recentSpans {
		c.counts = [recentSpans]uint32{}
	} else {
		for s := c.newest + 1; s <= now; s++ {
			c.counts[s%recentSpans] = 0
		}
	}
	c.newest = now
	c.counts[now%recentSpans] += n
}

// perMinute is the rate over the past minute, or since a moment that is not so long ago, and how many were counted.
func (c *recent) perMinute(nowMillis, sinceMillis int64) (rate uint32, counted uint64) {
	now := span(nowMillis)
	for i := range uint64(recentSpans) {
		if s := c.newest - i; s <= c.newest && s+recentSpans > now {
			counted += uint64(c.counts[s%recentSpans])
		}
	}
	from := max(sinceMillis, (int64(now)-recentSpans+1)*spanMillis)
	over := uint64(max(nowMillis-from, spanMillis))
	return uint32(min(counted*60_000/over, 1<<32-1)), counted
}
