package compare

import (
	"fmt"
	"sync/atomic"

	"github.com/parterre/parterre/bench/peers"
)

// Ledger is what the clients were told: a bit for each seat of each event. For many goroutines.
type Ledger struct {
	seats   int
	sold    []atomic.Uint64
	orders  atomic.Int64
	tickets atomic.Int64
	twice   atomic.Int64
}

// NewLedger is an empty ledger.
func NewLedger(hall peers.Hall, events int) *Ledger {
	return &Ledger{seats: hall.Seats(), sold: make([]atomic.Uint64, (hall.Seats()*events+63)/64)}
}

// Sold notes an acknowledged order.
func (l *Ledger) Sold(p *peers.Party) {
	l.orders.Add(1)
	l.tickets.Add(int64(len(p.Seats)))
	for _, seat := range p.Seats {
		at := p.Event*l.seats + int(seat)
		if bit := uint64(1) << (at % 64); l.sold[at/64].Or(bit)&bit != 0 {
			l.twice.Add(1)
		}
	}
}

// Check compares the ledger with what the server says of itself.
func (l *Ledger) Check(server peers.Totals) error {
	if n := l.twice.Load() + server.Twice; n != 0 {
		return fmt.Errorf("%w: %d seats by the clients, %d by the server", ErrTwice, l.twice.Load(), server.Twice)
	}
	if server.Orders != l.orders.Load() || server.Tickets != l.tickets.Load() {
		return fmt.Errorf("%w: %d orders and %d tickets, the clients saw %d and %d",
			ErrTotals, server.Orders, server.Tickets, l.orders.Load(), l.tickets.Load())
	}
	return nil
}
