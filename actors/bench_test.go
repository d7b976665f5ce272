package actors

import (
	"fmt"
	"testing"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// Entries of 1, 64 and 1,024 commands, answered. Each command holds a seat or gives it back, so the state stays small.
func BenchmarkApplyOneEvent(b *testing.B)   { benchmarkApply(b, 1) }
func BenchmarkApplyManyEvents(b *testing.B) { benchmarkApply(b, 256) }

func benchmarkApply(b *testing.B, events int) {
	for _, size := range []int{1, 64, 1024} {
		b.Run(fmt.Sprintf("commands=%d", size), func(b *testing.B) {
			r := newReplica(b)
			keys := make([]string, events)
			for i := range keys {
				keys[i] = fmt.Sprintf("event-%03d", i)
			}
			r.open(2_000, keys...)
			commands, results := make([]command.Command, size), make([]command.Result, size)
			for i := range commands {
				commands[i] = hold(keys[i%events], 1, fmt.Sprintf("A-%d", i%1000+1))
			}
			var n uint64
			b.ReportAllocs()
			for b.Loop() {
				for i := range commands {
					q := &commands[i].Request
					if q.Op == seatmap.OpHold {
						q.Op = seatmap.OpRelease
					} else {
						q.Op = seatmap.OpHold
						q.ID = idOf(n + 1<<40)
					}
					n++
					q.Key, q.Fingerprint = keyOf(n), n
				}
				r.nowMillis += 1_000 // keys are forgotten after a day: the books stay bounded
				if err := r.try(commands, results); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/command")
		})
	}
}
