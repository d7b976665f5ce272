package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestTheGarbageCollectorsPaceLeavesHeadroom(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		live uint64
		want int
	}{
		{0, mostGCPercent},
		{mib, mostGCPercent},
		{64 * mib, 400},
		{256 * mib, 100},
		{4096 * mib, leastGCPercent},
	} {
		if got := gcPercent(c.live, 256*mib); got != c.want {
			t.Errorf("%d MiB live: %d, want %d", c.live/mib, got, c.want)
		}
	}
}

func TestThePaceFollowsTheLiveHeap(t *testing.T) {
	t.Setenv("GOGC", "")
	const headroom = 64 << 20
	stop := paceGC(headroom)
	defer stop()
	pace := func() int {
		p := debug.SetGCPercent(100)
		debug.SetGCPercent(p)
		return p
	}
	ballast := make([]byte, 48<<20)
	for deadline := time.Now().Add(time.Minute); pace() > 140; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d %% with %d MiB live", pace(), len(ballast)>>20)
		}
		runtime.GC()
	}
	runtime.KeepAlive(ballast)
}

func TestAnOperatorsGOGCIsKept(t *testing.T) {
	t.Setenv("GOGC", "80")
	before := debug.SetGCPercent(80)
	defer debug.SetGCPercent(before)
	defer paceGC(1 << 40)()
	if got := debug.SetGCPercent(80); got != 80 {
		t.Errorf("got %d", got)
	}
}
