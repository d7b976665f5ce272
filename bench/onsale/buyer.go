package onsale

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/httpapi/client"
)

// buyer is one shop session after another: it wants places, holds them, pays, and the next buyer takes its seat.
type buyer struct {
	sale   *Sale
	client *client.Client
	maps   *mapWatch
	picker *picker
	name   string
	number int
	first  uint64 // of the numbers that stand for this buyer's parties in the history
	record record
}

// What buyers want: most want seats together, some stand, a few take a table.
const (
	smallestParty, largestParty = 2, 4
	standingPercent             = 10
	tablePercent                = 1
	soldOutPause                = 50 * time.Millisecond
)

func newBuyer(s *Sale, i int) *buyer {
	node := i % len(s.maps)
	return &buyer{
		sale: s, client: s.Client.From(node), maps: s.maps[node],
		picker: newPicker(s.Arena, s.Seed+uint64(i)), name: fmt.Sprintf("b%d", i), first: uint64(i+1) << 32,
		record: record{log: s.run.NewLog(), chart: s.run.ChartOf(theEvent)},
	}
}

func (b *buyer) run(ctx context.Context) error {
	for {
		wish, any := b.wish()
		if !any {
			if b.nothingLeft() {
				return nil
			}
			// Something is held and may lapse or be paid for: look again.
			select {
			case <-ctx.Done():
				return fmt.Errorf("%s: not sold out in time: %w", b.name, ctx.Err())
			case <-time.After(soldOutPause):
			}
			continue
		}
		if err := b.buy(ctx, wish); err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
	}
}

// wish is what this buyer would like, of what the map shows free.
func (b *buyer) wish() (client.Selection, bool) {
	seen, party := b.maps.seen.Load(), smallestParty+b.picker.random.IntN(largestParty-smallestParty+1)
	dice := b.picker.random.IntN(100)
	if dice < tablePercent {
		if t := b.freeTable(seen); t != "" {
			return client.Selection{Tables: []client.Table{{Table: t}}}, true
		}
	}
	if dice < standingPercent {
		if s, ok := standing(seen, party); ok {
			return s, true
		}
	}
	if seats := b.picker.seats(seen.States, party); seats != nil {
		return client.Selection{Seats: seats}, true
	}
	if s, ok := standing(seen, party); ok {
		return s, true
	}
	if t := b.freeTable(seen); t != "" {
		return client.Selection{Tables: []client.Table{{Table: t}}}, true
	}
	return client.Selection{}, false
}

func standing(seen *client.SeatMap, party int) (client.Selection, bool) {
	for _, a := range seen.Areas {
		if a.Free > 0 {
			quantity := min(party, int(a.Free))
			return client.Selection{Areas: []client.AreaQuantity{{Area: a.Area, Quantity: quantity}}}, true
		}
	}
	return client.Selection{}, false
}

func (b *buyer) freeTable(seen *client.SeatMap) string {
	for i := range seen.Tables {
		t := seen.Tables[(i+b.number)%len(seen.Tables)]
		if strings.HasPrefix(t.State, "f") {
			return t.Table
		}
	}
	return ""
}

// nothingLeft says that the map shows nothing free and nothing held.
func (b *buyer) nothingLeft() bool {
	seen := b.maps.seen.Load()
	if strings.ContainsAny(seen.States, "fh") {
		return false
	}
	for _, a := range seen.Areas {
		if a.Free+a.Held > 0 {
			return false
		}
	}
	for _, t := range seen.Tables {
		if t.State[0] == 'f' || t.State[0] == 'h' {
			return false
		}
	}
	return true
}

// buy holds and pays. Being refused because somebody was faster is what an on-sale is; anything else is an error.
func (b *buyer) buy(ctx context.Context, wish client.Selection) error {
	b.number++
	who := fmt.Sprintf("%s-%d", b.name, b.number)
	hold, err := b.hold(ctx, who, wish)
	switch client.CodeOf(err) {
	case client.CodeSeatUnavailable, client.CodeNotEnoughSeats:
		// A browser shows the new map before its owner clicks again.
		return b.maps.refresh(ctx)
	}
	if err != nil {
		return fmt.Errorf("hold: %w", err)
	}
	order, err := b.confirm(ctx, who, hold)
	if err != nil {
		return fmt.Errorf("confirm: %w", err)
	}
	b.sale.ordered(order)
	return nil
}

func (b *buyer) hold(ctx context.Context, who string, wish client.Selection) (*client.Hold, error) {
	r, meta := &b.record, client.Meta{}
	r.op.Begin(history.KindHold, theEvent, r.log.Now())
	r.op.Buyer = b.first + uint64(b.number)
	r.asks(&wish)
	hold, err := b.client.Hold(ctx, b.sale.Event, client.HoldRequest{Buyer: who, Selection: wish}, client.WithMeta(&meta))
	r.ended(err, &meta)
	if err == nil {
		r.gives(hold.Hold, hold.Revision, hold.Places)
		if hold.ExpiresAt != nil {
			r.op.Deadline = hold.ExpiresAt.UnixMilli()
		}
	}
	r.log.Add(&r.op)
	return hold, err
}

func (b *buyer) confirm(ctx context.Context, who string, hold *client.Hold) (*client.Order, error) {
	r, meta, reference := &b.record, client.Meta{}, "psp-"+who
	r.op.Begin(history.KindConfirm, theEvent, r.log.Now())
	r.op.Buyer = b.first + uint64(b.number)
	r.op.ID, _ = history.ParseID(hold.Hold)
	order, err := b.client.Confirm(ctx, b.sale.Event, client.ConfirmRequest{Hold: hold.Hold, Reference: reference}, client.WithMeta(&meta))
	r.ended(err, &meta)
	if err == nil {
		r.gives(order.Order, order.Revision, order.Places)
		r.op.Reference = history.Digest(order.Reference)
	}
	r.log.Add(&r.op)
	return order, err
}
