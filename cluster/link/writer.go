package link

import (
	"math"
	"net"
	"slices"
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/raftlog"
)

// packer makes the bytes of one flush after another.
type packer struct {
	lane   *lane
	buf    []byte
	frames []*frame  // of the flush
	failed []failure // batches that do not travel; ended outside the lock
	now    int64     // nanoseconds since Client.base, at the flush's beginning
}

type failure struct {
	waiting waiting
	err     error
}

// write packs whatever waits and writes it, until a Write fails or lost is closed. There is no timer that waits for
// more: what arrives during a Write is the next flush.
func (l *lane) write(conn net.Conn, lost <-chan struct{}) error {
	p := packer{lane: l}
	for {
		if p.pack(); len(p.buf) > 0 {
			if err := p.flush(conn); err != nil {
				return err
			}
			continue
		}
		if l.sleep() {
			select {
			case <-l.wake:
			case <-lost:
				return nil
			}
		}
	}
}

// sleep reports whether there is nothing to write, and lets the next one who brings something wake the writer.
func (l *lane) sleep() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asleep = len(l.ready) == 0 && len(l.asks) == 0 && !l.ping
	return l.asleep
}

// flush writes the buffer with one Write. Where it fails, frames of which not every byte was taken were not sent: the
// peer decides nothing before it has a whole frame.
func (p *packer) flush(conn net.Conn) error {
	l := p.lane
	_ = conn.SetWriteDeadline(time.Now().Add(writeTimeout)) // fails only where the Write fails, too
	l.writing.Store(true)
	n, err := conn.Write(p.buf)
	l.writing.Store(false)
	if err == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range p.frames {
		if l.pending[f.id] == f && f.end > n {
			f.unsent = true
		}
	}
	return err
}

// pack fills the buffer, up to flushBytes or what a single frame needs.
func (p *packer) pack() {
	if cap(p.buf) > keepBytes {
		p.buf = nil
	}
	clear(p.frames)
	p.buf, p.frames, p.now = p.buf[:0], p.frames[:0], p.lane.client.nowNanos()
	p.packAsks()
	for len(p.buf) < flushBytes {
		f, q := p.lane.pop()
		if f == nil {
			return
		}
		back := p.encode(f)
		if f.commands > 0 {
			p.frames = append(p.frames, f)
			p.lane.client.metrics.perFrame.Observe(float64(f.commands))
		}
		p.lane.settle(f, q, back) // from here on f is the reader's, too
		for _, failed := range p.failed {
			p.lane.client.end(failed.waiting, failed.err)
		}
		clear(p.failed)
		p.failed = p.failed[:0]
	}
}

func (p *packer) packAsks() {
	l := p.lane
	l.mu.Lock()
	asks, ping := l.asks, l.ping
	l.asks, l.ping = nil, false
	for _, a := range asks {
		l.asked[a.id] = a
	}
	l.mu.Unlock()
	for _, a := range asks {
		p.buf = appendExchange(p.buf, typeExchange, a.id, a.payload)
	}
	if ping {
		p.buf = appendPing(p.buf, typePing, l.client.lastID.Add(1))
	}
}

// pop takes batches of one partition, the partitions in turn, as many as a frame may hold commands. From here until
// settle they are the writer's alone. It is nil where nothing waits.
func (l *lane) pop() (*frame, *queue) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ready) == 0 {
		return nil, nil
	}
	q := l.ready[0]
	l.ready = slices.Delete(l.ready, 0, 1)
	q.listed = false
	f := l.newFrame(q.partition)
	for q.head < len(q.items) {
		w := q.items[q.head]
		if w.batch != nil {
			if f.commands+w.commands > MaxFrameCommands {
				break
			}
			f.waiting = append(f.waiting, w)
			f.commands += w.commands
		}
		q.items[q.head] = waiting{}
		q.head++
	}
	q.shrink()
	if q.head < len(q.items) {
		l.list(q)
	}
	return f, q
}

// shrink gives the room before head back, so that appending does not grow the queue for ever.
func (q *queue) shrink() {
	switch {
	case q.head == len(q.items):
		q.items, q.head = q.items[:0], 0
	case q.head > len(q.items)/2:
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
}

// encode appends the frame to the buffer, as many batches as it may hold bytes, and returns those that must wait for
// the next. f keeps those that travel; it has no commands if none does.
func (p *packer) encode(f *frame) (back []waiting) {
	start := len(p.buf)
	p.buf = beginRequest(p.buf, f.id, f.partition)
	all := f.waiting
	f.waiting, f.commands, f.earliest = all[:0], 0, math.MaxInt64
	latest := int64(0)
	for i, w := range all {
		if w.deadline <= p.now {
			p.failed = append(p.failed, failure{w, ErrUnreachable})
			continue
		}
		mark := len(p.buf)
		p.buf = appendCommands(p.buf, w.batch.Commands)
		size := len(p.buf) - start - prefixBytes
		if size > MaxPackedBytes && f.commands > 0 {
			p.buf = p.buf[:mark]
			back = append(back, all[i:]...)
			break
		}
		if size > MaxFrameBytes {
			p.buf = p.buf[:mark]
			p.failed = append(p.failed, failure{w, raftlog.ErrTooLarge})
			continue
		}
		f.waiting = append(f.waiting, w)
		f.commands += w.commands
		f.earliest, latest = min(f.earliest, w.deadline), max(latest, w.deadline)
	}
	if f.commands == 0 {
		p.buf = p.buf[:start]
		return back
	}
	// The frame lives as long as its most patient batch; the others' deadlines are kept by the sweep.
	millis := (latest - p.now + int64(time.Millisecond) - 1) / int64(time.Millisecond)
	finishRequest(p.buf, start, uint32(min(millis, math.MaxUint32)), f.commands)
	f.end = len(p.buf)
	return back
}

func appendCommands(b []byte, commands []command.Command) []byte {
	for i := range commands {
		b = command.AppendCommand(b, &commands[i])
	}
	return b
}

// settle puts a frame among the pending ones, before its first byte is written, since the answer may be quick; and what
// did not fit back to the head of its queue.
func (l *lane) settle(f *frame, q *queue, back []waiting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(back) > 0 {
		q.items = slices.Insert(q.items, q.head, back...)
		for _, w := range q.items[q.head:] {
			q.earliest = min(q.earliest, w.deadline)
		}
		l.list(q)
	}
	if f.commands > 0 {
		l.pending[f.id] = f
		return
	}
	l.recycle(f)
}

// newFrame takes a frame that was used before, if there is one; l.mu is held.
func (l *lane) newFrame(partition uint32) *frame {
	f := &frame{}
	if n := len(l.spare); n > 0 {
		f = l.spare[n-1]
		l.spare = l.spare[:n-1]
	}
	f.id, f.partition = l.client.lastID.Add(1), partition
	return f
}

// recycle keeps a frame for another use; l.mu is held.
func (l *lane) recycle(f *frame) {
	if len(l.spare) == maxSpareFrames {
		return
	}
	clear(f.waiting[:cap(f.waiting)])
	*f = frame{waiting: f.waiting[:0]}
	l.spare = append(l.spare, f)
}
