package link

import (
	"fmt"
	"testing"
	"time"

	"github.com/parterre/parterre/raftlog"
)

// BenchmarkForward is the road there and back over loopback, with a leader that decides at once: so many batches of one
// hold each are always outstanding. One op is one command.
func BenchmarkForward(b *testing.B) {
	for _, outstanding := range []int{1, 64, 1024} {
		b.Run(fmt.Sprint("outstanding=", outstanding), func(b *testing.B) {
			s := serve(b, submitFunc(echoing), ServeOptions{})
			c := client(b, ClientOptions{Dial: s.dial})
			ended := make(chan *trip, outstanding)
			for range outstanding {
				trip := holds("b", 1)
				trip.batch.Done = func(*raftlog.Batch) { ended <- trip }
				ended <- trip
			}
			deadline := time.Now().Add(time.Hour)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				trip := <-ended
				if trip.batch.Err != nil {
					b.Fatal(trip.batch.Err)
				}
				if err := c.Forward(0, deadline, &trip.batch); err != nil {
					b.Fatal(err)
				}
			}
			for range outstanding {
				<-ended
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
		})
	}
}

func echoing(_ uint32, b *raftlog.Batch) error {
	decide(b, len(b.Commands), nil)
	return nil
}
