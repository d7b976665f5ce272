package raftlog

import (
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// BenchmarkCorePipeline sells one seat per order, hold then confirm, through three durable groups in this process over
// loopback: every answer is fsynced on a majority. So many orders are under way at any time; batch is how many of them a
// client asks for at once (each is decided on its own), so there are outstanding/batch clients, each a goroutine.
func BenchmarkCorePipeline(b *testing.B) {
	for _, store := range []string{"bolt", "wal"} {
		for _, load := range []struct{ outstanding, batch int }{{64, 1}, {256, 1}, {4096, 1}, {4096, 64}, {4096, 256}} {
			b.Run(fmt.Sprintf("store=%s/outstanding=%d/batch=%d", store, load.outstanding, load.batch), func(b *testing.B) {
				benchmarkOrders(b, store, load.outstanding, load.batch)
			})
		}
	}
}

func benchmarkOrders(b *testing.B, store string, outstanding, batch int) {
	s := newStage(b, store, func(_ int, c *Config) {
		// Elections are not what is measured, and a busy neighbour must not bring one about.
		c.Timing = Timing{Heartbeat: 2 * time.Second, Election: 2 * time.Second, LeaderLease: time.Second}
		c.Logger = slog.New(slog.DiscardHandler)
	})
	// Orders are spread over as many events as they need: 100,000 seats each.
	const seatsPerEvent = 100_000
	events := b.N/seatsPerEvent + 1
	for e := range events {
		s.openEvent(fmt.Sprint("event", e), min(b.N, seatsPerEvent), 480)
	}
	g := s.nodes[s.leader()].group
	b.ReportAllocs()
	b.ResetTimer()
	start := time.Now()
	sell(b, g, outstanding/batch, batch, seatsPerEvent)
	took := time.Since(start)
	b.StopTimer()
	b.ReportMetric(float64(b.N)/took.Seconds(), "orders/s")
	s.agree()
}

// sell has clients buy b.N seats, batch at a time.
func sell(b *testing.B, g *Group, clients, batch, seatsPerEvent int) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			c := newClient(g, batch)
			for {
				first := int(next.Add(int64(batch))) - batch
				if first >= b.N {
					return
				}
				if err := c.buy(first, min(first+batch, b.N), seatsPerEvent); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// client uses one Batch again and again, as a connection's handler would.
type client struct {
	group *Group
	batch Batch
	done  chan struct{}
}

func newClient(g *Group, batch int) *client {
	c := &client{group: g, done: make(chan struct{}, 1)}
	c.batch.Commands = make([]command.Command, 0, batch)
	c.batch.Done = func(*Batch) { c.done <- struct{}{} }
	return c
}

// buy holds the seats of orders [first, last), then confirms them.
func (c *client) buy(first, last, seatsPerEvent int) error {
	commands := c.batch.Commands[:last-first]
	for i := range commands {
		n := uint64(first + i)
		r := &commands[i].Request
		r.Reset()
		r.Op, r.Key, r.ID, r.Fingerprint, r.Buyer = seatmap.OpHold, number[seatmap.Key](2*n+2), number[seatmap.ID](n+1), n+1, "b-81"
		r.Add.Seats = append(r.Add.Seats, seat(int(n)%seatsPerEvent))
		commands[i].Kind, commands[i].Event = command.KindEvent, "event"+strconv.Itoa(int(n)/seatsPerEvent)
	}
	c.batch.Commands = commands
	if err := c.ask(); err != nil {
		return err
	}
	for i := range commands {
		n := uint64(first + i)
		r := &commands[i].Request
		r.Reset()
		r.Op, r.Key, r.ID, r.Fingerprint, r.Reference = seatmap.OpConfirm, number[seatmap.Key](2*n+3), number[seatmap.ID](n+1), n+1, "psp-123"
	}
	return c.ask()
}

func (c *client) ask() error {
	if err := c.group.Submit(&c.batch); err != nil {
		return err
	}
	<-c.done
	if c.batch.Err != nil {
		return c.batch.Err
	}
	for i := range c.batch.Results {
		if a := &c.batch.Results[i].Answer; a.Code != seatmap.CodeOK {
			return fmt.Errorf("answer: %v %s", a.Code, a.Reason)
		}
	}
	return nil
}
