package replay

import (
	"container/heap"
	"sync"

	"github.com/parterre/parterre/bench/queue"
	"github.com/parterre/parterre/bench/trace"
)

// door is the waiting rooms in front of the events of a replay, and everybody who stands there. A shopper's records lie
// packed until the shopper is inside; from then on each is due as much later as the shopper came in later.
//
// Who may touch what: everything is under mu, which is a leaf, but for a task's visitor, which does not change.
type door struct {
	e    *engine
	line *queue.Line

	mu       sync.Mutex
	visitors map[visitorKey]*visitor
	steps    steps
	numbered int64 // tasks that got a number here
	closes   int64 // from when nobody waits any more; 0 = not yet known
	away     int64 // records of those who were turned away
}

// visitorKey tells visitors apart: all devices of a shopper are one visitor of an event.
type visitorKey struct {
	shopper uint64
	event   uint32
}

// visitor is a shopper at one room's door, and what the shopper is going to do inside.
type visitor struct {
	visitorKey
	state visitorState
	named bool   // a buyer's id is sent
	gone  bool   // has nothing to do any more
	came  int64  // when the record was due that the visitor came, or came back, for
	shift int64  // by how much records are late by the wait
	at    int64  // when the next step is due; in steps if scheduled
	token []byte // once joined
	pass  []byte // once inside; never changed in place
	// script is records to come, packed.
	script    []byte
	scheduled bool
	visit     *queue.Visit
}

type visitorState uint8

const (
	joining visitorState = iota
	waitingInLine
	called  // may enter
	inside  // records are performed, with the pass
	outside // the session is over: records are performed that need no pass, or have the visitor join anew
	leaving
	turnedOff // sold out, closed, or lost: nothing is performed any more
)

func newDoor(e *engine) *door {
	return &door{e: e, line: &queue.Line{}, visitors: map[visitorKey]*visitor{}}
}

// keep takes a record whose time has come to its visitor; false if it is no visitor's affair: bots look at the map from
// outside. Only the dispatcher calls it.
func (d *door) keep(t *task) bool {
	r := &t.record
	if d == nil || r.Bot && looks(r) {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	key := visitorKey{r.Shopper, r.Event}
	v := d.visitors[key]
	switch {
	case v == nil:
		v = &visitor{visitorKey: key, came: t.due, named: !r.Anonymous}
		d.visitors[key] = v
		d.schedule(v, t.due)
	case v.state == turnedOff:
		d.away++
		if r.Last {
			delete(d.visitors, key)
		}
		return true
	case len(v.script) == 0 && (v.state == inside || v.state == outside):
		d.schedule(v, t.due+v.shift)
	}
	v.script = r.AppendPacked(v.script)
	return true
}

// schedule puts a visitor's next step down. The caller has mu.
func (d *door) schedule(v *visitor, at int64) {
	v.at, v.scheduled = at, true
	heap.Push(&d.steps, v)
	if d.steps[0] == v {
		d.e.later.poke()
	}
}

// due takes the visitor whose step is due; else it says when one will be, and false if none is to come.
func (d *door) due(now int64) (v *visitor, at int64, any bool) {
	if d == nil {
		return nil, 0, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.steps) > 0 {
		first := d.steps[0]
		waits := first.state == joining || first.state == waitingInLine
		if waits && d.closes > 0 && now > d.closes {
			heap.Pop(&d.steps)
			first.scheduled = false // stays where it is, and nobody asks any more
			continue
		}
		if first.at > now {
			return nil, first.at, true
		}
		heap.Pop(&d.steps)
		first.scheduled = false
		return first, 0, true
	}
	return nil, 0, false
}

// turnOff ends a visitor who comes no further. The caller has mu.
func (d *door) turnOff(v *visitor, how queue.End) {
	v.state, v.visit.End = turnedOff, how
	for rest, r := v.script, (&trace.Record{}); len(rest) > 0; d.away++ {
		var ok bool
		if rest, ok = r.Unpack(rest); !ok {
			break // it was packed here, so it can be read
		}
		v.gone = v.gone || r.Last
	}
	v.script, v.token, v.pass = nil, nil, nil
	if v.gone {
		delete(d.visitors, v.visitorKey)
	}
}

// shopperGone hears that a shopper has done everything. One who is still inside leaves, as a shop's page tells when it is closed.
func (d *door) shopperGone(key visitorKey, now int64) {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.visitors[key]
	if v == nil {
		return
	}
	v.gone = true
	if v.state == inside && !v.scheduled {
		v.state = leaving
		d.schedule(v, now)
		return
	}
	delete(d.visitors, key)
}

// steps is a heap of visitors by time.
type steps []*visitor

func (s steps) Len() int           { return len(s) }
func (s steps) Less(i, j int) bool { return s[i].at < s[j].at }
func (s steps) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *steps) Push(v any)        { *s = append(*s, v.(*visitor)) }
func (s *steps) Pop() any {
	last := len(*s) - 1
	v := (*s)[last]
	(*s)[last] = nil
	*s = (*s)[:last]
	return v
}
