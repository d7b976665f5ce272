package actors

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/parterre/parterre/actors/seatmap"
)

// maxAheadBytes bounds how much of an event's record is read before its seat map is made. Nearly every record is smaller;
// a larger one is restored by the reader itself, as it comes.
const maxAheadBytes = 16 << 20

// Pace is how hard a restore works: with so many goroutines beside the reading one, at least one, each of which rests after
// each event for Rest times as long as that took. So a node that serves meanwhile has time for those it serves, the more
// the busier it is.
type Pace struct {
	Members int
	Rest    float64
}

// crew makes the seat maps of a snapshot's events beside its reading: each member proves and fills one from a record that
// was read whole, while the reader brings the next. To prove a map costs far more than to read its record.
type crew struct {
	buffers chan []byte // one for each member; who has one works
	ahead   int         // bytes of a record; maxAheadBytes but in tests
	rest    float64     // see Pace
	working sync.WaitGroup

	mu    sync.Mutex
	maps  []*seatmap.Map // by place among the events
	first int            // place of the first event that was refused
	err   error
}

func newCrew(pace Pace) *crew {
	members := max(1, pace.Members)
	c := &crew{buffers: make(chan []byte, members), ahead: maxAheadBytes, rest: pace.Rest}
	for range members {
		c.buffers <- nil
	}
	return c
}

// restore makes the map of the next event from what is left of its record. It may be made after restore has returned:
// wait says whether all could be.
func (c *crew) restore(in *recordReader, e *Event, plan *seatmap.Plan) error {
	buffer, lent := <-c.buffers, false
	record, err := in.ahead(buffer[:0], c.ahead)
	defer func() {
		if !lent {
			c.buffers <- record
		}
	}()
	if err != nil {
		return err
	}
	place, err := c.place()
	if err != nil {
		return err
	}
	if len(record) == c.ahead {
		seats, err := seatmap.Restore(plan, io.MultiReader(bytes.NewReader(record), in))
		if in.err != nil {
			return in.err
		}
		c.put(place, e, seats, err)
		return nil
	}
	lent = true
	c.working.Go(func() {
		begin := time.Now()
		seats, err := seatmap.Restore(plan, bytes.NewReader(record))
		c.put(place, e, seats, err)
		time.Sleep(time.Duration(c.rest * float64(time.Since(begin))))
		c.buffers <- record
	})
	return nil
}

// place is the next event's; an error if one was refused already, so that all that follows is for nothing.
func (c *crew) place() (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.maps = append(c.maps, nil)
	return len(c.maps) - 1, c.err
}

func (c *crew) put(place int, e *Event, seats *seatmap.Map, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.maps[place] = seats
	if err != nil && (c.err == nil || place < c.first) {
		c.first, c.err = place, fmt.Errorf("%w: event %q: %w", ErrSnapshotContent, e.key, err)
	}
}

// wait returns all maps, or why the first of the refused events was.
func (c *crew) wait() ([]*seatmap.Map, error) {
	c.working.Wait()
	return c.maps, c.err
}

// ahead appends what is left of the record, at most up to most bytes in all.
func (r *recordReader) ahead(b []byte, most int) ([]byte, error) {
	for len(b) < most {
		if len(r.payload) == 0 {
			if r.last {
				break
			}
			if err := r.nextFrame(); err != nil {
				return b, err
			}
		}
		n := min(len(r.payload), most-len(b))
		b = append(b, r.payload[:n]...)
		r.payload = r.payload[n:]
	}
	return b, r.err
}
