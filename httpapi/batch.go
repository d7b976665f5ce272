package httpapi

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/cluster"
)

// batch is one POST /v1/batch on its way. Batches are used again, with all their memory.
type batch struct {
	gatherer
	body    bytes.Buffer
	places  []place  // of the answers, in the order asked
	bunches []*bunch // that travel
	idle    []*bunch
	asked   [laneCount]int // operations by lane
	waiting atomic.Int32
	done    chan struct{} // capacity 1: whoever ends the last bunch is never blocked
	tally   tally
}

// place is where the answer to an operation of a batch comes from: a command of a bunch, or a refusal.
type place struct {
	bunch   *bunch // nil = it was refused
	number  int
	refusal refusal
}

var batches = sync.Pool{New: func() any {
	b := &batch{done: make(chan struct{}, 1)}
	b.spare = b.another
	return b
}}

// postBatch is POST /v1/batch: up to 1,000 operations, each decided on its own, answered together and in order.
func (a *api) postBatch(c *gin.Context) {
	msgpack, err := bodyIsMsgpack(c.Request)
	if err != nil {
		refuseUnread(c, &problem{code: codeUnsupportedMedia})
		return
	}
	b := batches.Get().(*batch)
	b.a = a
	defer b.free()
	if !b.read(c, msgpack) || !a.enterBatch(c, b) {
		return
	}
	defer a.leaveBatch(b)
	b.decide(time.Now().Add(a.limits.RequestTimeout))
	answer(c, http.StatusOK, b.encode)
	b.tally.flush(a.metrics, batchRoute)
}

// read reads the body and gathers its operations. What refuses all of them it has answered.
func (b *batch) read(c *gin.Context, msgpack bool) bool {
	if _, given := c.Request.Header[headerKey]; given {
		key, ok := keyOf(c)
		if !ok {
			return false
		}
		b.base = strings.Clone(key.text)
	}
	p := readBodyInto(c, b.a.limits.BatchBytes, &b.body)
	if p == nil {
		body := b.body.Bytes()
		b.open(unsafe.String(unsafe.SliceData(body), len(body)), msgpack) // not written before all is answered
		b.nanos = time.Now().UnixNano()
		b.envelopeOfBatch()
		p = b.d.problem()
	}
	if p != nil {
		refuse(c, p)
		return false
	}
	return true
}

// envelopeOfBatch reads {"operations": […]}.
func (b *batch) envelopeOfBatch() {
	d, there := &b.d, false
	d.object(func(name string) bool {
		if name != "operations" {
			return false
		}
		there = true
		d.array(maxBatchOperations, b.operation)
		if len(b.places) == 0 && !d.stopped() && len(d.errors) == 0 {
			d.rejectAt("operations", "must have at least 1 element")
		}
		return true
	})
	d.required("operations", there)
}

// operation reads one element of operations.
func (b *batch) operation() {
	b.number = len(b.places)
	if p := b.next(); p != nil {
		b.places = append(b.places, place{refusal: refusal{problem: p, kind: b.now.kind}})
		return
	}
	b.asked[b.now.kind.lane]++
	b.places = append(b.places, place{bunch: b.now.bunch, number: b.now.number})
}

// another is an empty bunch.
func (b *batch) another() *bunch {
	var f *bunch
	if n := len(b.idle); n > 0 {
		f, b.idle = b.idle[n-1], b.idle[:n-1]
	} else {
		f = &bunch{}
		f.many.Done = b.ended
	}
	b.bunches = append(b.bunches, f)
	return f
}

// decide sends the bunches off and waits for all: none is longer under way than its deadline.
func (b *batch) decide(deadline time.Time) {
	b.waiting.Store(int32(len(b.bunches)))
	for _, f := range b.bunches {
		if len(f.many.Commands) == 0 { // all of its operations were refused
			b.ended(nil)
			continue
		}
		f.many.Deadline = deadline
		b.a.node.SubmitMany(&f.many)
	}
	if len(b.bunches) > 0 {
		<-b.done
	}
}

func (b *batch) ended(*cluster.Many) {
	if b.waiting.Add(-1) == 0 {
		b.done <- struct{}{}
	}
}

func (b *batch) encode(w *writer) {
	w.beginObject()
	w.beginArray("results")
	for i := range b.places {
		p := &b.places[i]
		if p.bunch == nil {
			b.tally.count(p.refusal.kind, refusedOutcome(w, &p.refusal))
			continue
		}
		b.tally.count(p.bunch.tags[p.number].kind, b.a.outcome(w, p.bunch, p.number))
	}
	w.endArray()
	w.endObject()
}

// free gives the batch back to the pool, unless something may still read its memory, or there is too much of it.
func (b *batch) free() {
	for _, f := range b.bunches {
		if f.many.Spent() {
			return
		}
	}
	if b.body.Cap() > maxPooledBytes {
		return
	}
	for _, f := range b.bunches {
		f.reset()
		b.idle = append(b.idle, f)
	}
	clear(b.filling)
	clear(b.places)
	b.bunches, b.places, b.asked, b.base = b.bunches[:0], b.places[:0], [laneCount]int{}, ""
	b.now = operation{}
	b.d = decoder{path: b.d.path[:0], seen: b.d.seen[:0], errors: b.d.errors[:0]}
	b.body.Reset()
	batches.Put(b)
}

// lanesOfBatch are those of a batch's operations.
var lanesOfBatch = [...]laneName{laneNew, laneExisting, laneCustomer}

// enterBatch counts each operation against the limits of its lane, or refuses the batch whole.
func (a *api) enterBatch(c *gin.Context, b *batch) bool {
	for _, name := range lanesOfBatch {
		l := &a.lanes[name]
		if l.rates != nil && !l.rates.takeMany(c.ClientIP(), a.now(), b.asked[name]) {
			l.limited.Inc()
			refuse(c, &problem{code: codeRateLimited, retrySeconds: l.rates.retrySeconds()})
			return false
		}
	}
	for i, name := range lanesOfBatch {
		if !a.enterMany(name, b.asked[name]) {
			for _, entered := range lanesOfBatch[:i] {
				a.leaveMany(entered, b.asked[entered])
			}
			refuse(c, &problem{code: codeOverloaded})
			return false
		}
	}
	return true
}

func (a *api) leaveBatch(b *batch) {
	for _, name := range lanesOfBatch {
		a.leaveMany(name, b.asked[name])
	}
}
