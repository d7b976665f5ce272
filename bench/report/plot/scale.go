package plot

import (
	"math"
	"strconv"
)

// Scale places values between 0 and 1.
type Scale interface {
	// Place is where v lies, 0 to 1; values beyond the scale are at its ends.
	Place(v float64) float64
	// Ticks are values worth a line, rising; those without a label get no letters. about is how many labels there is room for.
	Ticks(about int) []Tick
}

// Tick is one line across a chart.
type Tick struct {
	At    float64
	Label string
}

// Linear is a scale from From to To with equal steps.
type Linear struct {
	From, To, Step float64
	Label          func(float64) string
}

// FromZero is a linear scale from 0 to the first round step at or above most, with about as many steps.
func FromZero(most float64, about int, label func(float64) string) Linear {
	if !(most > 0) || math.IsInf(most, 0) {
		most = 1
	}
	step := roundStep(most / float64(max(1, about)))
	return Linear{To: math.Ceil(most/step-1e-9) * step, Step: step, Label: label}
}

// roundStep is the first of 1, 2, 2.5 and 5 times a power of ten at or above v.
func roundStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// Place implements Scale.
func (s Linear) Place(v float64) float64 { return clamp((v - s.From) / (s.To - s.From)) }

// Ticks implements Scale; the steps are those that the scale was made with.
func (s Linear) Ticks(int) []Tick {
	var ticks []Tick
	for i := math.Ceil(s.From/s.Step - 1e-9); i*s.Step <= s.To*(1+1e-9) && len(ticks) < maxTicks; i++ {
		at := i*s.Step + 0 // + 0: never -0
		ticks = append(ticks, Tick{at, s.Label(at)})
	}
	return ticks
}

// maxTicks bounds the lines of a scale whose step is wrong.
const maxTicks = 100

// timeSteps are round steps of a clock, in seconds.
var timeSteps = []float64{
	0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400,
}

// Clock is a linear scale of seconds with round steps of a clock, that ends where the data end. Its labels are seconds up to
// two minutes, minutes beyond; Unit says which.
func Clock(seconds float64, about int) Linear {
	if !(seconds > 0) || math.IsInf(seconds, 0) {
		seconds = 1
	}
	step := timeSteps[len(timeSteps)-1]
	for _, s := range timeSteps {
		if seconds/s <= float64(max(1, about)) {
			step = s
			break
		}
	}
	label := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	switch {
	case seconds > secondsUpTo && step < 60:
		label = minutesAndSeconds
	case seconds > secondsUpTo:
		label = func(v float64) string { return strconv.FormatFloat(v/60, 'f', -1, 64) }
	case step < 1:
		label = func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
	}
	return Linear{To: seconds, Step: step, Label: label}
}

// secondsUpTo is how long a clock shows seconds.
const secondsUpTo = 120

// ClockUnit is the unit of a clock's labels.
func ClockUnit(seconds float64) string {
	if seconds > secondsUpTo {
		return "minutes"
	}
	return "seconds"
}

func minutesAndSeconds(v float64) string {
	s := int(math.Round(v))
	rest := strconv.Itoa(s % 60)
	if len(rest) < 2 {
		rest = "0" + rest
	}
	return strconv.Itoa(s/60) + ":" + rest
}

func clamp(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return min(1, max(0, v))
}
