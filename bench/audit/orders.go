package audit

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/parterre/parterre/bench/history"
)

// What is asked of one node for an audit of orders.
const (
	connectionsPerNode = 4
	batchOperations    = 250
)

// lookup is a claim whose order or hold is asked for by its id.
type lookup struct {
	claim int32
	order bool // else its hold
}

// lookups are the orders that every node must know, and the holds that nobody may have any more.
func (l *ledger) lookups() (orders, released []lookup) {
	for i := range l.claims {
		c := &l.claims[i]
		switch {
		case !c.done:
		case c.order == isOrder || c.order == cancelled:
			orders = append(orders, lookup{int32(i), true})
		case c.ends:
			released = append(released, lookup{int32(i), false})
		}
	}
	return orders, released
}

// readBack asks one node for claims by id, a batch after the other over a few connections.
func (l *ledger) readBack(ctx context.Context, node *nodeReader, list []lookup) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var readers sync.WaitGroup
	for range connectionsPerNode {
		readers.Go(func() {
			r := &batchReader{ledger: l, conn: node.dial(), node: node.name}
			defer r.conn.Close()
			stop := context.AfterFunc(ctx, r.conn.Interrupt)
			defer stop()
			for {
				from := int(next.Add(batchOperations)) - batchOperations
				if from >= len(list) || ctx.Err() != nil {
					return
				}
				if err := r.read(ctx, list[from:min(from+batchOperations, len(list))]); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	readers.Wait()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return ctx.Err()
}

// judge compares what a node says of a claim with what was acknowledged.
func (r *batchReader) judge(k lookup, o *history.Op) {
	c := &r.claims[k.claim]
	name, id := r.eventName(c.event), c.id
	if !k.order {
		if o.Outcome == history.Done && o.State != history.StateReleased && o.State != history.StateLapsed {
			r.v.broken(r.v.ReleasesKept, "%s on %s: hold %s was given back, and is %s", name, r.node, id, stateName(o.State))
		}
		return
	}
	rule := r.v.OrdersKept
	switch {
	case o.Outcome == history.Refused:
		r.v.broken(rule, "%s on %s: the acknowledged order %s is answered with %s", name, r.node, id, o.Code)
	case o.ID != id:
		r.v.broken(rule, "%s on %s: asked for order %s, it shows %s", name, r.node, id, o.ID)
	case c.loose:
	case c.order == cancelled && o.State != history.StateCancelled:
		r.v.broken(rule, "%s on %s: order %s was cancelled, and is %s", name, r.node, id, stateName(o.State))
	case c.order == isOrder && o.State != history.StateConfirmed && c.endCalled == forever:
		r.v.broken(rule, "%s on %s: order %s is %s, and nobody cancelled it", name, r.node, id, stateName(o.State))
	case c.order == isOrder && c.endCalled != forever: // a release or cancellation of unknown outcome
	case !samePlaces(r.in(c.left), o.Given, &r.scratch):
		r.v.broken(rule, "%s on %s: order %s has %s, acknowledged were %s", name, r.node, id, r.words(c.event, o.Given), r.words(c.event, r.in(c.left)))
	case c.reference != 0 && o.Reference != c.reference:
		r.v.broken(rule, "%s on %s: order %s has another reference than was acknowledged", name, r.node, id)
	}
}

func stateName(s history.State) string {
	switch s {
	case history.StateHeld:
		return "held"
	case history.StateConfirmed:
		return "confirmed"
	case history.StateReleased:
		return "released"
	case history.StateLapsed:
		return "expired"
	case history.StateCancelled:
		return "cancelled"
	}
	return "in no known state"
}

// samePlaces compares two lists as sets, an area's places by their sum.
func samePlaces(want, got []history.Place, scratch *[2][]history.Place) bool {
	if slices.Equal(want, got) {
		return true
	}
	scratch[0], scratch[1] = normal(scratch[0][:0], want), normal(scratch[1][:0], got)
	return slices.Equal(scratch[0], scratch[1])
}

func normal(into, list []history.Place) []history.Place {
	into = append(into, list...)
	slices.SortFunc(into, func(a, b history.Place) int { return cmp.Compare(a.Number, b.Number) })
	n := 0
	for i, p := range into {
		if i > 0 && into[n-1].Number == p.Number {
			into[n-1].Quantity += p.Quantity
			continue
		}
		into[n] = p
		n++
	}
	return into[:n]
}

// words are places for a reader.
func (l *ledger) words(event uint32, list []history.Place) string {
	if len(list) == 0 {
		return "no places"
	}
	text, c := []byte(nil), l.run.ChartOf(event)
	for i, p := range list {
		if i > 0 {
			text = append(text, ", "...)
		}
		if int(p.Number) >= c.Slots() {
			text = append(appendNumber(text, p.Quantity), " of "...)
		}
		text = append(text, c.Label(p.Number)...)
	}
	return string(text)
}
