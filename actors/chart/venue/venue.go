package venue

import (
	"fmt"
	"math/rand/v2"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/seatmap"
)

// Kind is a kind of venue.
type Kind string

// The kinds.
const (
	Theatre Kind = "theatre" // stalls, balconies and boxes before a stage, with cabaret tables
	Arena   Kind = "arena"   // tiers in a horseshoe about a floor for standing, with a stage at its end
	Stadium Kind = "stadium" // stands about a pitch, which is a standing area with a stage in its middle
)

// Kinds are all kinds.
func Kinds() []Kind { return []Kind{Theatre, Arena, Stadium} }

// How many numbered seats a venue can have.
const (
	MinSeats = 100
	MaxSeats = seatmap.MaxSeats
)

// Options say what to make.
type Options struct {
	Kind  Kind
	Seats int    // numbered seats, MinSeats to MaxSeats
	Seed  uint64 // of everything that two venues of one size differ in
}

// plan is a venue while it is made.
type plan struct {
	name   string
	seats  int // that blocks and tables sold by seat are to have
	random *rand.Rand
	pitch  float64 // from seat to seat, in metres
	depth  float64 // from row to row, in metres
	blocks []block
	areas  []chart.Area
	tables []chart.Table
	prices prices
}

// Make draws a venue. Errors: ErrKind, ErrSeats.
func Make(o Options) (*chart.Document, error) {
	if o.Seats < MinSeats || o.Seats > MaxSeats {
		return nil, fmt.Errorf("%w: want %d to %d, not %d", ErrSeats, MinSeats, MaxSeats, o.Seats)
	}
	p := &plan{seats: o.Seats}
	switch o.Kind {
	case Theatre:
		p.random = rand.New(rand.NewPCG(o.Seed, 1)) //nolint:gosec // the same seed must make the same venue
		p.theatre()
	case Arena:
		p.random = rand.New(rand.NewPCG(o.Seed, 2)) //nolint:gosec // as above
		p.arena()
	case Stadium:
		p.random = rand.New(rand.NewPCG(o.Seed, 3)) //nolint:gosec // as above
		p.stadium()
	default:
		return nil, fmt.Errorf("%w: %q", ErrKind, o.Kind)
	}
	p.place()
	p.access()
	p.view()
	return p.document(), nil
}

// between is a whole number from least to most.
func (p *plan) between(least, most int) int { return least + p.random.IntN(most-least+1) }

// pick is one of some words.
func (p *plan) pick(words ...string) string { return words[p.random.IntN(len(words))] }
