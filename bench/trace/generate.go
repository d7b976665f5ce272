package trace

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/parterre/parterre/bench/venue"
)

// generator walks through the on-sale in the order of time. Each errand that comes up writes at most a record or two and
// puts down what follows from it, so that what waits is a few errands for each shopper and never the whole trace.
type generator struct {
	*crowd
	out      *Writer
	agenda   agenda
	waiting  []uint8 // by shopper: errands that are put down
	admitted int64   // when the last one was let in
	rec      Record
	now      errand

	debt     int64  // of bots' requests, in millionths of a request
	scraper  uint64 // whose turn it is
	sessions int64
}

// scrapersPerShopper is the number of shoppers for each scraper.
const shoppersPerScraper = 200

// Summary says what was made.
type Summary struct {
	Shoppers, Sessions, Records, Bytes int64
}

// Generate writes the trace that the parameters make of an on-sale in the venue. The same parameters and venue make the
// same bytes. ctx ends it early.
func Generate(ctx context.Context, out io.Writer, p Parameters, chart string, v *venue.Venue) (*Summary, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if v.Places() == 0 || v.Places() > MaxSeats {
		return nil, fmt.Errorf("%w: a venue of %d places", ErrParameter, v.Places())
	}
	w, err := begin(out, &p, chart, v)
	if err != nil {
		return nil, err
	}
	g := &generator{crowd: newCrowd(&p, v), out: w}
	g.gather()
	if err := g.run(ctx); err != nil {
		return nil, err
	}
	err = w.Close()
	return &Summary{Shoppers: int64(g.shoppers), Sessions: g.sessions, Records: w.Records(), Bytes: w.Bytes()}, err
}

// begin writes what stands before the records.
func begin(out io.Writer, p *Parameters, chart string, v *venue.Venue) (*Writer, error) {
	w, err := NewWriter(out, &Header{Made: Generated, Seed: p.Seed, Parameters: p, Retry: p.Retry})
	if err != nil {
		return nil, err
	}
	if _, err := w.AddChart(Chart{Name: chart, Document: v.Document}); err != nil {
		return nil, err
	}
	settings, err := json.Marshal(struct {
		Name       string           `json:"name"`
		Currency   string           `json:"currency"`
		Prices     map[string]int64 `json:"prices"` // written in the order of its keys
		State      string           `json:"state"`
		TTL        int              `json:"hold_ttl_seconds"`
		Extensions int              `json:"hold_extensions"`
		MostPlaces int              `json:"max_places_per_hold"`
	}{"On-sale: " + v.Name, "CHF", v.Prices(), "on_sale", p.HoldTTLSeconds, 1, p.MostPlaces})
	if err != nil {
		return nil, err
	}
	_, err = w.AddEvent(Event{Name: p.Event, Settings: settings, HoldTTLSeconds: int64(p.HoldTTLSeconds)})
	return w, err
}

// gather puts everybody's arrival down.
func (g *generator) gather() {
	g.waiting = make([]uint8, g.shoppers)
	for s := range g.shoppers {
		for device := range uint8(g.devices(s)) {
			g.sessions++
			g.waiting[s]++
			g.agenda.add(errand{at: g.arrival(s, device), shopper: s, what: toArrive, slot: device})
		}
	}
}

// contextEvery is after how many errands the context is looked at.
const contextEvery = 1 << 16

func (g *generator) run(ctx context.Context) error {
	end := int64(maxAtMicros)
	if g.p.WriteSeconds > 0 {
		end = micros(g.p.WriteSeconds)
	}
	for n := 0; ; n++ {
		if n%contextEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		e, ok := g.agenda.next()
		if !ok || e.at >= end {
			return nil
		}
		g.waiting[e.shopper]--
		g.now = e
		if err := g.perform(e); err != nil {
			return err
		}
	}
}

// later puts down what follows from the errand at hand.
func (g *generator) later(what task, slot, turn uint8, seconds float64) {
	g.at(what, slot, turn, g.now.at+max(1, micros(seconds)))
}

func (g *generator) at(what task, slot, turn uint8, at int64) {
	g.waiting[g.now.shopper]++
	g.agenda.add(errand{at: at, shopper: g.now.shopper, what: what, slot: slot, turn: turn})
}

// start begins the record of the errand at hand, after everything that follows from it is put down.
func (g *generator) start(action Action, condition Condition) *Record {
	g.rec.Reset()
	e := &g.now
	g.rec.AtMicros, g.rec.Shopper, g.rec.Slot, g.rec.Action, g.rec.If = e.at, uint64(e.shopper), e.slot, action, condition
	if e.slot < roundSlot {
		g.rec.Device = e.slot
	}
	g.rec.Last = g.waiting[e.shopper] == 0
	g.rec.Bot = g.isBot(e.shopper)
	return &g.rec
}
