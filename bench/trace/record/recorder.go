package record

import (
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/bench/trace"
)

// Options say where and how to record. A zero field takes its default.
type Options struct {
	// Dir is the folder of the files; it is made if it is not there.
	Dir string
	// Node names them, By stands in their headers.
	Node, By string
	// Describe tells the chart and the settings of an event, whose Chart field is not looked at. It is called from the
	// scribe's goroutine only.
	Describe func(event string) (trace.Chart, trace.Event, error)
	// BufferBytes bounds what waits for the scribe; there are two such buffers. 8 MiB.
	BufferBytes int
	// FileBytes and FileAge are when a new file is begun. 256 MiB and an hour.
	FileBytes int64
	FileAge   time.Duration

	Logger     *slog.Logger          // nil = slog.Default()
	Registerer prometheus.Registerer // nil = metrics are kept but not registered
}

// Limits that are not settings.
const (
	lookEvery    = 200 * time.Millisecond // at the buffer, if nobody calls
	flushEvery   = time.Second            // a block of records is written after this long
	maxNumbered  = 1 << 19                // buyers and holds that a file has numbers for; then a new one is begun
	maxEvents    = 4_096                  // events, and as many charts, that a file has
	spareBytes   = 64 << 10               // beyond the limit, so that the action that exceeds it does not allocate
	defaultBytes = 8 << 20
)

// Recorder writes down what shoppers do. Decided and Looked are for many goroutines.
type Recorder struct {
	buffer  buffer
	metrics *metrics
	scribe  *scribe
	stop    chan struct{}
	done    sync.WaitGroup
	once    sync.Once
	err     error
}

// Start begins the first file, and fails if that cannot be written.
func Start(o Options) (*Recorder, error) {
	if o.BufferBytes <= 0 {
		o.BufferBytes = defaultBytes
	}
	if o.FileBytes <= 0 {
		o.FileBytes = 256 << 20
	}
	if o.FileAge <= 0 {
		o.FileAge = time.Hour
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	r := &Recorder{metrics: newMetrics(o.Registerer), stop: make(chan struct{})}
	r.buffer = buffer{
		start: time.Now(), limit: o.BufferBytes, wake: make(chan struct{}, 1), open: make([]byte, 0, o.BufferBytes+spareBytes),
	}
	s, err := newScribe(o, r.metrics, r.buffer.start)
	if err != nil {
		return nil, err
	}
	r.scribe = s
	r.done.Go(r.run)
	return r, nil
}

// Decided records a request that was decided. It copies what it keeps.
func (r *Recorder) Decided(event string, q *seatmap.Request, a *seatmap.Answer, status int) {
	action := actions[q.Op]
	if action == 0 {
		return // an operator's
	}
	id, buyer := q.ID, a.Buyer
	if action == trace.Hold || action == trace.Sale {
		id, buyer = seatmap.ID{}, q.Buyer
		if a.Code == seatmap.CodeOK {
			id = a.ID
		}
	}
	if !r.buffer.put(func(b []byte) []byte { return appendArguments(b, q) }, action, status, id, event, buyer) {
		r.metrics.dropped.Inc()
	}
}

// Looked records that the map was asked for through a connection; again, if the client had one.
func (r *Recorder) Looked(event, connection string, again bool) {
	action := trace.Look
	if again {
		action = trace.LookAgain
	}
	if !r.buffer.put(nil, action, 0, seatmap.ID{}, event, connection) {
		r.metrics.dropped.Inc()
	}
}

// Close writes what was recorded, and ends the file. Nothing is recorded after it.
func (r *Recorder) Close() error {
	r.once.Do(func() {
		r.buffer.close()
		close(r.stop)
		r.done.Wait()
		r.err = r.scribe.close()
	})
	return r.err
}

// run empties the buffer until Close.
func (r *Recorder) run() {
	spare := make([]byte, 0, r.buffer.limit+spareBytes)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for stopped := false; !stopped; {
		select {
		case <-tick.C:
		case <-r.buffer.wake:
		case <-r.stop:
			stopped = true
		}
		full, dropped := r.buffer.swap(spare)
		r.scribe.write(full, dropped)
		spare = full
	}
}
