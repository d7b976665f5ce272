package trace

import "math"

// deviceDelaySeconds is within which the devices of one shopper follow each other.
const deviceDelaySeconds = 5

// arrival is when a shopper's device asks for the page.
func (c *crowd) arrival(s uint32, device uint8) int64 {
	at := c.first(s)
	if device > 0 {
		at += micros(float64(c.throw(s, forDeviceDelay, device, 0) * deviceDelaySeconds))
	}
	return min(at, c.lastMicros)
}

func (c *crowd) first(s uint32) int64 {
	u, v := c.throw(s, forArrivalKind, 0, 0), c.throw(s, forArrival, 0, 0)
	switch {
	case u < c.p.AtOpen:
		return micros(float64(c.p.PeakSeconds * triangle(v)))
	case u < c.p.AtOpen+c.p.Tail:
		return micros(float64(c.p.DurationSeconds * v))
	}
	// Exponential, cut where the on-sale ends.
	reach := 1 - exp(float64(-math.Ln2*c.p.DurationSeconds)/c.p.HalfLifeSeconds)
	return micros(float64(-c.p.HalfLifeSeconds*log(1-float64(v*reach))) / math.Ln2)
}

// triangle is the quantile of a triangular distribution between 0 and 1 whose peak is at a third: few press at once, most
// a moment later, the last when they notice.
func triangle(u float64) float64 {
	const peak = 1.0 / 3
	if u < peak {
		return math.Sqrt(float64(u * peak))
	}
	return 1 - math.Sqrt(float64((1-u)*(1-peak)))
}

// comeback is the first wave from a round on in which a shopper who was refused comes back after now, as a slot.
func (c *crowd) comeback(s uint32, round int, now int64) (slot uint8, at int64, ok bool) {
	for ; round < c.p.Waves; round++ {
		slot = uint8(roundSlot + round)
		lapse := int64(round+1) * c.holdMicros
		at = lapse + micros(float64(c.throw(s, forReturnTime, slot, 0)*returnSeconds))
		if at > c.lastMicros {
			return 0, 0, false
		}
		if at > now && c.chance(c.p.Return, s, forReturn, slot) {
			return slot, at, true
		}
	}
	return 0, 0, false
}

// returnSeconds is within which those who come back do so, from when the first holds of a wave lapse.
const returnSeconds = 120
