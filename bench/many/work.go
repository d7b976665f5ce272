package many

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/parterre/parterre/bench/history"
)

// Order is one party on its way. It is the driver's, and used again.
type Order struct {
	// Event and Seats are what the party wants; without seats it gets the best Quantity available. Work.Next sets them, and
	// must not change the labels later.
	Event    string
	Seats    []string
	Quantity int
	// Number is Work.Next's own, for Work.Decided; EventNumber is the event's in Work.History.
	Number      int64
	EventNumber uint32

	hold [idBytes]byte
}

// idBytes is the length of a hold's id.
const idBytes = 26

// Step is one of an order's two operations.
type Step uint8

// The steps.
const (
	Hold Step = iota
	Confirm
)

// Work is what the workers do.
type Work struct {
	Endpoints   []string // host:port, used in turn by the connections
	Connections int
	// Batch is the number of operations in a request; 0 = streams.
	Batch int
	// Outstanding is the number of operations that are under way on all streams together.
	Outstanding int
	Msgpack     bool // streams only; JSON if not
	Keyless     bool // the nodes make the keys; then a broken connection ends the run
	Duration    time.Duration
	Timeout     time.Duration // without any answer; then the connection counts as broken
	// Next fills in the next party and keeps o.Seats' room if it likes; false when everything is sold. From many goroutines.
	Next func(o *Order) bool
	// Decided is called, if set, with the answer to each step that is final; body is valid during the call. From many
	// goroutines.
	Decided func(o *Order, step Step, status int, body []byte)
	// History gets every operation, if set; JSON only.
	History *history.Run
}

// Result is what a run measured. Latencies are in microseconds, of a saturated closed loop.
type Result struct {
	Orders, Tickets, Refused, Retried int64
	// Reads is how often answers were waited for: operations ÷ Reads came together.
	Reads         int64
	Elapsed       time.Duration
	Hold, Confirm *hdrhistogram.Histogram
}

// OrdersPerSecond is the run's throughput in orders, TicketsPerSecond in tickets.
func (r *Result) OrdersPerSecond() float64 { return float64(r.Orders) / r.Elapsed.Seconds() }

// TicketsPerSecond is the run's throughput in tickets.
func (r *Result) TicketsPerSecond() float64 { return float64(r.Tickets) / r.Elapsed.Seconds() }

// histogram limits: 1 µs to 60 s with three digits.
func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, 60_000_000, 3) }

// runSeed tells the keys of two runs apart.
var runSeed atomic.Int64

// maxBatch is the contract's.
const maxBatch = 1_000

func (w *Work) check() error {
	switch {
	case len(w.Endpoints) == 0 || w.Connections < 1 || w.Next == nil:
		return fmt.Errorf("%w: endpoints, connections and parties are needed", ErrWork)
	case (w.Batch > 0) == (w.Outstanding > 0) || w.Batch > maxBatch:
		return fmt.Errorf("%w: a batch of 1 to %d operations, or operations under way on streams", ErrWork, maxBatch)
	case w.Outstanding > 0 && w.Outstanding < w.Connections:
		return fmt.Errorf("%w: %d streams for %d operations", ErrWork, w.Connections, w.Outstanding)
	case w.Msgpack && (w.History != nil || w.Batch > 0):
		return fmt.Errorf("%w: batches and histories are JSON", ErrWork)
	}
	return nil
}

// Run drives the work until its duration is over, ctx ends or everything is sold. Orders that were begun are finished.
func Run(ctx context.Context, w Work) (*Result, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	if w.Timeout <= 0 {
		w.Timeout = 15 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, w.Duration)
	defer cancel()
	seed := strconv.FormatInt(time.Now().UnixNano()+runSeed.Add(1), 36)
	workers := make([]*worker, w.Connections)
	errs := make([]error, w.Connections)
	start := time.Now()
	var all sync.WaitGroup
	for i := range workers {
		workers[i] = newWorker(&w, i, seed+"-"+strconv.Itoa(i)+"-")
		all.Go(func() {
			if w.Batch > 0 {
				errs[i] = workers[i].batches(ctx)
			} else {
				errs[i] = workers[i].stream(ctx)
			}
		})
	}
	all.Wait()
	r := &Result{Elapsed: time.Since(start), Hold: newHistogram(), Confirm: newHistogram()}
	for _, k := range workers {
		r.Orders += k.orders
		r.Tickets += k.tickets
		r.Refused += k.refused
		r.Retried += k.retried
		r.Reads += k.reads
		r.Hold.Merge(k.latency[Hold])
		r.Confirm.Merge(k.latency[Confirm])
	}
	return r, errors.Join(errs...)
}

// worker is one connection's loop.
type worker struct {
	work     *Work
	number   int
	prefix   string // of its keys
	sequence int64
	slots    []slot
	unsent   []int // slots whose steps are to be sent
	later    []int // slots whose steps are to be sent after a pause
	// elsewhere: the node has nobody to decide; another one may know who leads.
	elsewhere bool
	log       *history.Log
	end       time.Time // when the run was to end; zero = not asked yet

	orders, tickets, refused, retried, reads int64
	latency                                  [2]*hdrhistogram.Histogram
}

// slot is an order under way.
type slot struct {
	order  Order
	step   Step
	state  slotState
	key    int64
	sent   time.Time
	record history.Op
}

// slotState is where a slot stands.
type slotState uint8

const (
	slotEmpty  slotState = iota // there is nothing left to sell, or the time is over
	slotUnsent                  // its step is to be sent
	slotSent
	slotLater // its step is to be sent again after a pause
)

func newWorker(w *Work, number int, prefix string) *worker {
	k := &worker{
		work: w, number: number, prefix: prefix, log: w.History.NewLog(),
		latency: [2]*hdrhistogram.Histogram{newHistogram(), newHistogram()},
	}
	slots := w.Batch
	if w.Outstanding > 0 { // spread evenly
		slots = w.Outstanding/w.Connections + min(1, max(0, w.Outstanding%w.Connections-number))
	}
	k.slots = make([]slot, slots)
	return k
}

// begin gives the slot its next party, if there is one.
func (k *worker) begin(ctx context.Context, s *slot) {
	s.state = slotEmpty
	if ctx.Err() != nil || !k.work.Next(&s.order) {
		return
	}
	k.prepare(s, Hold)
}

// prepare makes the slot's next step ready to be sent, under a key of its own.
func (k *worker) prepare(s *slot, step Step) {
	k.sequence++
	s.step, s.state, s.key = step, slotUnsent, k.sequence
}

// sending notes when a step leaves, if it does so for the first time.
func (k *worker) sending(s *slot, now time.Time) {
	if s.state = slotSent; s.sent.IsZero() {
		s.sent = now
		k.recordCall(s)
	}
}

// answered takes the answer to a slot's step, and makes the next step ready. final is false where the same step has to be
// asked again.
func (k *worker) answered(ctx context.Context, s *slot, a *answer, now time.Time) error {
	final, err := k.recordAnswer(s, a)
	if err != nil {
		return err
	}
	if !final {
		k.retried++
		s.state = slotLater
		k.elsewhere = k.elsewhere || a.status == 503
		return nil
	}
	_ = k.latency[s.step].RecordValue(max(1, now.Sub(s.sent).Microseconds())) // beyond 60 s it is out of range, and told as retried
	s.sent = time.Time{}
	if k.work.Decided != nil {
		k.work.Decided(&s.order, s.step, a.status, a.body)
	}
	switch {
	case s.step == Hold && a.status == 201:
		if len(a.hold) != idBytes {
			return fmt.Errorf("%w: hold: %q", ErrAnswer, a.body)
		}
		copy(s.order.hold[:], a.hold)
		k.prepare(s, Confirm)
		return nil
	case s.step == Hold && a.status == 409:
		k.refused++
	case s.step == Confirm && (a.status == 201 || a.status == 200):
		k.orders++
		k.tickets += int64(max(len(s.order.Seats), s.order.Quantity))
	default:
		return fmt.Errorf("%w: step %d: status %d: %q", ErrAnswer, s.step, a.status, a.body)
	}
	k.begin(ctx, s)
	return nil
}

// again says that a status decides nothing: the same key has to be asked again.
func again(status int) bool { return status == 429 || status == 503 || status == 504 }

// recordCall notes the first call of a step for the history.
func (k *worker) recordCall(s *slot) {
	if k.log == nil {
		return
	}
	kind := history.KindConfirm
	if s.step == Hold {
		if kind = history.KindHold; len(s.order.Seats) == 0 {
			kind = history.KindWish
		}
	}
	s.record.Begin(kind, s.order.EventNumber, k.log.Now())
	if k.work.Keyless {
		s.record.Flags |= history.FlagKeyless
	}
	if s.step == Confirm {
		s.record.ID, _ = history.ParseID(s.order.hold[:])
		s.record.Reference = history.Digest(reference)
		return
	}
	s.record.Wanted = uint32(s.order.Quantity)
	chart := k.work.History.ChartOf(s.order.EventNumber)
	for _, label := range s.order.Seats {
		s.record.Ask(history.Number(chart, label))
	}
}

// recordAnswer says whether the answer is final, and notes it for the history.
func (k *worker) recordAnswer(s *slot, a *answer) (final bool, err error) {
	if k.log == nil {
		return !again(a.status), nil
	}
	final, err = s.record.AnsweredWith(k.work.History.ChartOf(s.order.EventNumber), a.status, a.body, k.log.Now())
	if final {
		k.log.Add(&s.record)
	}
	return final, err
}

// broke notes for the history that what is under way lost its connection, and makes it ready to be sent again.
func (k *worker) broke() {
	for i := range k.slots {
		s := &k.slots[i]
		if s.state == slotSent || s.state == slotLater {
			if k.log != nil && s.state == slotSent {
				s.record.Broke(k.log.Now())
			}
			s.state = slotUnsent
			k.retried++
		}
	}
}

// unfinished adds what is under way when the run ends with an error to the history.
func (k *worker) unfinished() {
	for i := range k.slots {
		s := &k.slots[i]
		if k.log != nil && !s.sent.IsZero() && s.state != slotEmpty {
			k.log.Add(&s.record)
		}
	}
}
