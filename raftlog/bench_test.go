package raftlog

import (
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// BenchmarkCorePipeline sells one seat per order, hold then confirm, through three durable groups in this process over
// loopback: every answer is fsynced on a majority. outstanding orders are under way at any time.
func BenchmarkCorePipeline(b *testing.B) {
	for _, store := range []string{"bolt", "wal"} {
		for _, outstanding := range []int{64, 256, 4096} {
			b.Run(fmt.Sprintf("store=%s/outstanding=%d", store, outstanding), func(b *testing.B) {
				benchmarkOrders(b, store, outstanding)
			})
		}
	}
}

func benchmarkOrders(b *testing.B, store string, outstanding int) {
	s := newStage(b, store, func(_ int, c *Config) {
		c.Timing = Timing{}
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
	sell(b, g, outstanding, seatsPerEvent)
	took := time.Since(start)
	b.StopTimer()
	b.ReportMetric(float64(b.N)/took.Seconds(), "orders/s")
	s.agree()
}

// sell has outstanding shoppers, each a goroutine with one command under way, buy b.N seats.
func sell(b *testing.B, g *Group, outstanding, seatsPerEvent int) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range outstanding {
		wg.Go(func() {
			p := newShopper(g)
			for n := int(next.Add(1) - 1); n < b.N; n = int(next.Add(1) - 1) {
				if err := p.buy(fmt.Sprint("event", n/seatsPerEvent), uint64(n), seat(n%seatsPerEvent)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

type shopper struct {
	group *Group
	batch Batch
	done  chan struct{}
	seats [1]string
}

func newShopper(g *Group) *shopper {
	p := &shopper{group: g, done: make(chan struct{}, 1)}
	p.batch.Commands = make([]command.Command, 1)
	p.batch.Done = func(*Batch) { p.done <- struct{}{} }
	return p
}

// buy holds a seat and confirms it.
func (p *shopper) buy(event string, n uint64, label string) error {
	p.seats[0] = label
	p.batch.Commands[0] = command.Command{Kind: command.KindEvent, Event: event, Request: seatmap.Request{
		Op: seatmap.OpHold, Key: number[seatmap.Key](2*n + 2), ID: number[seatmap.ID](n + 1), Fingerprint: n + 1, Buyer: "b-81",
		Add: seatmap.Selection{Seats: p.seats[:]},
	}}
	if err := p.ask(); err != nil {
		return err
	}
	p.batch.Commands[0].Request = seatmap.Request{
		Op: seatmap.OpConfirm, Key: number[seatmap.Key](2*n + 3), ID: number[seatmap.ID](n + 1), Fingerprint: n + 1, Reference: "psp-123",
	}
	return p.ask()
}

func (p *shopper) ask() error {
	if err := p.group.Submit(&p.batch); err != nil {
		return err
	}
	<-p.done
	if p.batch.Err != nil {
		return p.batch.Err
	}
	if code := p.batch.Results[0].Answer.Code; code != seatmap.CodeOK {
		return fmt.Errorf("answer: %v %s", code, p.batch.Results[0].Answer.Reason)
	}
	return nil
}
