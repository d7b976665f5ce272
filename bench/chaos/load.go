package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/venue"
	"github.com/parterre/parterre/httpapi/client"
)

// load is the mixed load on all nodes.
type load struct {
	seed      uint64
	endpoints []string // host:port of all nodes
	think     time.Duration
	patient   bool // nobody gives up early
	hall      *venue.Venue
	chart     *history.Chart
	run       *history.Run
	tally     *tally
	pulse     pulse

	generations [][]*event // those on sale together; one follows the other
	current     atomic.Int32

	mu       sync.Mutex
	problems []string
	count    int
}

// eventsAtOnce are on sale at a time, so that every partition has some.
const eventsAtOnce = 6

// maxProblems bounds the problems that are told in words.
const maxProblems = 50

func (l *load) problem(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.count++; len(l.problems) < maxProblems {
		l.problems = append(l.problems, fmt.Sprintf(format, args...))
	}
}

func (l *load) found() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.problems)
}

// onSale are the events of the moment.
func (l *load) onSale() []*event { return l.generations[l.current.Load()] }

// anEvent is one on sale; now and then one of those before, whose holds and orders are still asked for.
func (l *load) anEvent(random *rand.Rand) *event {
	g := int(l.current.Load())
	if g > 0 && random.IntN(20) == 0 {
		g--
	}
	return l.generations[g][random.IntN(len(l.generations[g]))]
}

// newLoad makes the hall and all events of a run.
func newLoad(ctx context.Context, o *Options, api *client.Client, hosts []string, generations int) (*load, error) {
	hall, err := newHall()
	if err != nil {
		return nil, err
	}
	l := &load{
		seed: o.Seed, endpoints: hosts, think: o.Think, patient: o.Patient, hall: hall, run: history.New(), tally: newTally(),
		chart: history.ChartOf(hall),
	}
	chart := l.run.AddChart(l.chart)
	if _, err := api.PutChart(ctx, "chaos", hall.Document); err != nil {
		return nil, fmt.Errorf("chaos: the hall: %w", err)
	}
	for g := range generations {
		var some []*event
		for i := range eventsAtOnce {
			e := &event{name: fmt.Sprintf("night-%d-%d", g, i)}
			e.number = l.run.AddEvent(e.name, chart)
			if err := l.open(ctx, api, e.name, i); err != nil {
				return nil, err
			}
			some = append(some, e)
		}
		l.generations = append(l.generations, some)
	}
	return l, nil
}

// open puts an event on sale. Holds live shortly, so that many lapse; some events have limits.
func (l *load) open(ctx context.Context, api *client.Client, name string, i int) error {
	ttl, extensions := 2+3*(i%3), i%3
	s := client.Settings{
		Chart: "chaos", Currency: "CHF", Prices: l.hall.Prices(), State: "on_sale", HoldTTLSeconds: &ttl, HoldExtensions: &extensions,
	}
	most := 0
	if i%2 == 1 {
		most = 12
		s.MaxPlacesPerBuyer = &most
	}
	if _, err := api.PutEvent(ctx, name, s); err != nil {
		return fmt.Errorf("chaos: event %s: %w", name, err)
	}
	number, _ := l.run.EventNumber(name)
	l.run.Allow(number, uint32(most), uint32(ttl))
	return nil
}

// drive runs all workers until ctx ends and returns when they are done.
func (l *load) drive(ctx context.Context, o *Options, lifetime time.Duration) {
	var all sync.WaitGroup
	if lifetime > 0 {
		all.Go(func() { l.turnOver(ctx, lifetime) })
	}
	for i := range o.Singles {
		all.Go(func() { newSingle(l, i).run(ctx) })
	}
	for i := range o.Batches {
		all.Go(func() { newBatcher(l, i).run(ctx) })
	}
	for i := range o.Streams {
		all.Go(func() { newStreamer(l, i).run(ctx) })
	}
	all.Wait()
}

// turnOver puts the next generation on sale when one has lived.
func (l *load) turnOver(ctx context.Context, lifetime time.Duration) {
	tick := time.NewTicker(lifetime)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			l.turn()
		}
	}
}

// turn puts the next generation on sale, if there is one.
func (l *load) turn() {
	if int(l.current.Load()) < len(l.generations)-1 {
		l.current.Add(1)
	}
}

func (l *load) newShopper(name string, number int) *shopper {
	h := history.Digest(name)
	return &shopper{
		load: l, name: fmt.Sprintf("%s%d", name, number), log: l.run.NewLog(),
		random: rand.New(rand.NewPCG(l.seed^h, uint64(number))),
	}
}

// rest is a shopper's pause between two calls.
func (s *shopper) rest(ctx context.Context) bool {
	return sleep(ctx, time.Duration(s.random.Int64N(int64(2*s.load.think)+1)))
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
