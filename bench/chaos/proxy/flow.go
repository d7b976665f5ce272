package proxy

import (
	"math/rand/v2"
	"net"
	"time"
)

// flow is one direction of a connection. One goroutine reads, another writes what is due.
type flow struct {
	conn     *connection
	from, to *net.TCPConn
	lane     *lane
	queue    chan piece
	free     chan []byte
	passed   int // bytes written since tearing was asked for
}

// piece is what one read brought.
type piece struct {
	b      []byte
	came   time.Time
	jitter float64 // share of the rule's
}

func newFlow(c *connection, from, to *net.TCPConn, l *lane) *flow {
	f := &flow{conn: c, from: from, to: to, lane: l, queue: make(chan piece, buffersPerFlow), free: make(chan []byte, buffersPerFlow)}
	for range buffersPerFlow {
		f.free <- nil // made when first used
	}
	return f
}

func (f *flow) read() {
	defer close(f.queue)
	for {
		var b []byte
		select {
		case b = <-f.free:
		case <-f.conn.done:
			return
		}
		if b == nil {
			b = make([]byte, bufferBytes)
		}
		n, err := f.from.Read(b[:bufferBytes])
		if n > 0 {
			f.queue <- piece{b[:n], time.Now(), rand.Float64()} // there are no more pieces than room
		}
		if err != nil {
			return
		}
	}
}

// write delivers pieces in their order, then the end.
func (f *flow) write() {
	for p := range f.queue {
		if !f.deliver(p) {
			f.conn.reset()
			return
		}
		f.free <- p.b
	}
	if f.passable(time.Time{}) { // an end is lost in a blocked network as bytes are
		_ = f.to.CloseWrite() // a connection that is gone has ended, too
	}
}

// deliver writes a piece by the rules that stand while it is under way. False: the connection is over.
func (f *flow) deliver(p piece) bool {
	b := p.b
	for len(b) > 0 {
		r, _ := f.lane.get()
		if !f.passable(p.came.Add(r.Delay + time.Duration(p.jitter*float64(r.Jitter)))) {
			return false
		}
		r, changed := f.lane.get()
		n := len(b)
		if r.PieceBytes > 0 {
			n = min(n, r.PieceBytes)
		}
		if tear := f.tearAt(r, n); tear >= 0 {
			_, _ = f.to.Write(b[:tear]) // whether it arrives is the fault's business
			f.conn.proxy.noteTorn()
			return false
		}
		if _, err := f.to.Write(b[:n]); err != nil {
			return false
		}
		b = b[n:]
		if r.PieceBytes > 0 && !f.pause(r.PiecePause, changed) {
			return false
		}
	}
	return true
}

// tearAt is where the next n bytes are to be cut off, -1 = nowhere.
func (f *flow) tearAt(r Rule, n int) int {
	if r.TearAfterBytes == 0 {
		f.passed = 0
		return -1
	}
	f.passed += n
	if f.passed < r.TearAfterBytes {
		return -1
	}
	return min(n-1, n-(f.passed-r.TearAfterBytes)) // the last byte at least is missing
}

// passable waits until the lane lets bytes pass that are due at a moment.
func (f *flow) passable(due time.Time) bool {
	for {
		r, changed := f.lane.get()
		switch {
		case r.Block:
			select {
			case <-changed:
			case <-f.conn.done:
				return false
			}
		case r.Delay > 0 && time.Until(due) > 0:
			if !f.pause(time.Until(due), changed) {
				return false
			}
		default:
			return true
		}
	}
}

// pause waits for d or until the lane's rule changes. False: the connection is over.
func (f *flow) pause(d time.Duration, changed <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	case <-f.conn.done:
		return false
	}
	return true
}

func (p *Proxy) noteTorn() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.torn++
}
