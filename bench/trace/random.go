package trace

import "math"

// dice are numbers that look random and are a function of the seed and of what they are for: in whatever order they are
// asked for, the same one comes out. The mixing is the finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
type dice uint64

func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// throw is a number above 0 and below 1 for a shopper, a purpose and a turn of it.
func (d dice) throw(shopper uint32, what purpose, slot, turn uint8) float64 {
	x := mix(uint64(d) ^ mix(uint64(shopper)<<24|uint64(what)<<16|uint64(slot)<<8|uint64(turn)))
	return (float64(x>>12) + 0.5) / (1 << 52) // every step is exact
}

// purpose tells what a number is for.
type purpose uint8

const (
	forArrivalKind purpose = iota
	forArrival
	forReaction
	forBot
	forDevices
	forDeviceCount
	forDeviceDelay
	forWhat
	forParty
	forWay
	forCategory
	forCategoryChoice
	forClicks
	forRow
	forSeat
	forThink
	forClick
	forRefresh
	forFate
	forPaymentFate
	forCheckout
	forPayment
	forLate
	forGiving
	forExtend
	forSpare
	forRead
	forCancel
	forCancelTime
	forReturn
	forReturnTime
)

// The functions below are their own so that every machine makes the same trace: those of package math are assembly on
// some, and a compiler may fuse a product with a sum on others, which the conversions forbid.

// exp is e to the x, for x between -700 and 700.
func exp(x float64) float64 {
	k := math.Floor(float64(x/math.Ln2) + 0.5)
	r := x - float64(k*math.Ln2) // |r| <= ln(2)/2: Taylor's series is exact to a double after 16 terms
	sum := 1.0
	for n := 16; n > 0; n-- {
		sum = 1 + float64(sum*float64(r/float64(n)))
	}
	return math.Ldexp(sum, int(k))
}

// log is the natural logarithm of a positive x.
func log(x float64) float64 {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = float64(m*2), e-1
	}
	s := (m - 1) / (m + 1) // |s| < 0.172
	square, sum := float64(s*s), 0.0
	for n := 23; n > 0; n -= 2 {
		sum = float64(sum*square) + 1/float64(n)
	}
	return float64(2*s*sum) + float64(float64(e)*math.Ln2)
}

// Coefficients of the normal distribution's quantile: P. J. Acklam's rational approximation, relative error below 1.2e-9.
var (
	centreOver = [...]float64{
		-3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02, -3.066479806614716e+01,
		2.506628277459239e+00,
	}
	centreUnder = [...]float64{
		-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01, 1,
	}
	tailOver = [...]float64{
		-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00, 4.374664141464968e+00,
		2.938163982698783e+00,
	}
	tailUnder = [...]float64{7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1}
)

func polynomial(coefficients []float64, x float64) float64 {
	sum := 0.0
	for _, c := range coefficients {
		sum = float64(sum*x) + c
	}
	return sum
}

// normal is the quantile of the standard normal distribution.
func normal(u float64) float64 {
	const edge = 0.02425
	switch {
	case u < edge:
		q := math.Sqrt(-2 * log(u))
		return polynomial(tailOver[:], q) / polynomial(tailUnder[:], q)
	case u > 1-edge:
		return -normal(1 - u)
	}
	q := u - 0.5
	r := float64(q * q)
	return float64(polynomial(centreOver[:], r)*q) / polynomial(centreUnder[:], r)
}

// spread is a Spread made ready.
type spread struct{ logMedian, sigma float64 }

func newSpread(s Spread) spread {
	return spread{logMedian: log(s.Median), sigma: float64(log(s.High/s.Median) / normal(s.Percentile/100))}
}

// seconds is the quantile.
func (s spread) seconds(u float64) float64 { return exp(s.logMedian + float64(s.sigma*normal(u))) }

// micros makes whole microseconds of seconds.
func micros(seconds float64) int64 { return int64(float64(seconds * 1e6)) }
