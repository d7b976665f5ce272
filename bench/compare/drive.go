package compare

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/parterre/parterre/bench/peers"
)

// Measured is what one measurement gave. Latencies are microseconds: of a request that carries one step of Width parties;
// Order is both steps, and in an open loop all are from the intended start.
type Measured struct {
	Orders, Tickets, Refused, Requests, Retried int64
	Elapsed                                     time.Duration
	Hold, Confirm, Order                        *hdrhistogram.Histogram
}

// newHistogram measures 1 µs to 60 s with three digits.
func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, 60_000_000, 3) }

func newMeasured() *Measured {
	return &Measured{Hold: newHistogram(), Confirm: newHistogram(), Order: newHistogram()}
}

// OrdersPerSecond is the throughput.
func (m *Measured) OrdersPerSecond() float64 { return float64(m.Orders) / m.Elapsed.Seconds() }

// TicketsPerSecond is the throughput in tickets.
func (m *Measured) TicketsPerSecond() float64 { return float64(m.Tickets) / m.Elapsed.Seconds() }

func (m *Measured) add(other *Measured) {
	m.Orders += other.Orders
	m.Tickets += other.Tickets
	m.Refused += other.Refused
	m.Requests += other.Requests
	m.Retried += other.Retried
	m.Hold.Merge(other.Hold)
	m.Confirm.Merge(other.Confirm)
	m.Order.Merge(other.Order)
}

// Load is what the clients of a measurement do.
type Load struct {
	Picker   *Picker
	Ledger   *Ledger
	Width    int // parties in one request
	Duration time.Duration
	// Rate is the orders per second of an open loop; 0 is a closed loop.
	Rate float64
}

// Drive runs the load on all clients until its duration is over, everything is sold or ctx ends. A client that has begun an
// order ends it, so that every answer is known.
func Drive(ctx context.Context, clients []peers.Client, l Load) (*Measured, error) {
	start := time.Now()
	schedule := newSchedule(start, l.Rate)
	callers := make([]*caller, len(clients))
	errs := make([]error, len(clients))
	stop, cancel := context.WithDeadline(ctx, start.Add(l.Duration))
	defer cancel()
	var all sync.WaitGroup
	for i, client := range clients {
		callers[i] = newCaller(client, l, schedule)
		all.Go(func() {
			if errs[i] = callers[i].run(ctx, stop); errs[i] != nil {
				cancel() // the others need not go on
			}
		})
	}
	all.Wait()
	total := newMeasured()
	total.Elapsed = time.Since(start)
	for _, c := range callers {
		total.add(c.measured)
	}
	err := errors.Join(ctx.Err(), errors.Join(errs...))
	if err == nil && total.Orders == 0 {
		err = ErrNothingSold
	}
	return total, err
}

// caller is one client's loop.
type caller struct {
	client   peers.Client
	load     Load
	schedule *schedule
	room     []peers.Party
	asked    []*peers.Party
	held     []*peers.Party
	measured *Measured
}

func newCaller(client peers.Client, l Load, s *schedule) *caller {
	c := &caller{client: client, load: l, schedule: s, measured: newMeasured(), room: make([]peers.Party, max(1, l.Width))}
	c.asked, c.held = make([]*peers.Party, 0, len(c.room)), make([]*peers.Party, 0, len(c.room))
	return c
}

func (c *caller) run(ctx, stop context.Context) error {
	// One order is done in any case: on a machine that is busy elsewhere the time may be over before a client begins.
	for first := ctx.Err() == nil; first || stop.Err() == nil; first = false {
		intended, ok := c.schedule.next(stop)
		if !ok {
			return nil
		}
		if more, err := c.order(ctx, intended); err != nil || !more {
			return err
		}
	}
	return nil
}

// order takes the next parties through both steps; false when there are none.
func (c *caller) order(ctx context.Context, intended time.Time) (more bool, err error) {
	c.asked, c.held = c.asked[:0], c.held[:0]
	for i := range c.room {
		p := &c.room[i]
		p.Reset()
		if !c.load.Picker.Next(p) {
			break
		}
		c.asked = append(c.asked, p)
	}
	if len(c.asked) == 0 {
		return false, nil
	}
	m := c.measured
	if err := c.client.Hold(ctx, c.asked); err != nil {
		return false, fmt.Errorf("hold: %w", err)
	}
	holding := time.Now()
	m.Requests++
	if err := record(m.Hold, holding.Sub(intended)); err != nil {
		return false, err
	}
	for _, p := range c.asked {
		if p.Outcome == peers.Held {
			c.held = append(c.held, p)
		} else {
			m.Retried += int64(p.Retried)
		}
	}
	m.Refused += int64(len(c.asked) - len(c.held))
	if len(c.held) == 0 {
		return true, nil
	}
	if err := c.client.Confirm(ctx, c.held); err != nil {
		return false, fmt.Errorf("confirm: %w", err)
	}
	end := time.Now()
	m.Requests++
	for _, p := range c.held {
		m.Orders++
		m.Retried += int64(p.Retried)
		m.Tickets += int64(len(p.Seats))
		c.load.Ledger.Sold(p)
	}
	return true, errors.Join(record(m.Confirm, end.Sub(holding)), record(m.Order, end.Sub(intended)))
}

// longestMicros is the most that a histogram can tell; what took longer counts as that.
const longestMicros = 60_000_000

func record(h *hdrhistogram.Histogram, d time.Duration) error {
	return h.RecordValue(min(max(1, d.Microseconds()), longestMicros))
}
