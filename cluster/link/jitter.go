package link

import (
	"math/rand/v2"
	"time"
)

// jitter is a random duration below d, by which those who wait for the same thing come back at different times.
var jitter = rand.N[time.Duration]

// SetJitter lets a simulator say what chance is. It is called before anything else of this package, or never.
func SetJitter(f func(d time.Duration) time.Duration) { jitter = f }
