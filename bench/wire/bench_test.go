package wire

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// BenchmarkOneCore is what one processor drives, with the responder on the same processor: every request costs it the
// server's read and write, too.
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
		})
	}
}
