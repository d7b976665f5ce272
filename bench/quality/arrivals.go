package quality

import (
	"math"
	"math/rand/v2"
)

// fate is what becomes of a hold.
type fate uint8

const (
	bought fate = iota
	released
	lapsed
)

// party is one buyer's request.
type party struct {
	atMillis    int64 // since the sale began
	size        int32
	fate        fate
	afterMillis int64 // from the hold to its payment or release
}

// sizes is the mix of parties of one to six, in a hundred.
var sizes = [...]int{8, 35, 15, 34, 3, 5}

const (
	meanSize = 3.04

	ttlMillis  = 8 * 60_000
	waveMillis = 2 * ttlMillis // a hold made at a wave's last moment has lapsed when the next one begins
	maxWaves   = 24
	// firstDemand is what the first wave asks for, in houses; each further one asks for nextDemand of the one before, which
	// is more than what comes back, and never less than leastParties.
	firstDemand  = 1.2
	nextDemand   = 0.6
	leastParties = 60

	payMedianMillis = 90_000
	paySigma        = 0.8428 // 95 % within four times the median
)

// arrivals are all parties of a sale, in the order of their times.
func arrivals(seats int, seed uint64) (out []party) {
	random := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // the same seed must make the same crowd
	demand := firstDemand * float64(seats) / meanSize
	for wave := range maxWaves {
		parties := max(leastParties, int(demand))
		for i := range parties {
			out = append(out, party{
				atMillis: int64(wave)*waveMillis + int64(i)*ttlMillis/int64(parties), size: size(random), fate: fateOf(random, wave == 0),
				afterMillis: min(ttlMillis-1, int64(payMedianMillis*math.Exp(paySigma*random.NormFloat64()))),
			})
		}
		demand *= nextDemand
	}
	return out
}

func size(random *rand.Rand) int32 {
	percent := random.IntN(100)
	for i, share := range sizes {
		if percent < share {
			return int32(i + 1) //nolint:gosec // at most six
		}
		percent -= share
	}
	return int32(len(sizes))
}

// fateOf draws the fate of a hold. Later waves keep the proportion of released to lapsed.
func fateOf(random *rand.Rand, first bool) fate {
	buys, releases := 0.40, 0.25
	if !first {
		buys, releases = 0.60, 0.25*0.40/0.60
	}
	switch at := random.Float64(); {
	case at < buys:
		return bought
	case at < buys+releases:
		return released
	}
	return lapsed
}
