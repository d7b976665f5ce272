package parterre

import (
	"context"
	"fmt"

	"github.com/parterre/parterre/bench/peers"
	"github.com/parterre/parterre/httpapi/client"
)

// Totals reads every event strongly, and from each node: sold places are tickets. A hold and its confirmation are a revision
// each, and nothing else happens to these events, so that half of an event's revisions since it was made are its orders
// when no hold is left. A seat is in one state, so that one sold twice would be missing among the tickets.
func (s *server) Totals(ctx context.Context) (t peers.Totals, err error) {
	for i, name := range s.names {
		revision, sold, err := s.event(ctx, name)
		if err != nil {
			return t, err
		}
		changes := int64(revision - s.made[i])
		if changes%2 != 0 {
			return t, fmt.Errorf("%w: event %s has %d changes", ErrLeft, name, changes)
		}
		t.Orders += changes / 2
		t.Tickets += sold
	}
	return t, nil
}

// event asks each node for an event's revision and sold places.
func (s *server) event(ctx context.Context, name string) (revision uint64, sold int64, err error) {
	for i := range s.cluster.Nodes {
		a, err := s.api.At(i).Availability(ctx, name, client.Strong())
		if err != nil {
			return 0, 0, err
		}
		if a.Total.Held != 0 {
			return 0, 0, fmt.Errorf("%w: %d places of event %s", ErrLeft, a.Total.Held, name)
		}
		if i > 0 && (a.Revision != revision || a.Total.Sold != sold) {
			return 0, 0, fmt.Errorf("%w: event %s has %d sold at revision %d, and %d at %d",
				ErrReplicas, name, sold, revision, a.Total.Sold, a.Revision)
		}
		revision, sold = a.Revision, a.Total.Sold
	}
	return revision, sold, nil
}
