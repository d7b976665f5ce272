package plot

import (
	"math"
	"strconv"
)

// Log is a logarithmic scale; each ten times takes the same room.
type Log struct {
	From, To float64 // > 0, From < To
	Label    func(float64) string
}

// LogAround is a logarithmic scale that begins and ends at 1, 2 or 5 times a power of ten and spans ten times at least.
func LogAround(least, most float64, label func(float64) string) Log {
	if !(least > 0) || math.IsInf(least, 0) {
		least = 1
	}
	if !(most > least) || math.IsInf(most, 0) {
		most = least
	}
	s := Log{From: roundDown(least), To: roundUp(most), Label: label}
	if s.To/s.From < 10 {
		s.To = s.From * 10
	}
	return s
}

var ones = []float64{1, 2, 5, 10}

func roundDown(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)+1e-9))
	at := power
	for _, m := range ones {
		if m*power <= v*(1+1e-9) {
			at = m * power
		}
	}
	return at
}

func roundUp(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)+1e-9))
	for _, m := range ones {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// Place implements Scale; zero and less lie at the lower end.
func (s Log) Place(v float64) float64 {
	if !(v > 0) {
		return 0
	}
	return clamp(math.Log(v/s.From) / math.Log(s.To/s.From))
}

// Ticks implements Scale: every power of ten has a label, and 2 and 5 times it where there is room.
func (s Log) Ticks(about int) []Tick {
	decades := math.Log10(s.To / s.From)
	var ticks []Tick
	for power := math.Pow(10, math.Floor(math.Log10(s.From)+1e-9)); power <= s.To*(1+1e-9) && len(ticks) < maxTicks; power *= 10 {
		for _, m := range ones[:3] {
			v := m * power
			if v < s.From*(1-1e-9) || v > s.To*(1+1e-9) {
				continue
			}
			t := Tick{At: v}
			if m == 1 || 3*decades <= float64(about) {
				t.Label = s.Label(v)
			}
			ticks = append(ticks, t)
		}
	}
	return ticks
}

// Nines is the scale of percentiles of an HDR curve: each nine (90, 99, 99.9 %) takes the same room, and 100 % stands
// where the last of the requests does.
type Nines struct {
	Count float64 // nines shown
}

// NinesOf is the scale for so many requests: the last one of 10,000 is 4 nines out.
func NinesOf(requests int64) Nines {
	return Nines{Count: min(maxNines, max(2, math.Log10(float64(max(1, requests)))))}
}

// maxNines is the most that can be told from each other.
const maxNines = 7

// Place implements Scale; v is in percent.
func (s Nines) Place(v float64) float64 {
	if v >= 100 {
		return 1
	}
	return clamp(-math.Log10(1-v/100) / s.Count)
}

// Ticks implements Scale.
func (s Nines) Ticks(about int) []Tick {
	ticks := []Tick{{0, "0 %"}, {50, "50 %"}}
	if float64(about) < s.Count+2 {
		ticks[1].Label = ""
	}
	for n := 1; float64(n) <= s.Count+1e-9; n++ {
		at := 100 - math.Pow(10, float64(2-n))
		ticks = append(ticks, Tick{at, strconv.FormatFloat(at, 'f', max(0, n-2), 64) + " %"})
	}
	return ticks
}
