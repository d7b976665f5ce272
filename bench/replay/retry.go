package replay

import (
	"time"

	"github.com/parterre/parterre/bench/trace"
)

// ending is how one attempt ended.
type ending uint8

const (
	decided     ending = iota // the answer says what became of it
	turnedAway                // 429: the cluster asks to come later
	unavailable               // 503, 504 or another 5xx: the cluster cannot say
	timedOut                  // no answer in time
	broken                    // the connection broke after something was sent
	notSent                   // no node could be reached
)

// tries counts the attempts of one action that decided nothing.
type tries struct{ refused, lost int }

// Bounds of what a trace's Retry leaves open.
const (
	// reconnectPause is how long a client waits before it sends a request again whose connection broke.
	reconnectPause = 50 * time.Millisecond
	// maxRetryAfter bounds what is believed of a Retry-After.
	maxRetryAfter = time.Minute
)

// retry is a trace's Retry as durations.
type retry struct {
	first, most time.Duration
	attempts    int
	timeout     time.Duration
}

func retryOf(r trace.Retry) retry {
	if r == (trace.Retry{}) {
		r = trace.DefaultRetry()
	}
	ms := func(n int64) time.Duration { return time.Duration(n) * time.Millisecond }
	return retry{first: ms(r.FirstMillis), most: ms(r.MostMillis), attempts: r.Attempts, timeout: ms(r.TimeoutMillis)}
}

// next says whether the same request is sent again after an attempt that decided nothing, with the same key, and after
// which pause. Being turned away (429), and 503 and its like, are waited out, ever longer and at least as long as
// Retry-After says; after a time-out the request is sent again at once.
func (r retry) next(t *tries, e ending, retryAfter time.Duration) (pause time.Duration, again bool) {
	switch e {
	case decided:
		return 0, false
	case timedOut, broken:
		if t.lost++; t.lost > r.attempts {
			return 0, false
		}
		if e == broken {
			pause = reconnectPause
		}
		return pause, true
	}
	if t.refused++; t.refused > r.attempts {
		return 0, false
	}
	pause = r.first
	for i := 1; i < t.refused && pause < r.most; i++ {
		pause *= 2
	}
	return max(min(pause, r.most), min(retryAfter, maxRetryAfter)), true
}
