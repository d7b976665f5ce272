package onsale

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/venue"
	"github.com/parterre/parterre/httpapi/client"
)

// Sale is one event sold out by a crowd.
type Sale struct {
	Client *client.Client
	Event  string
	Arena  *venue.Venue
	Buyers int
	Seed   uint64
	// Sold is called when the number of sold places passes Half, once, if set.
	AtHalf func()

	run  *history.Run
	maps []*mapWatch
	half sync.Once
	sold atomic.Int64
}

// theEvent is the number of the one event in the history.
const theEvent = 0

// Setup puts the arena's chart and makes the event, on sale.
func (s *Sale) Setup(ctx context.Context) error {
	chart := fmt.Sprintf("arena-%d", s.Arena.Places())
	if _, err := s.Client.PutChart(ctx, chart, s.Arena.Document); err != nil {
		return fmt.Errorf("chart: %w", err)
	}
	name := "On-sale of " + s.Event
	settings := client.Settings{Chart: chart, Name: &name, Currency: "CHF", Prices: s.Arena.Prices(), State: "on_sale"}
	if _, err := s.Client.PutEvent(ctx, s.Event, settings); err != nil {
		return fmt.Errorf("event: %w", err)
	}
	return nil
}

// Run lets the crowd in until everything is sold or ctx ends, and returns what the clients saw.
func (s *Sale) Run(ctx context.Context) (*Outcome, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.maps = make([]*mapWatch, len(s.Client.Endpoints()))
	var watching sync.WaitGroup
	for i := range s.maps {
		s.maps[i] = newMapWatch(s.Client.From(i), s.Event)
		// The event was made a moment ago at another node: a strong read waits until this one shows it.
		if err := s.maps[i].look(ctx, client.Strong()); err != nil {
			return nil, fmt.Errorf("seat map: %w", err)
		}
		watching.Go(func() { s.maps[i].run(ctx) })
	}
	s.run = history.New()
	s.run.AddEvent(s.Event, s.run.AddChart(history.ChartOf(s.Arena)))
	errs := make([]error, s.Buyers)
	var crowd sync.WaitGroup
	for i := range s.Buyers {
		b := newBuyer(s, i)
		crowd.Go(func() { errs[i] = b.run(ctx) })
	}
	crowd.Wait()
	outcome, err := newOutcome(s.run)
	cancel()
	watching.Wait()
	return outcome, cmp.Or(append(errs, err)...) // the first is enough: buyers fail alike
}

// ordered counts an acknowledged order, and tells when half of the arena is sold.
func (s *Sale) ordered(order *client.Order) {
	places := int64(0)
	for _, p := range order.Places {
		places += int64(max(1, p.Quantity))
	}
	if s.sold.Add(places)*2 >= int64(s.Arena.Places()) && s.AtHalf != nil {
		s.half.Do(func() { go s.AtHalf() })
	}
}

// Sold is the number of places whose orders were acknowledged so far.
func (s *Sale) Sold() int { return int(s.sold.Load()) }
