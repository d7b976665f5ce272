package onsale

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parterre/parterre/httpapi/client"
)

// mapWatch keeps a seat map as one node shows it, for all buyers who came in through that node: their browsers would each
// hold a copy, but here they share the processor with the nodes.
type mapWatch struct {
	client *client.Client
	event  string
	seen   atomic.Pointer[client.SeatMap]

	again    sync.Mutex // held while somebody looks again
	lookedAt time.Time
}

const (
	// mapInterval is how often the shared seat map is looked at again.
	mapInterval = 100 * time.Millisecond
	// freshEnough is how old a map may be for a buyer who was just refused.
	freshEnough = 25 * time.Millisecond
)

func newMapWatch(c *client.Client, event string) *mapWatch {
	return &mapWatch{client: c, event: event}
}

func (w *mapWatch) look(ctx context.Context, options ...client.Option) error {
	seen, err := w.client.SeatMap(ctx, w.event, options...)
	if err != nil {
		return err
	}
	// A call that moved on to another node may see an older picture; a buyer's page does not go back.
	if last := w.seen.Load(); last == nil || seen.Revision > last.Revision {
		w.seen.Store(seen)
	}
	return nil
}

// refresh looks again unless somebody just did.
func (w *mapWatch) refresh(ctx context.Context) error {
	w.again.Lock()
	defer w.again.Unlock()
	if time.Since(w.lookedAt) < freshEnough {
		return nil
	}
	if err := w.look(ctx); err != nil {
		return err
	}
	w.lookedAt = time.Now()
	return nil
}

// run looks again and again until ctx ends. A look that fails is made up for by the next.
func (w *mapWatch) run(ctx context.Context) {
	tick := time.NewTicker(mapInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = w.refresh(ctx)
		}
	}
}
