//go:build unix

package wire

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
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

// BenchmarkOneCore is what one processor drives, with the responder on the same processor: every request costs it the
// server's read and write, too. Requests for a second of processor time say what a core drives whatever else the machine
// does.
func BenchmarkOneCore(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, connections := range []int{1, 64, 256, 512} {
		b.Run(fmt.Sprintf("connections=%d", connections), func(b *testing.B) {
			addr := newResponder(b, fixed(okAnswer)).addr()
			conns := make([]*Conn, connections)
			r := &Request{
				Method: Post, Path: []byte("/v1/events/bench:0/holds"), Key: []byte("0123456789abcdef-42"),
				Body: []byte(`{"buyer":"b-81","seats":["A-1-1","A-1-2"]}`),
			}
			for i := range conns {
				conns[i] = New(addr, Options{})
				defer conns[i].Close()
				if _, err := conns[i].Do(r); err != nil {
					b.Fatal(err)
				}
			}
			var left atomic.Int64
			left.Store(int64(b.N))
			var all sync.WaitGroup
			before := processorTime(b)
			b.ReportAllocs()
			b.ResetTimer()
			for _, c := range conns {
				all.Go(func() {
					for left.Add(-1) >= 0 {
						if _, err := c.Do(r); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
			b.ReportMetric(float64(b.N)/(processorTime(b)-before).Seconds(), "requests/cpu-s")
		})
	}
}
