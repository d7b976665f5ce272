package compare

import (
	"math/rand/v2"
	"sort"
	"sync"

	"github.com/parterre/parterre/bench/peers"
)

// Work is how parties get their seats.
type Work string

// The kinds of work.
const (
	Chosen Work = "chosen"
	Best   Work = "best"
)

// parties is the cycle of party sizes: 1 to 4, mean 2.3, as `parterre bench http` has it.
var parties = [...]int{2, 1, 4, 2, 3, 2, 1, 4, 2, 2}

// ContestedEvery is one in how many parties of chosen seats wants what the party before it was given.
const ContestedEvery = 32

// bestShare is the share of an event that is sold as best available, in percent, before the next event is sold: the last
// seats of a hall are singles that a party cannot have together.
const bestShare = 95

// Picker says what the next party wants. For many goroutines.
type Picker struct {
	hall   peers.Hall
	work   Work
	events int
	spread bool // over all events at once instead of one after the other

	mu      sync.Mutex
	random  *rand.Rand
	law     []float64 // cumulative weights of the rows
	party   int
	number  int64
	event   int     // the first event that is not sold out
	full    int     // how many events in a row had no room, when spread
	sold    []int   // places given, by event
	taken   []uint8 // seats given of a row, by event and row
	before  []int32 // what the party before was given, and where
	beforeE int
}

// NewPicker makes a picker; the same seed gives the same parties.
func NewPicker(hall peers.Hall, work Work, events int, spread bool, seed uint64) *Picker {
	p := &Picker{
		hall: hall, work: work, events: events, spread: spread,
		random: rand.New(rand.NewPCG(seed, uint64(events))),
		law:    make([]float64, hall.Rows()), sold: make([]int, events),
		before: make([]int32, 0, peers.MaxParty),
	}
	total := 0.0
	for row := range p.law {
		total += 1 / float64(row+1) // Zipf, exponent 1
		p.law[row] = total
	}
	if work == Chosen {
		p.taken = make([]uint8, events*hall.Rows())
	}
	return p
}

// Next fills a party that was Reset; false when everything is sold.
func (p *Picker) Next(party *peers.Party) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	want := parties[p.party%len(parties)]
	if p.work == Chosen && p.party%ContestedEvery == ContestedEvery-1 && len(p.before) > 0 {
		p.party++
		p.give(party, p.beforeE, len(p.before))
		party.Seats = append(party.Seats, p.before...)
		return true
	}
	p.party++
	for {
		event, ok := p.turn()
		if !ok {
			return false
		}
		if p.work == Best {
			if (p.sold[event]+want)*100 > p.hall.Seats()*bestShare {
				p.soldOut()
				continue
			}
			p.give(party, event, want)
		} else if !p.neighbours(party, event, want) {
			p.soldOut()
			continue
		}
		p.sold[event] += want
		p.full = 0
		return true
	}
}

// turn is the event to sell now.
func (p *Picker) turn() (event int, ok bool) {
	if p.event == p.events || p.full == p.events {
		return 0, false
	}
	if !p.spread {
		return p.event, true
	}
	event = p.event
	p.event = (p.event + 1) % p.events
	return event, true
}

// soldOut goes on from an event that has no room for a party.
func (p *Picker) soldOut() {
	if p.spread {
		p.full++
		return
	}
	p.event++
}

func (p *Picker) give(party *peers.Party, event, want int) {
	p.number++
	party.Number, party.Event, party.Quantity = p.number, event, want
}

// neighbours gives a party adjacent seats: of a row by the law, or else of the next one outwards that has room.
func (p *Picker) neighbours(party *peers.Party, event, want int) bool {
	rows := p.hall.Rows()
	taken := p.taken[event*rows : (event+1)*rows]
	first := sort.SearchFloat64s(p.law, p.random.Float64()*p.law[rows-1])
	for i := range rows {
		row := (first + i) % rows
		if int(taken[row])+want > p.hall.SeatsPerRow {
			continue
		}
		p.give(party, event, want)
		seat := int32(row*p.hall.SeatsPerRow + int(taken[row]))
		for i := range want {
			party.Seats = append(party.Seats, seat+int32(i))
		}
		taken[row] += uint8(want)
		p.before, p.beforeE = append(p.before[:0], party.Seats...), event
		return true
	}
	return false
}
