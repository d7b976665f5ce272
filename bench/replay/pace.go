package replay

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Speed is how many times faster than the trace a replay runs; 0 is Max.
type Speed float64

// Max is as fast as the connections allow, in the trace's order.
const Max Speed = 0

// ParseSpeed reads a number above 0, or "max".
func ParseSpeed(text string) (Speed, error) {
	if text == "max" {
		return Max, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v <= 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0, fmt.Errorf("%w: %q", ErrSpeed, text)
	}
	return Speed(v), nil
}

// String is the number, or "max".
func (s Speed) String() string {
	if s == Max {
		return "max"
	}
	return strconv.FormatFloat(float64(s), 'f', -1, 64)
}

// due is when an action of the trace is due, in nanoseconds since the replay's start: at once at Max.
func (s Speed) due(atMicros int64) int64 {
	if s == Max {
		return 0
	}
	return int64(float64(atMicros) * 1000 / float64(s))
}

// shorten is a time of the trace as a time of the replay: holds live as much shorter as the replay is faster, so that as many
// of them lapse. At Max nothing is scaled, since time means nothing then.
func (s Speed) shorten(d time.Duration) time.Duration {
	if s == Max {
		return d
	}
	return time.Duration(float64(d) / float64(s))
}
