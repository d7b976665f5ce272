package etcd

import (
	"sync"

	"github.com/parterre/parterre/bench/peers"
)

// blocks is the driver's own map for the best available: how many seats of each row are given. For many goroutines.
type blocks struct {
	hall peers.Hall

	mu    sync.Mutex
	given []uint8                     // by event and row
	from  [][peers.MaxParty + 1]int32 // by event: rows before it have no block of that size
}

func newBlocks(hall peers.Hall, events int) *blocks {
	return &blocks{hall: hall, given: make([]uint8, events*hall.Rows()), from: make([][peers.MaxParty + 1]int32, events)}
}

// next gives the frontmost neighbours that nobody was given; false when there are none.
func (b *blocks) next(p *peers.Party) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	rows, from := b.hall.Rows(), &b.from[p.Event][p.Quantity]
	for ; int(*from) < rows; *from++ {
		given := &b.given[p.Event*rows+int(*from)]
		if int(*given)+p.Quantity > b.hall.SeatsPerRow {
			continue
		}
		p.Seats = p.Seats[:0]
		for i := range p.Quantity {
			p.Seats = append(p.Seats, *from*int32(b.hall.SeatsPerRow)+int32(*given)+int32(i))
		}
		*given += uint8(p.Quantity)
		return true
	}
	return false
}
