package quality

import (
	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/chart/venue"
	"github.com/parterre/parterre/actors/seatmap"
)

// Options say what is sold to whom.
type Options struct {
	Venue venue.Options
	Crowd uint64 // seed of the arrivals
	// Insist makes every party want to sit together or not at all; otherwise it takes what it gets.
	Insist bool
}

// The allocators that are compared.
const (
	Parterre    = "parterre"
	FrontToBack = "front-to-back"
	BestInRow   = "best-in-row"
	Careful     = "careful"
)

// Allocators are all of them, in the order of reports.
func Allocators() []string { return []string{Parterre, FrontToBack, BestInRow, Careful} }

// Compare sells the same venue to the same crowd by each allocator. The venue is returned for pictures. Errors: those of
// venue.Make, before anything is done.
func Compare(o Options) (d *chart.Document, results []*Result, err error) {
	if d, err = venue.Make(o.Venue); err != nil {
		return nil, nil, err
	}
	spec, err := d.Compile()
	if err != nil {
		return nil, nil, err
	}
	plan, err := seatmap.NewPlan(spec)
	if err != nil {
		return nil, nil, err
	}
	crowd := arrivals(plan.Seats(), o.Crowd)
	for _, name := range Allocators() {
		s, err := newSale(plan, spec, name, o.Insist)
		if err != nil {
			return nil, nil, err
		}
		result, err := s.run(crowd)
		if err != nil {
			return nil, nil, err
		}
		results = append(results, result)
	}
	return d, results, nil
}

func newSale(plan *seatmap.Plan, spec *seatmap.PlanSpec, allocator string, insist bool) (*sale, error) {
	config := seatmap.DefaultConfig()
	config.State, config.HoldTTLSeconds = seatmap.SaleOn, ttlMillis/1000
	event, err := seatmap.New(plan, &config)
	if err != nil {
		return nil, err
	}
	s := &sale{house: newHouse(plan, spec), event: event, result: Result{Allocator: allocator}}
	if allocator == Parterre {
		s.choose = wish(insist)
	} else {
		s.choose = named(newGreedy(s.house, allocator, insist))
	}
	return s, nil
}

// wish leaves the choice to the map.
func wish(insist bool) chooser {
	return func(size int32, req *seatmap.Request) bool {
		req.Wish.Quantity = size
		if insist {
			req.Wish.Together = seatmap.TogetherRequire
		}
		return true
	}
}

// named names the seats that a greedy allocator chooses.
func named(g *greedy) chooser {
	return func(size int32, req *seatmap.Request) bool {
		slots := g.choose(int(size))
		for _, slot := range slots {
			req.Add.Seats = append(req.Add.Seats, g.h.plan.Label(uint32(slot))) //nolint:gosec // a slot
		}
		return len(slots) > 0
	}
}
