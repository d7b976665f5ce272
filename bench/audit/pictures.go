package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/httpapi/client"
)

// picture is what one node says of an event's places when the load is over.
type picture struct {
	node     string
	from, to int64  // when it was asked
	states   []byte // f, h, s or b for each seat and table
	areas    []client.AreaCounts
	counts   client.Counts
}

// pictureTries is how often a map and counts are read until they are of one revision: a hold may lapse in between.
const pictureTries = 20

// look reads an event's map and counts from one node, of one revision, after everything that was decided before.
func (b *eventBook) look(ctx context.Context, node *client.Client) (*picture, error) {
	name := node.Endpoints()[0]
	for range pictureTries {
		from := b.run.Since(time.Now())
		seats, err := node.SeatMap(ctx, b.name(), client.Strong())
		if err != nil {
			return nil, fmt.Errorf("audit: seat map of %s on %s: %w", b.name(), name, err)
		}
		counts, err := node.Availability(ctx, b.name(), client.MinRevision(seats.Revision))
		if err != nil {
			return nil, fmt.Errorf("audit: availability of %s on %s: %w", b.name(), name, err)
		}
		if counts.Revision != seats.Revision {
			continue
		}
		p := &picture{node: name, from: from, to: b.run.Since(time.Now()), areas: seats.Areas, counts: counts.Total}
		if err := p.read(seats, b.chart); err != nil {
			return nil, fmt.Errorf("%w: %s on %s: %w", ErrAnswer, b.name(), name, err)
		}
		return p, nil
	}
	return nil, fmt.Errorf("%w: %s changes on %s although the load is over", ErrAnswer, b.name(), name)
}

// read takes a map apart by the chart's numbers.
func (p *picture) read(seats *client.SeatMap, c *history.Chart) error {
	if len(seats.States) != len(c.Seats) || len(seats.Tables) != len(c.Tables) || len(seats.Areas) != len(c.Areas) {
		return fmt.Errorf("a map of %d seats, %d tables and %d areas, the history's chart has %d, %d and %d",
			len(seats.States), len(seats.Tables), len(seats.Areas), len(c.Seats), len(c.Tables), len(c.Areas))
	}
	p.states = append(append(make([]byte, 0, c.Slots()), seats.States...), make([]byte, len(c.Tables))...)
	for i, t := range seats.Tables {
		if t.Table != c.Tables[i] || t.State == "" {
			return fmt.Errorf("table %s is %q where the chart has %s", t.Table, t.State, c.Tables[i])
		}
		p.states[len(c.Seats)+i] = t.State[0]
	}
	for i, a := range seats.Areas {
		if a.Area != c.Areas[i].Key {
			return fmt.Errorf("area %s where the chart has %s", a.Area, c.Areas[i].Key)
		}
	}
	return nil
}

// blocked is what a picture shows as blocked.
func (p *picture) blocked(c *history.Chart) blocked {
	b := blocked{slots: map[uint32]bool{}}
	for n, letter := range p.states {
		if letter == 'b' {
			b.slots[uint32(n)] = true
			if n < len(c.Seats) {
				b.seats++
			}
		}
	}
	for _, a := range p.areas {
		b.areas = append(b.areas, a.Blocked)
	}
	return b
}
