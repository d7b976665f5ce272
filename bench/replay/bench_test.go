//go:build unix

package replay

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// processorTime is what this process has used.
func processorTime(tb testing.TB) time.Duration {
	tb.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkOneCore is what one processor replays, history and histograms included, with a responder on the same processor
// that costs a read and a write a request. Requests for a second of processor time say what a core drives whatever else the
// machine does.
func BenchmarkOneCore(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, connections := range []int{64, 512} {
		b.Run(fmt.Sprintf("connections=%d", connections), func(b *testing.B) {
			shop := newShop(b, granted)
			stage := hallStage(b, 8, 1)
			before := processorTime(b)
			b.ReportAllocs()
			b.ResetTimer()
			result, err := Play(b.Context(), Options{
				Stage: stage, Source: &repeating{count: uint64(b.N)}, Endpoints: []string{shop.addr()}, Speed: Max, Connections: connections,
			})
			if err != nil {
				b.Fatal(err)
			}
			if got := result.Pressure.Accepted; got != int64(b.N) {
				b.Fatalf("%d of %d were accepted", got, b.N)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
			b.ReportMetric(float64(b.N)/(processorTime(b)-before).Seconds(), "requests/cpu-s")
		})
	}
}
