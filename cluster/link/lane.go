package link

import (
	"net"
	"sync"
	"sync/atomic"

	"github.com/parterre/parterre/raftlog"
)

// ask is an exchange under way.
type ask struct {
	id      uint64
	payload []byte
	reply   chan reply // capacity 1
}

type reply struct {
	payload []byte
	err     error
}

// laneState says whether a lane takes anything.
type laneState uint8

const (
	laneIdle   laneState = iota // never used
	laneDial                    // the first dial, or one after a good connection was lost: batches may wait for it
	laneUp                      // connected
	laneDown                    // the last dial failed: everything is refused until one succeeds
	laneClosed                  // for good
)

// lane is one connection to the peer, dialled again and again, and what is under way on it. A batch is at every moment
// in exactly one place: a queue, the frame that the writer is making, a pending frame, or the hands of whoever ends it;
// whoever takes it from its place under the lock ends it, outside the lock.
type lane struct {
	client *Client
	name   string
	wake   chan struct{} // capacity 1: there is something to write
	reads  atomic.Uint64 // reads that brought bytes, ever
	// writing: a Write is under way, so that silence proves nothing.
	writing atomic.Bool

	mu      sync.Mutex // a leaf; guards everything below
	state   laneState
	asleep  bool // the writer waits for wake
	queues  map[uint32]*queue
	ready   []*queue // those that are not empty
	pending map[uint64]*frame
	asks    []*ask          // to be written
	asked   map[uint64]*ask // written
	ping    bool            // to be written
	conn    net.Conn        // nil unless up
	spare   []*frame
}

func newLane(c *Client, name string) *lane {
	return &lane{
		client: c, name: name, wake: make(chan struct{}, 1), queues: map[uint32]*queue{},
		pending: map[uint64]*frame{}, asked: map[uint64]*ask{},
	}
}

// forward queues a batch, or says why not.
func (l *lane) forward(partition uint32, w waiting) error {
	l.mu.Lock()
	if err := l.admit(); err != nil {
		l.mu.Unlock()
		return err
	}
	q := l.queues[partition]
	if q == nil {
		q = &queue{partition: partition}
		l.queues[partition] = q
	}
	if q.head == len(q.items) || w.deadline < q.earliest {
		q.earliest = w.deadline
	}
	q.items = append(q.items, w)
	l.list(q)
	wake := l.rouse()
	l.mu.Unlock()
	if wake {
		l.poke()
	}
	return nil
}

// exchange queues an ask, or says why not.
func (l *lane) exchange(a *ask) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.admit(); err != nil {
		return err
	}
	if len(l.asks)+len(l.asked) >= maxExchanges {
		return raftlog.ErrOverloaded
	}
	a.id = l.client.lastID.Add(1)
	l.asks = append(l.asks, a)
	if l.rouse() {
		l.poke()
	}
	return nil
}

// forgetAsk is called when nobody waits for the answer any more.
func (l *lane) forgetAsk(a *ask) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.asked, a.id)
	for i, other := range l.asks {
		if other == a {
			l.asks = append(l.asks[:i], l.asks[i+1:]...)
			return
		}
	}
}

// admit starts the lane if need be; l.mu is held.
func (l *lane) admit() error {
	switch l.state {
	case laneClosed:
		return raftlog.ErrClosed
	case laneDown:
		return ErrUnreachable
	case laneIdle:
		l.state = laneDial
		c := l.client
		c.wg.Add(1)
		go l.run()
		c.sweeper.Do(func() {
			c.wg.Add(1)
			go c.sweep()
		})
	}
	return nil
}

// list puts a queue that is not empty among the ready ones; l.mu is held.
func (l *lane) list(q *queue) {
	if !q.listed {
		q.listed = true
		l.ready = append(l.ready, q)
	}
}

// rouse reports whether the writer must be woken, which is poke's job; l.mu is held.
func (l *lane) rouse() bool {
	wake := l.asleep
	l.asleep = false
	return wake
}

func (l *lane) poke() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *lane) connected() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state == laneUp
}

// close refuses everything from now on. Client.Close cancels the context, which ends what is under way.
func (l *lane) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = laneClosed
}

// abandon ends what waits for a partition.
func (l *lane) abandon(partition uint32) {
	var unsent, sent []waiting
	l.mu.Lock()
	if q := l.queues[partition]; q != nil {
		unsent = q.takeAll(nil)
	}
	for id, f := range l.pending {
		if f.partition == partition {
			sent = f.takeAll(sent)
			delete(l.pending, id)
		}
	}
	l.mu.Unlock()
	for _, w := range unsent {
		l.client.end(w, ErrUnreachable)
	}
	for _, w := range sent {
		l.client.end(w, raftlog.ErrOutcomeUnknown)
	}
}
