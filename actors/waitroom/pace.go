package waitroom

// pace is the rate at which visitors are called: a token bucket in log time, and a count of calls over the recent past. All in
// integers: credit is in calls per minute, times thousandths of pressure, times milliseconds.
type pace struct {
	credit   uint64
	atMillis int64 // until when credit was given
	pressure uint32

	openedMillis int64
	calls        recent
	freed        recent // places that sessions and lapsed calls gave back
}

const (
	fullPressure  = 1_000
	leastPressure = 10 // thousandths: the room never stops for it
	perCall       = 60_000 * fullPressure
	burstMillis   = 1_000 // worth of calls, at most, that may come at once; one call at least
	tickMillis    = 300   // a call may be so late without slowing those after it
	// longestFill bounds what one fill counts, so that nothing overflows: 16 hours.
	longestFill = 60_000_000
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
	p.credit = min(p.credit+elapsed*speed, max(perCall+speed*tickMillis, speed*burstMillis))
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
