package waitroom

// pace is the rate at which visitors are called: a token bucket in log time, and a count of calls over the recent past. All in
// integers: credit is in calls per minute, times thousandths of pressure, times milliseconds.
type pace struct {
	credit   uint64
	atMillis int64 // until when credit was given
	pressure uint32

	openedMillis int64
	recent       [recentSpans]uint32 // calls in each span; recent[span%recentSpans]
	newest       uint64              // the newest span that is counted
}

const (
	fullPressure  = 1_000
	leastPressure = 10 // thousandths: the room never stops for it
	perCall       = 60_000 * fullPressure
	burstMillis   = 1_000 // worth of calls, at most, that may come at once; one call at least
	// longestFill bounds what one fill counts, so that nothing overflows: 16 hours.
	longestFill = 60_000_000

	recentSpans = 12
	spanMillis  = 5_000
)

// speed is the credit of a millisecond.
func (r *Room) speed() uint64 { return uint64(r.config.AdmitPerMinute) * uint64(r.pressure()) }

// pressure is what counts of the leader's measure: nothing, where no target is set.
func (r *Room) pressure() uint32 {
	if r.config.TargetCommitMillis == 0 {
		return fullPressure
	}
	return r.pace.pressure
}

func (p *pace) fill(nowMillis int64, speed uint64) {
	elapsed := uint64(min(max(nowMillis-p.atMillis, 0), longestFill))
	p.credit = min(p.credit+elapsed*speed, max(perCall, speed*burstMillis))
	p.atMillis = nowMillis
}

// ready is how many may be called now.
func (p *pace) ready() uint32 { return uint32(p.credit / perCall) }

// spend takes the credit of so many calls, as far as there is any.
func (p *pace) spend(calls uint32) { p.credit -= min(p.credit, uint64(calls)*perCall) }

// nextMillis is when the next call has its credit.
func (p *pace) nextMillis(speed uint64) int64 {
	if p.credit >= perCall {
		return p.atMillis
	}
	return p.atMillis + int64((perCall-p.credit+speed-1)/speed)
}

func (p *pace) opened(nowMillis int64) { p.openedMillis = nowMillis }

func span(millis int64) uint64 { return uint64(max(millis, 0)) / spanMillis }

// count counts calls, and forgets spans that are too long ago.
func (p *pace) count(nowMillis int64, calls uint32) {
	now := span(nowMillis)
	if now >= p.newest+recentSpans {
		p.recent = [recentSpans]uint32{}
	} else {
		for s := p.newest + 1; s <= now; s++ {
			p.recent[s%recentSpans] = 0
		}
	}
	p.newest = now
	p.recent[now%recentSpans] += calls
}

// measured is the calls of the recent past, and how long that is: a minute, or since the opening.
func (p *pace) measured(nowMillis int64) (calls uint64, overMillis int64) {
	now := span(nowMillis)
	for s := p.newest; s+recentSpans > now && s+recentSpans > p.newest; s-- {
		calls += uint64(p.recent[s%recentSpans])
		if s == 0 {
			break
		}
	}
	from := max(p.openedMillis, (int64(now)-recentSpans+1)*spanMillis)
	return calls, max(nowMillis-from, spanMillis)
}

// perMinute is the measured rate.
func (p *pace) perMinute(nowMillis int64) uint32 {
	calls, over := p.measured(nowMillis)
	return uint32(min(calls*60_000/uint64(over), 1<<32-1))
}
