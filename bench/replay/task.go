package replay

import (
	"sync"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/queue"
	"github.com/parterre/parterre/bench/trace"
)

// task is one action on its way: it belongs to the dispatcher, to a queue, to the worker that performs it, or to its
// shopper's list of waiting ones.
type task struct {
	record  trace.Record
	number  int64 // of the record in the trace: keys are made of it
	shopper *shopper
	op      operation
	phase   phase

	// due is the intended start: the trace's time by the replay's speed. It moves only by pauses that the cluster asked for
	// with 429, of this action or of one that it waited for. Latency counts from it.
	due int64
	// traced is the trace's time by the replay's speed, whatever was waited.
	traced int64
	// ready is since when nothing but the generator itself kept the action from being sent.
	ready   int64
	running bool
	begun   bool // it was asked at least once
	tries   tries
	again   int64 // when it is asked again, while it waits for that

	// visitor is set if the task is a visitor's of a waiting room: an errand at its door, or a record behind it.
	visitor *visitor
	visit   *queue.Visit
	errand  errand
	asked   int64 // when it was asked first

	method                       string
	path, key, body, token, pass []byte
	seen                         history.Op

	next *task // of the same shopper
}

// tasks are those that can be used again, with the room that their slices have; as many as were ever open at once.
type tasks struct {
	mu   sync.Mutex
	free *task
}

func (p *tasks) get() *task {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.free
	if t == nil {
		return new(task)
	}
	p.free, t.next = t.next, nil
	return t
}

// put takes a list of tasks back and says how many they were.
func (p *tasks) put(first *task) (n int64) {
	last := first
	for t := first; t != nil; t = t.next {
		t.shopper, t.visitor, t.visit, t.errand, t.token, t.pass = nil, nil, nil, noErrand, nil, nil
		t.running, t.begun, t.tries = false, false, tries{}
		t.due, t.ready, t.traced, t.again = 0, 0, 0, 0
		t.path, t.key, t.body = t.path[:0], t.key[:0], t.body[:0]
		last = t
		n++
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	last.next, p.free = p.free, first
	return n
}
