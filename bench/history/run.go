package history

import (
	"sync"
	"time"
)

// Event is an event of the run.
type Event struct {
	Name  string `json:"name"`
	Chart uint32 `json:"chart"` // number in Run.Charts
	// What the event allows, as far as the run knows; 0 = not known, or no limit.
	MaxPlacesPerBuyer uint32 `json:"max_places_per_buyer,omitempty"`
	HoldTTLSeconds    uint32 `json:"hold_ttl_seconds,omitempty"`
}

// Run is everything that the clients of one run saw. Charts and events are added before the load, logs at any time; what
// is in the logs is read when their workers are done.
type Run struct {
	Charts []*Chart
	Events []Event
	start  time.Time
	byName map[string]uint32 // numbers of the events

	mu   sync.Mutex
	logs []*Log
}

// New begins a run now.
func New() *Run { return &Run{start: time.Now(), byName: map[string]uint32{}} }

// Start is when the run began: its wall clock is what deadlines are compared with.
func (r *Run) Start() time.Time { return r.start }

// Now is the time since the run's start on the monotonic clock, in nanoseconds.
func (r *Run) Now() int64 { return int64(time.Since(r.start)) }

// Since is a moment as time since the run's start, in nanoseconds; it must carry a monotonic reading.
func (r *Run) Since(t time.Time) int64 { return int64(t.Sub(r.start)) }

// UnixNano is a moment since the run's start on the wall clock.
func (r *Run) UnixNano(since int64) int64 { return r.start.UnixNano() + since }

// AddChart adds a chart and returns its number.
func (r *Run) AddChart(c *Chart) uint32 {
	c.index()
	r.Charts = append(r.Charts, c)
	return uint32(len(r.Charts) - 1)
}

// AddEvent adds an event of a chart and returns its number.
func (r *Run) AddEvent(name string, chart uint32) uint32 {
	r.Events = append(r.Events, Event{Name: name, Chart: chart})
	number := uint32(len(r.Events) - 1)
	r.byName[name] = number
	return number
}

// Allow notes what an event allows: places per buyer, 0 = any number, and how long a hold lasts.
func (r *Run) Allow(event, maxPlacesPerBuyer, holdTTLSeconds uint32) {
	r.Events[event].MaxPlacesPerBuyer, r.Events[event].HoldTTLSeconds = maxPlacesPerBuyer, holdTTLSeconds
}

// EventNumber is the number of an event by its name.
func (r *Run) EventNumber(name string) (number uint32, ok bool) {
	number, ok = r.byName[name]
	return number, ok
}

// ChartOf is the chart of an event.
func (r *Run) ChartOf(event uint32) *Chart { return r.Charts[r.Events[event].Chart] }

// NewLog is a log for one more worker. On a nil Run it is nil, which keeps nothing.
func (r *Run) NewLog() *Log {
	if r == nil {
		return nil
	}
	l := &Log{run: r}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.logs = append(r.logs, l)
	l.session = uint32(len(r.logs))
	return l
}

// Len is the number of operations.
func (r *Run) Len() int {
	n := 0
	for _, l := range r.logs {
		n += l.count
	}
	return n
}

// Each calls do for every operation, log by log, each log in the order of its adding, until do returns false. The
// operation is used again: Clone it to keep it. An error means that the records are damaged.
func (r *Run) Each(do func(o *Op) bool) error {
	var o Op
	for _, l := range r.logs {
		for _, c := range l.chunks {
			called := int64(0)
			for b := c; len(b) > 0; {
				var err error
				if b, err = readOp(b, &o, &called); err != nil {
					return err
				}
				if int(o.Event) >= len(r.Events) {
					return ErrCorrupt
				}
				if !do(&o) {
					return nil
				}
			}
		}
	}
	return nil
}
