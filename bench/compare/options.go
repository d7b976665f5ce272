package compare

import (
	"time"

	"github.com/parterre/parterre/bench/peers"
)

// System is one that takes part.
type System struct {
	Peer peers.Peer
	Ours bool
	// Modes are those of the peer's that are measured in the plain cells; none = all that are for every work.
	Modes []string
}

// Special are measurements of our own systems besides the plain cells; modes that are left empty are not measured.
type Special struct {
	// Peak is the mode whose best throughput in a round sets the rate of the open loop, half of it, through each of Through.
	Peak    string
	Through []string
	// Spread is the mode for SpreadEvents events at once, compared with Peak's mode at one event.
	Spread       string
	SpreadEvents int
}

// Options say what a run does.
type Options struct {
	Systems []System
	Special Special
	Hall    peers.Hall
	Works   []Work
	Clients []int
	Rounds  int
	// Within is how long the run may take: a round that would not end in time, by the longest before it, is left out, which the
	// result says; 0 = as long as it takes.
	Within   time.Duration
	Duration time.Duration // of one measurement, after its warm-up
	// Thin leaves out best available with more than the fewest clients, which no aim asks for, and tries pools with one
	// number of clients only.
	Thin bool
	Dir  string // a folder that unprivileged accounts may pass through
	Seed uint64
	// Progress gets a line for each measurement, Log the processes' lines; either may be nil. Log is called by many goroutines.
	Progress func(line string)
	Log      func(process, line string)
}

// Durations that belong to a measurement.
const (
	warmUpShare = 5 // one part in so many of the duration
	warmUpMost  = 500 * time.Millisecond
	trialMost   = time.Second
	// openLoopTimes is how many times longer an open loop is measured: its percentiles want many orders.
	openLoopTimes = 2
)

func (o *Options) warmUp() time.Duration { return min(o.Duration/warmUpShare, warmUpMost) }

// minEvents and maxEvents bound how many events a measurement gets.
const (
	minEvents = 2
	maxEvents = 256
)

// events is how many a measurement needs so that no system sells them all.
func (o *Options) events(mode peers.Mode, duration time.Duration) int {
	total := 0
	for _, n := range parties {
		total += n
	}
	seats := float64(mode.MostPerSecond) * (duration + o.warmUp()).Seconds() * float64(total) / float64(len(parties))
	n := int(seats/(float64(o.Hall.Seats())*bestShare/100)) + 1
	return min(max(n, minEvents), maxEvents)
}
