package onsale

import (
	"math/rand/v2"

	"github.com/parterre/parterre/bench/venue"
)

// picker chooses seats on a seat map as a buyer's eye does.
type picker struct {
	random *rand.Rand
	zipf   *rand.Zipf
	arena  *venue.Venue
}

// How a buyer looks at the map.
const (
	glances  = 12  // rows looked at before taking what comes
	hotness  = 1.1 // Zipf exponent of the rows' popularity; 1 is what ticketing sees, and rand wants more than 1
	freeSeat = 'f'
)

func newPicker(arena *venue.Venue, seed uint64) *picker {
	random := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	return &picker{random: random, arena: arena, zipf: rand.NewZipf(random, hotness, 1, uint64(len(arena.Rows)-1))}
}

// seats chooses up to want free seats: together in a popular row if a few glances find such, else together anywhere,
// else whatever is left. It returns none when the map shows none.
func (p *picker) seats(states string, want int) []string {
	for range glances {
		row := p.arena.Rows[p.zipf.Uint64()]
		if found := p.together(row, states, want); found != nil {
			return found
		}
	}
	start := p.random.IntN(len(p.arena.Rows))
	for i := range p.arena.Rows {
		row := p.arena.Rows[(start+i)%len(p.arena.Rows)]
		if found := p.together(row, states, want); found != nil {
			return found
		}
	}
	return p.anywhere(states, want, start)
}

// together finds want free neighbours in a row, from a random seat on.
func (p *picker) together(row venue.Row, states string, want int) []string {
	n := len(row.Labels)
	if n < want {
		return nil
	}
	start := p.random.IntN(n)
	for i := range n {
		from := (start + i) % n
		if from+want > n {
			continue
		}
		free := true
		for k := from; k < from+want && free; k++ {
			free = states[row.First+k] == freeSeat
		}
		if free {
			return row.Labels[from : from+want]
		}
	}
	return nil
}

// anywhere collects free seats from a row on.
func (p *picker) anywhere(states string, want, start int) []string {
	var found []string
	for i := range p.arena.Rows {
		row := p.arena.Rows[(start+i)%len(p.arena.Rows)]
		for k, label := range row.Labels {
			if states[row.First+k] == freeSeat {
				if found = append(found, label); len(found) == want {
					return found
				}
			}
		}
	}
	return found
}
