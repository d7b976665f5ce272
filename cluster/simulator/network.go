package simulator

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// network is what lies between the nodes.
type network struct {
	cut   [][]bool // [from][to]: nothing gets through
	slow  time.Duration
	loss  float64 // percent of Raft's messages, and of flights on links that reset their connection
	conns map[int]*pipe
	last  int
}

func newNetwork(n int) network {
	cut := make([][]bool, n)
	for i := range cut {
		cut[i] = make([]bool, n)
	}
	return network{cut: cut, conns: map[int]*pipe{}}
}

// delay of one flight.
func (w *world) delay() time.Duration {
	d := w.between(30*time.Microsecond, 300*time.Microsecond)
	if w.network.slow > 0 {
		d += w.between(0, w.network.slow)
	} else if w.chance(0.2) {
		d += w.between(0, 30*time.Millisecond)
	}
	return d
}

// carry has do done when a message from one node has reached another; false if it is lost.
func (w *world) carry(from, to int, do func()) bool {
	a, b := w.nodes[from], w.nodes[to]
	if w.network.cut[from][to] || b.raft == nil || a.raft == nil || w.chance(w.network.loss) {
		return false
	}
	there := b.raft
	w.after(w.delay(), func() {
		if !there.dead {
			do()
		}
	})
	return true
}

// pipe is a connection of two ends. Bytes that stand before a cut wait, as TCP would send them again; a pipe that is
// broken loses what is under way, in the middle of a frame too.
type pipe struct {
	w     *world
	id    int
	ends  [2]*end
	nodes [2]int
}

// end is one side of a pipe, a net.Conn.
type end struct {
	pipe *pipe
	side int
	stop context.CancelFunc // of what serves it; nil at the side that dialled

	mu      sync.Mutex
	written []byte // since the last flight
	flight  bool   // the scheduler was asked to take what is written
	in      []byte
	ready   chan struct{} // capacity 1
	err     error         // of reads, once in is empty
	closed  bool

	arrives time.Duration // of the last flight from here
	broken  bool
	stuck   [][]byte // flights that wait for a cut to heal
}

var errReset = errors.New("simulator: connection reset")

func (w *world) newPipe(from, to int) *pipe {
	w.network.last++
	p := &pipe{w: w, id: w.network.last, nodes: [2]int{from, to}}
	for i := range p.ends {
		p.ends[i] = &end{pipe: p, side: i, ready: make(chan struct{}, 1)}
	}
	w.network.conns[p.id] = p
	return p
}

// Read waits for bytes.
func (e *end) Read(b []byte) (int, error) {
	for {
		e.mu.Lock()
		if len(e.in) > 0 {
			n := copy(b, e.in)
			e.in = e.in[n:]
			e.mu.Unlock()
			return n, nil
		}
		err := e.err
		if e.closed {
			err = net.ErrClosed
		}
		e.mu.Unlock()
		if err != nil {
			return 0, err
		}
		<-e.ready
	}
}

// Write takes everything; all that is written before the scheduler looks is one flight.
func (e *end) Write(b []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || e.err != nil {
		return 0, errReset
	}
	e.written = append(e.written, b...)
	if !e.flight {
		e.flight = true
		e.pipe.w.post(rankConn|uint64(e.pipe.id)<<1|uint64(e.side), e.takeOff)
	}
	return len(b), nil
}

// Close ends the connection. The other side gets what was written, then EOF.
func (e *end) Close() error {
	e.mu.Lock()
	again := e.closed
	e.closed = true
	e.mu.Unlock()
	if !again {
		e.poke()
		e.pipe.w.post(rankConn|uint64(e.pipe.id)<<1|uint64(e.side), e.hangUp)
	}
	return nil
}

func (e *end) poke() {
	select {
	case e.ready <- struct{}{}:
	default:
	}
}

// takeOff sends what was written on its way, now and then in two parts.
func (e *end) takeOff() {
	e.mu.Lock()
	b := e.written
	e.written, e.flight = nil, false
	e.mu.Unlock()
	w := e.pipe.w
	if e.broken || len(b) == 0 {
		return
	}
	if w.network.loss > 0 && w.chance(w.network.loss/5) {
		e.pipe.breakOff(b[:w.rng.IntN(len(b)+1)], e.side)
		return
	}
	if w.chance(5) && len(b) > 1 {
		at := 1 + w.rng.IntN(len(b)-1)
		e.fly(b[:at:at])
		b = b[at:]
	}
	e.fly(b)
}

// fly brings bytes to the other side, in order.
func (e *end) fly(b []byte) {
	w, p := e.pipe.w, e.pipe
	if w.network.cut[p.nodes[e.side]][p.nodes[1-e.side]] || len(e.stuck) > 0 {
		e.stuck = append(e.stuck, b)
		return
	}
	e.arrives = max(e.arrives+1, w.now()+w.delay())
	w.after(e.arrives-w.now(), func() { e.other().arrive(b) })
}

func (e *end) other() *end { return e.pipe.ends[1-e.side] }

func (e *end) arrive(b []byte) {
	w := e.pipe.w
	w.note(e.pipe.nodes[e.side], "bytes", uint64(e.pipe.id), uint64(len(b)), 0)
	e.mu.Lock()
	gone := e.err != nil
	if !gone && !e.closed {
		e.in = append(e.in, b...)
	}
	e.mu.Unlock()
	e.poke()
	if gone && w.nodes[e.pipe.nodes[e.side]].member != nil { // a machine that is back knows nothing of the connection
		w.after(w.delay(), func() { e.pipe.end(errReset) })
	}
}

// hangUp tells the other side that this one is closed, after what was written.
func (e *end) hangUp() {
	e.takeOff()
	if e.stop != nil {
		e.stop()
	}
	if e.broken { // what the other side gets to know is decided already
		return
	}
	w := e.pipe.w
	w.after(max(w.now()+w.delay(), e.arrives+1)-w.now(), func() { e.pipe.end(io.EOF) })
}

// end ends both sides.
func (p *pipe) end(err error) {
	delete(p.w.network.conns, p.id)
	for _, e := range p.ends {
		e.broken = true
		e.mu.Lock()
		if e.err == nil {
			e.err = err
		}
		e.mu.Unlock()
		e.poke()
	}
}

// breakOff resets the connection; of what is under way from a side a part may still arrive.
func (p *pipe) breakOff(part []byte, from int) {
	for _, e := range p.ends {
		e.broken = true
	}
	if len(part) > 0 {
		p.ends[1-from].arrive(part)
	}
	p.w.after(p.w.delay(), func() { p.end(errReset) })
}

// heal lets what waited fly on.
func (w *world) heal() {
	for i := range w.network.cut {
		clear(w.network.cut[i])
	}
	for id := 1; id <= w.network.last; id++ {
		p := w.network.conns[id]
		if p == nil {
			continue
		}
		for _, e := range p.ends {
			stuck := e.stuck
			e.stuck = nil
			for _, b := range stuck {
				e.fly(b)
			}
		}
	}
}

// dial opens a connection for a node's link. Any goroutine.
func (w *world) dial(ctx context.Context, n *node, life, to int) (net.Conn, error) {
	from := n.id
	made := make(chan net.Conn, 1)
	w.post(rankDial|uint64(from)<<8|uint64(to), func() {
		if n.gone(life) || w.network.cut[from][to] || w.network.cut[to][from] {
			return // its time will run out
		}
		w.after(w.delay()+w.delay(), func() {
			if ctx.Err() == nil && !n.gone(life) { // else nobody would close it
				made <- w.accept(from, to)
			}
		})
	})
	select {
	case c := <-made:
		if c == nil {
			return nil, errReset
		}
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// accept makes the connection; nil if there is nobody.
func (w *world) accept(from, to int) net.Conn {
	n := w.nodes[to]
	if n.member == nil || w.nodes[from].member == nil {
		return nil
	}
	p := w.newPipe(from, to)
	ctx, cancel := context.WithCancel(context.Background())
	p.ends[1].stop = cancel
	member := n.member
	n.served.Go(func() { member.ServeLink(ctx, p.ends[1]) })
	w.note(from, "connected", uint64(to), uint64(p.id), 0)
	return p.ends[0]
}

// LocalAddr is the side's node.
func (e *end) LocalAddr() net.Addr { return address(e.pipe.nodes[e.side]) }

// RemoteAddr is the other side's node.
func (e *end) RemoteAddr() net.Addr { return address(e.pipe.nodes[1-e.side]) }

// SetDeadline does nothing: no write blocks, and links set no deadlines for reads.
func (e *end) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (e *end) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (e *end) SetWriteDeadline(time.Time) error { return nil }

type address int

func (address) Network() string  { return "simulated" }
func (a address) String() string { return nodeName(int(a)) }

// lose ends the connection on the side of a node that died.
func (p *pipe) lose(node int, silent bool) {
	for _, e := range p.ends {
		if p.nodes[e.side] != node {
			continue
		}
		e.broken = true
		e.mu.Lock()
		e.err = errReset
		e.mu.Unlock()
		e.poke()
	}
	if !silent {
		p.w.after(p.w.delay(), func() { p.end(errReset) })
	}
}
