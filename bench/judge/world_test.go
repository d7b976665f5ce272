package judge

import (
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/bench/history"
)

// dice decide what happens in a world; rapid's shrink.
type dice interface{ below(n int) int }

// world is a run on one event of the real state machine: it is asked one thing after another, and its clients write down
// what they saw, with calls and returns around each decision, answers that were lost, requests made again, and ones that arrive
// when nobody waits for them any more.
type world struct {
	d     dice
	m     *seatmap.Map
	run   *history.Run
	log   *history.Log
	chart *history.Chart

	now     int64 // nanoseconds since the run's start
	count   int
	holds   []seatmap.ID
	orders  []seatmap.ID
	late    []*request // sent, and not yet arrived
	done    []*request // decided, to be asked again
	old     *seatmap.Picture
	fault   fault
	strange int // one in so many lost holds is asked about
}

// request is what a client asks, and how it is written down.
type request struct {
	op      history.Op
	request seatmap.Request
}

// fault is what a broken cluster does.
type fault int

const (
	noFault         fault = iota
	appliesTwice          // decides a hold twice, under another id and key
	forgetsKeys           // decides a request made again as if it were a new one
	losesWrites           // acknowledges a hold that is gone
	lapsesEarly           // a hold is gone a second before its deadline
	lapsesLate            // a hold is still there a second after its deadline
	readsStale            // answers strong reads from the past
	sellsTwice            // gives a taken seat
	refusesFree           // refuses a free seat
	shortensHolds         // gives deadlines that are too near
	breaksLimit           // passes over the buyer's limit
	cancelsNothing        // acknowledges a cancellation that did not take place
	forgetsChanges        // acknowledges a change, and keeps the places as they were
	missesMinReads        // answers a read with a revision older than asked for
	oversellsAreas        // gives more of an area than there is
	extendsTheDead        // extends a hold that has lapsed
	confirmsTheDead       // confirms a hold that was released
	faults
)

const (
	rows, seats, floor = 3, 6, 10
	limit              = 7
	ttl, extensions    = 2, 2
)

func newWorld(t tester, d dice, f fault) *world {
	t.Helper()
	spec := &seatmap.PlanSpec{
		Categories: []seatmap.CategorySpec{{Key: "1", Name: "One"}},
		Areas:      []seatmap.AreaSpec{{Key: "Floor", Name: "Floor", Section: -1, Capacity: floor}},
		Tables:     []seatmap.TableSpec{{Key: "T1", Whole: true, Seats: make([]seatmap.SeatSpec, 4)}},
	}
	chart := &history.Chart{Name: "hall", Tables: []string{"T1"}, Areas: []history.Area{{Key: "Floor", Capacity: floor}}}
	for r := range rows {
		row := seatmap.RowSpec{Section: -1, Key: strconv.Itoa(r)}
		for s := range seats {
			label := strconv.Itoa(r) + "-" + strconv.Itoa(s)
			row.Seats = append(row.Seats, seatmap.SeatSpec{Label: label, Rank: uint32(r)})
			chart.Seats = append(chart.Seats, label)
		}
		spec.Rows = append(spec.Rows, row)
	}
	plan, err := seatmap.NewPlan(spec)
	if err != nil {
		t.Fatal(err)
	}
	config := seatmap.DefaultConfig()
	config.State, config.Currency, config.HoldTTLSeconds, config.HoldExtensions = seatmap.SaleOn, "CHF", ttl, extensions
	config.PlacesPerBuyer, config.Orphans = limit, seatmap.OrphansAllow
	if f == breaksLimit {
		config.PlacesPerBuyer = 3 * limit
	}
	m, err := seatmap.New(plan, &config)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{d: d, m: m, run: history.New(), chart: chart, fault: f, strange: 1 + 999*d.below(2)}
	event := w.run.AddEvent("opening", w.run.AddChart(chart))
	w.run.Allow(event, limit, ttl)
	w.log = w.run.NewLog()
	w.old = m.Picture()
	return w
}

// millis is log time.
func (w *world) millis() int64 { return w.run.UnixNano(w.now) / 1e6 }

// live lets so many things happen.
func (w *world) live(t tester, things int) {
	t.Helper()
	for range things {
		w.now += int64(w.d.below(40)) * 1e6
		if w.d.below(12) == 0 {
			w.now += int64(w.d.below(900)) * 1e6 // so that some holds lapse
		}
		if len(w.late) > 0 && w.d.below(4) == 0 {
			i := w.d.below(len(w.late))
			w.decide(w.late[i])
			w.late = slices.Delete(w.late, i, i+1)
			continue
		}
		w.ask()
	}
	if err := w.m.Check(); err != nil {
		t.Fatal(err)
	}
}

func (w *world) decide(r *request) *seatmap.Answer {
	a := &seatmap.Answer{}
	w.m.Do(w.millis(), &r.request, a)
	return a
}

// ask has a client ask something.
func (w *world) ask() {
	switch k := w.d.below(22); {
	case k < 2:
		w.readMap(true)
		return
	case k < 4:
		w.readMap(false)
		return
	case k == 4 && len(w.done) > 0:
		w.again(w.done[w.d.below(len(w.done))])
		return
	}
	r := w.request()
	if r == nil {
		return
	}
	r.op.Called = w.now - int64(w.d.below(30))*1e6
	returned := w.now + int64(w.d.below(30))*1e6
	if isWrite(&r.op) {
		switch w.d.below(16) {
		case 0: // the answer is lost
			a := w.decide(r)
			if w.d.below(w.strange) == 0 {
				w.note(r, a) // somebody knows the name all the same
			}
			w.lost(r, returned)
			return
		case 1: // the request is lost, or late
			if w.d.below(2) == 0 {
				w.late = append(w.late, r)
			}
			w.lost(r, returned)
			return
		}
	}
	w.answered(r, w.wrong(r), returned)
	if isWrite(&r.op) {
		w.done = append(w.done, r)
	}
}

func (w *world) lost(r *request, returned int64) {
	o := r.op
	o.Broke(returned)
	w.log.Add(&o)
}

// again makes a decided request again.
func (w *world) again(first *request) {
	r := &request{request: first.request}
	r.op = *first.op.Clone()
	r.op.Outcome, r.op.Attempts = history.Unknown, 0
	r.op.Called = w.now - int64(w.d.below(30))*1e6
	if w.fault == forgetsKeys {
		r.request.Key = w.key()
		r.request.ID = first.request.ID
		if r.op.Kind == history.KindHold || r.op.Kind == history.KindWish || r.op.Kind == history.KindSale {
			r.request.ID, r.op.ID = w.id(), history.ID{}
		}
	}
	w.answered(r, w.decide(r), w.now+int64(w.d.below(30))*1e6)
}

// answered writes an operation down with its answer.
func (w *world) answered(r *request, a *seatmap.Answer, returned int64) {
	w.note(r, a)
	o := &r.op
	o.Given, o.State, o.Deadline, o.Revision = o.Given[:0], history.StateNone, 0, a.Revision
	status := 200
	if a.Code != seatmap.CodeOK {
		status = 409
		for _, label := range a.Labels {
			o.Give(history.Number(w.chart, label))
		}
	}
	if a.Code == seatmap.CodeOK && o.Kind != history.KindRelease && o.Kind != history.KindBlock && o.Kind != history.KindUnblock {
		o.ID = history.ID(a.ID)
		o.State = states[a.State]
		o.Deadline = a.ExpiresAtMillis
		for _, p := range a.Places {
			o.GivePlaces(history.Number(w.chart, p.Label), uint32(p.Quantity))
		}
		if a.Reference != "" {
			o.Reference = history.Digest(a.Reference)
		}
	}
	if o.Kind == history.KindConfirm && a.Code == seatmap.CodeOK && !a.Created {
		o.Flags |= history.FlagRepeated
	}
	if a.Replayed {
		o.Flags |= history.FlagReplayed
	}
	if w.d.below(3) == 0 && o.Kind == history.KindRelease {
		o.Revision = 0 // a client that does not read the header
	}
	o.Answered(status, history.CodeOf(codeWord(a.Code)), returned)
	w.log.Add(o)
}

func codeWord(c seatmap.Code) string {
	if c == seatmap.CodeOK {
		return ""
	}
	return c.String()
}

var states = map[seatmap.HoldState]history.State{
	seatmap.HoldHeld: history.StateHeld, seatmap.HoldConfirmed: history.StateConfirmed, seatmap.HoldCancelled: history.StateCancelled,
}

// note remembers what clients may ask about later.
func (w *world) note(r *request, a *seatmap.Answer) {
	if a.Code != seatmap.CodeOK || a.Replayed {
		return
	}
	switch r.op.Kind {
	case history.KindHold, history.KindWish:
		w.holds = append(w.holds, a.ID)
	case history.KindConfirm, history.KindSale:
		w.orders = append(w.orders, a.ID)
	}
}

func (w *world) key() seatmap.Key {
	w.count++
	var k seatmap.Key
	binary.BigEndian.PutUint64(k[:], uint64(w.count))
	return k
}

func (w *world) id() seatmap.ID {
	w.count++
	var id seatmap.ID
	binary.BigEndian.PutUint64(id[:], uint64(w.count))
	return id
}

// request makes a request up, nil if there is nothing to ask about.
func (w *world) request() *request {
	r := &request{}
	ops := []seatmap.Op{
		seatmap.OpHold, seatmap.OpHold, seatmap.OpHold, seatmap.OpHold, seatmap.OpHold, seatmap.OpHold, seatmap.OpSale, seatmap.OpConfirm,
		seatmap.OpConfirm, seatmap.OpConfirm, seatmap.OpRelease, seatmap.OpExtend, seatmap.OpChange, seatmap.OpChange, seatmap.OpCancel,
		seatmap.OpCancel, seatmap.OpGetHold, seatmap.OpGetOrder, seatmap.OpBlock, seatmap.OpUnblock,
	}
	q := &r.request
	q.Op = ops[w.d.below(len(ops))]
	r.op.Begin(kinds[q.Op], 0, 0)
	r.op.Session = uint32(1 + w.d.below(5))
	if !q.Op.ReadOnly() {
		q.Key, q.CallerKey = w.key(), true
		r.op.Key = binary.BigEndian.Uint64(q.Key[:])
	}
	switch q.Op {
	case seatmap.OpHold, seatmap.OpSale:
		w.hold(r)
	case seatmap.OpBlock, seatmap.OpUnblock:
		w.choose(&q.Add, &r.op.Asked)
	case seatmap.OpCancel, seatmap.OpGetOrder:
		if !w.about(r, w.orders) {
			return nil
		}
		if q.Op == seatmap.OpCancel && w.d.below(2) == 0 {
			w.tickets(r)
		}
	default:
		if !w.about(r, w.holds) {
			return nil
		}
		w.more(r)
	}
	return r
}

var kinds = map[seatmap.Op]history.Kind{
	seatmap.OpHold: history.KindHold, seatmap.OpSale: history.KindSale, seatmap.OpConfirm: history.KindConfirm,
	seatmap.OpRelease: history.KindRelease, seatmap.OpExtend: history.KindExtend, seatmap.OpChange: history.KindChange,
	seatmap.OpCancel: history.KindCancel, seatmap.OpGetHold: history.KindReadHold, seatmap.OpGetOrder: history.KindReadOrder,
	seatmap.OpBlock: history.KindBlock, seatmap.OpUnblock: history.KindUnblock,
}

func (w *world) hold(r *request) {
	q := &r.request
	q.ID = w.id()
	if buyer := w.d.below(6); buyer > 0 {
		q.Buyer, r.op.Buyer = "b"+strconv.Itoa(buyer), uint64(buyer)
	}
	if q.Op == seatmap.OpSale {
		q.Reference = "sale" + strconv.Itoa(w.count)
		r.op.Reference = history.Digest(q.Reference)
	}
	if w.d.below(4) == 0 {
		q.Wish = seatmap.Wish{Quantity: int32(1 + w.d.below(3))}
		r.op.Wanted = uint32(q.Wish.Quantity)
		if q.Op == seatmap.OpHold {
			r.op.Kind = history.KindWish
		}
		return
	}
	w.choose(&q.Add, &r.op.Asked)
}

// choose chooses some places.
func (w *world) choose(into *seatmap.Selection, asked *[]history.Place) {
	switch w.d.below(8) {
	case 0:
		into.Tables = []string{"T1"}
		*asked = append(*asked, history.Place{Number: rows * seats, Quantity: 1})
	case 1:
		q := 1 + w.d.below(4)
		into.Areas = []seatmap.AreaQuantity{{Area: "Floor", Quantity: int32(q)}}
		*asked = append(*asked, history.Place{Number: rows*seats + 1, Quantity: uint32(q)})
	default:
		n := 1 + w.d.below(3)
		from := w.d.below(rows*seats - n)
		for i := from; i < from+n; i++ {
			into.Seats = append(into.Seats, w.chart.Seats[i])
			*asked = append(*asked, history.Place{Number: uint32(i), Quantity: 1})
		}
	}
}

// about picks one of the newest ids.
func (w *world) about(r *request, ids []seatmap.ID) bool {
	if len(ids) == 0 {
		return false
	}
	r.request.ID = ids[len(ids)-1-w.d.below(min(len(ids), 6))]
	r.op.ID = history.ID(r.request.ID)
	return true
}

// more fills in what is asked of a hold.
func (w *world) more(r *request) {
	q := &r.request
	switch q.Op {
	case seatmap.OpConfirm:
		q.Reference = "r" + strconv.Itoa(w.d.below(3))
		r.op.Reference = history.Digest(q.Reference)
		if w.d.below(3) == 0 {
			q.Retake = true
			r.op.Flags |= history.FlagRetake
		}
	case seatmap.OpExtend:
		q.TTLSeconds = int32(1 + w.d.below(3))
		r.op.TTLSeconds = uint32(q.TTLSeconds)
	case seatmap.OpChange:
		if w.d.below(3) > 0 {
			w.choose(&q.Add, &r.op.Asked)
		}
		if w.d.below(3) > 0 {
			w.part(r)
		}
	}
}

// look reads a hold or order without anybody noticing.
func (w *world) peek(op seatmap.Op, id seatmap.ID) *seatmap.Answer {
	a := &seatmap.Answer{}
	w.m.Do(w.millis(), &seatmap.Request{Op: op, ID: id}, a)
	return a
}

// part removes a place that the hold has.
func (w *world) part(r *request) {
	a := w.peek(seatmap.OpGetHold, r.request.ID)
	if a.Code != seatmap.CodeOK || len(a.Places) == 0 {
		return
	}
	p := a.Places[w.d.below(len(a.Places))]
	remove := &r.request.Remove
	switch p.Kind {
	case seatmap.PlaceSeat:
		remove.Seats = []string{p.Label}
	case seatmap.PlaceTable:
		remove.Tables = []string{p.Label}
	default:
		remove.Areas = []seatmap.AreaQuantity{{Area: p.Label, Quantity: 1}}
	}
	r.op.Take(history.Number(w.chart, p.Label))
}

// tickets names a ticket of the order.
func (w *world) tickets(r *request) {
	a := w.peek(seatmap.OpGetOrder, r.request.ID)
	if a.Code != seatmap.CodeOK || len(a.Places) == 0 {
		return
	}
	p := a.Places[w.d.below(len(a.Places))]
	r.request.Tickets = []uint32{p.Ticket}
	r.op.Take(history.Number(w.chart, p.Label))
}

// readMap reads the map, strongly or as a node's view shows it, which may be a while old.
func (w *world) readMap(strong bool) {
	var o history.Op
	o.Begin(history.KindReadMap, 0, w.now-int64(w.d.below(30))*1e6)
	w.m.Do(w.millis(), &seatmap.Request{Op: seatmap.OpGetHold}, &seatmap.Answer{}) // lapses what is due
	picture := w.m.Picture()
	if strong {
		o.Flags = history.FlagStrong
	}
	if !strong || w.fault == readsStale && w.d.below(3) == 0 {
		picture = w.old
	}
	if !strong {
		o.MinRevision = picture.Revision() - min(picture.Revision(), uint64(w.d.below(3)))
		if w.fault == missesMinReads {
			o.MinRevision = w.m.Picture().Revision()
		}
	}
	if w.d.below(3) == 0 {
		w.old = w.m.Picture()
	}
	letters := picture.AppendStates(nil)
	for range 1 + w.d.below(4) {
		i := w.d.below(rows * seats)
		o.Ask(uint32(i))
		if letters[i] != 'f' {
			o.Give(uint32(i))
		}
	}
	o.Revision = picture.Revision()
	o.Session = uint32(1 + w.d.below(5))
	o.Answered(200, history.CodeNone, w.now+int64(w.d.below(30))*1e6)
	w.log.Add(&o)
}

// tester is what testing and rapid have in common.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}
