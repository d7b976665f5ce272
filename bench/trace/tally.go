package trace

import (
	"errors"
	"io"
)

// Tally is what a whole trace has.
type Tally struct {
	Records   int64            `json:"records"`
	Dropped   int64            `json:"dropped"`
	Whole     bool             `json:"whole"` // its trailer is there
	Shoppers  int64            `json:"shoppers"`
	Bots      int64            `json:"bot_records"`
	FirstTime int64            `json:"first_us"`
	LastTime  int64            `json:"last_us"`
	Actions   map[string]int64 `json:"actions"`
	Ways      map[string]int64 `json:"ways"`  // of holds and sales
	Fates     map[string]int64 `json:"fates"` // of first attempts
	Statuses  map[uint16]int64 `json:"statuses,omitempty"`
	// Arrivals are shoppers by when they are first seen, in steps of ArrivalSeconds.
	Arrivals []int64 `json:"arrivals"`
}

// ArrivalSeconds is the width of a step of Tally.Arrivals, of which there are at most maxArrivals.
const (
	ArrivalSeconds = 10
	maxArrivals    = 100_000
)

// NewTally counts all records of a trace; each is called with every record, if it is not nil. A file that was cut off is
// counted up to there.
func NewTally(r *Reader, each func(*Record) error) (*Tally, error) {
	t := &Tally{
		Actions: map[string]int64{}, Ways: map[string]int64{}, Fates: map[string]int64{}, Statuses: map[uint16]int64{},
	}
	seen := map[uint64]struct{}{}
	var rec Record
	for {
		switch err := r.Next(&rec); {
		case errors.Is(err, io.EOF):
			t.Whole, t.Dropped = true, r.Trailer().Dropped
			return t, nil
		case errors.Is(err, ErrTruncated):
			return t, nil
		case err != nil:
			return t, err
		}
		t.count(&rec, seen)
		if each != nil {
			if err := each(&rec); err != nil {
				return t, err
			}
		}
	}
}

func (t *Tally) count(r *Record, seen map[uint64]struct{}) {
	if t.Records == 0 {
		t.FirstTime = r.AtMicros
	}
	t.Records++
	t.LastTime = r.AtMicros
	t.Actions[r.Action.String()]++
	if r.Bot {
		t.Bots++
	}
	if r.Recorded {
		t.Statuses[r.Status]++
	}
	if r.Action == Hold || r.Action == Sale {
		t.Ways[r.Way.String()]++
		if r.If != IfRefused {
			t.Fates[r.Fate.String()]++
		}
	}
	if _, known := seen[r.Shopper]; known {
		return
	}
	seen[r.Shopper] = struct{}{}
	t.Shoppers++
	step := int(min(r.AtMicros/(ArrivalSeconds*1_000_000), maxArrivals-1))
	for len(t.Arrivals) <= step {
		t.Arrivals = append(t.Arrivals, 0)
	}
	t.Arrivals[step]++
}
