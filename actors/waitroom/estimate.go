package waitroom

import "math/bits"

// How often it is worth asking, in seconds.
const (
	pollSoon    = 1
	pollReady   = 5
	pollInside  = 30
	pollLongest = 60
	pollSoldOut = 20
	// pollsPerSecond is how often all who wait at an event may ask together: what one core answers beside its other work.
	pollsPerSecond = 15_000
)

const longestWait = 30 * 24 * 3600 // seconds; beyond, nobody knows

// estimate fills in how long it takes until the call, with its error band, and when to ask again.
//
// The wait is for the visitors ahead, and this one, at the lane's share of a rate: that at which places come free, where there is
// none (what was called to fill the room tells nothing), but no more than what is set; else what is set; else that of the
// calls of the past minute. The band has three parts: calls come by chance like arrivals, so n of them take n +- 2 sqrt(n); the
// rate was measured on so many, which errs by 2/sqrt of them; and a tenth for all that changes meanwhile.
func (p *Picture) estimate(s *Status, lane uint8, number uint64, nowMillis int64) {
	switch s.State {
	case StateReady:
		s.PollAfterSeconds = pollReady
	case StateInside:
		s.PollAfterSeconds = pollInside
	case StateSoldOut:
		s.PollAfterSeconds = max(pollSoldOut, p.crowded())
	case StatePreQueue:
		s.PollAfterSeconds = p.untilOpening(number, nowMillis)
	case StateWaiting:
		p.wait(s, lane)
		s.PollAfterSeconds = max(min(max(s.WaitLowSeconds/4, 2), pollInside), p.crowded())
	default:
		s.PollAfterSeconds = pollLongest
	}
}

// crowded is how long a poll is put off so that many who wait do not ask too often together.
func (p *Picture) crowded() uint32 {
	waiting := uint64(0)
	for _, n := range p.figures.Waiting {
		waiting += n
	}
	return uint32(min(waiting/pollsPerSecond, pollLongest))
}

// untilOpening spreads the polls after the opening over some seconds.
func (p *Picture) untilOpening(number uint64, nowMillis int64) uint32 {
	spread := uint64(max(5, p.crowded()))
	until := max(p.figures.Config.OpensMillis-nowMillis, 0) / 1000
	if until >= pollLongest {
		return pollLongest
	}
	return uint32(until) + 1 + uint32(number%spread)
}

func (p *Picture) wait(s *Status, lane uint8) {
	f := &p.figures
	perMinute, measured := p.expected()
	mine, all := p.shares(lane)
	if perMinute == 0 || f.Phase != PhaseSelling {
		return
	}
	n := s.Ahead + 1
	hi, lo := bits.Mul64(n, 60*all)
	if hi >= perMinute*mine {
		return
	}
	seconds, _ := bits.Div64(hi, lo, perMinute*mine)
	if seconds > longestWait {
		return
	}
	// Thousandths of the wait.
	errs := 100 + 2000/root(n)
	if measured {
		errs += 2000 / root(p.counted)
	}
	s.WaitSeconds = uint32(seconds)
	s.WaitLowSeconds = uint32(seconds * (1000 - min(errs, 900)) / 1000)
	s.WaitHighSeconds = uint32(seconds*(1000+errs)/1000) + 1
}

// few of anything tell no rate.
const few = 4

// expected is the rate of calls to come, and whether it was measured rather than set; 0 if nobody knows.
func (p *Picture) expected() (perMinute uint64, measured bool) {
	f := &p.figures
	set := uint64(f.Config.AdmitPerMinute) * uint64(f.Pressure) / fullPressure
	if set > 0 && !p.narrow {
		return set, false
	}
	if p.counted < few {
		return 0, true
	}
	perMinute = uint64(f.RatePerMinute)
	if p.narrow {
		perMinute = uint64(p.freed)
	}
	if set > 0 {
		perMinute = min(perMinute, set)
	}
	return perMinute, true
}

// shares are the lane's and that of all lanes in which somebody waits.
func (p *Picture) shares(lane uint8) (mine, all uint64) {
	f := &p.figures
	for i := range f.Lanes {
		share := uint64(max(f.Config.PublicShare, 1))
		if i > 0 {
			share = uint64(f.Config.Lanes[i-1].Share)
		}
		if i == int(lane) {
			mine = share
		}
		if i == int(lane) || f.Waiting[i] > 0 {
			all += share
		}
	}
	return mine, all
}

// root is the square root, rounded down.
func root(n uint64) uint64 {
	if n == 0 {
		return 1
	}
	x := uint64(1) << ((bits.Len64(n) + 1) / 2)
	for {
		y := (x + n/x) / 2
		if y >= x {
			return x
		}
		x = y
	}
}
