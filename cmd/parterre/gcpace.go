package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// gcHeadroomBytes is how much is allocated, at the least, between two garbage collections. Go's own pace collects whenever
// the heap has doubled; a node that has just begun has a heap of some megabytes and would collect many times a second
// under load. A node pays for it with this much memory at the most; one whose heap is larger keeps Go's own pace.
const gcHeadroomBytes = 256 << 20

const leastGCPercent, mostGCPercent = 100, 2_000

// gcPercent is the pace at which a heap with so many live bytes is collected after the headroom or Go's own doubling,
// whichever is more.
func gcPercent(live, headroom uint64) int {
	return int(min(max(100*headroom/max(live, 1), leastGCPercent), mostGCPercent))
}

// paceGC keeps the pace with the live heap, which only each collection tells, until stop is called. It does nothing if
// GOGC says what its operator wants.
func paceGC(headroom uint64) (stop func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(gcPercent(liveHeap(), headroom))
	ended := make(chan struct{})
	followGC(headroom, ended)
	return func() {
		close(ended)
		debug.SetGCPercent(before)
	}
}

// followGC sets the pace anew after the next collection: a cleanup runs when one has found its object dead.
func followGC(headroom uint64, ended <-chan struct{}) {
	type sentinel struct{ _ [16]byte }
	runtime.AddCleanup(&sentinel{}, func(struct{}) {
		select {
		case <-ended:
		default:
			debug.SetGCPercent(gcPercent(liveHeap(), headroom))
			followGC(headroom, ended)
		}
	}, struct{}{})
}

// liveHeap is what the last collection found alive, in bytes.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
