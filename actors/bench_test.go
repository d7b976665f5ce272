package actors

import (
	"bytes"
	"fmt"
	"syscall"
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

// BenchmarkRestorePartition restores 16 events of 30,000 seats of which half are sold. cpu-ms/event counts all cores.
func BenchmarkRestorePartition(b *testing.B) {
	const events, seats = 16, 30_000
	r := newReplica(b)
	keys := make([]string, events)
	for i := range keys {
		keys[i] = fmt.Sprintf("event-%03d", i)
	}
	r.open(seats, keys...)
	var id uint64
	for party := range seats / 4 {
		var holds, confirms []command.Command
		for _, key := range keys {
			id++
			labels := []string{fmt.Sprintf("A-%d", 2*party+1), fmt.Sprintf("A-%d", 2*party+2)}
			if 2*party >= seats/2 {
				b.Fatal(party)
			}
			holds = append(holds, hold(key, id, labels...))
			confirms = append(confirms, confirm(key, id+1<<32, id))
		}
		r.apply(holds...)
		r.apply(confirms...)
	}
	snapshot := r.snapshot()
	again := newReplica(b)
	b.SetBytes(int64(len(snapshot)))
	b.ReportAllocs()
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	for b.Loop() {
		if err := again.Restore(bytes.NewReader(snapshot)); err != nil {
			b.Fatal(err)
		}
	}
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	cpu := (after.Utime.Nano() - before.Utime.Nano() + after.Stime.Nano() - before.Stime.Nano()) / 1e6
	b.ReportMetric(float64(cpu)/float64(b.N*events), "cpu-ms/event")
}
