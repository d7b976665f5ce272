package peertest

import (
	"sync/atomic"

	"github.com/parterre/parterre/bench/peers"
)

// Sold counts orders. For many goroutines.
type Sold struct{ orders atomic.Int64 }

// Add counts one.
func (s *Sold) Add(*peers.Party) { s.orders.Add(1) }

// Orders is how many there were.
func (s *Sold) Orders() int64 { return s.orders.Load() }

// Pairs gives the seats of the hall to parties of two, event after event.
func Pairs(events int) (next func(*peers.Party) bool, sold *Sold) {
	var given atomic.Int64
	return func(p *peers.Party) bool {
		number := given.Add(1)
		at := int(number-1) * 2
		if at >= events*Hall.Seats() {
			return false
		}
		seat := int32(at % Hall.Seats())
		p.Number, p.Event, p.Quantity, p.Seats = number, at/Hall.Seats(), 2, append(p.Seats[:0], seat, seat+1)
		return true
	}, &Sold{}
}
