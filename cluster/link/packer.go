package link

import (
	"math"
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
		mark, limit := len(p.buf), MaxFrameBytes
		if f.commands > 0 {
			limit = MaxPackedBytes
		}
		var fits bool
		if p.buf, fits = appendCommands(p.buf, w.batch.Commands, start+prefixBytes+limit); !fits {
			p.buf = p.buf[:mark]
			if f.commands > 0 {
				back = append(back, all[i:]...)
				break
			}
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

// appendCommands appends commands until b is longer than limit, and reports whether it is not.
func appendCommands(b []byte, commands []command.Command, limit int) ([]byte, bool) {
	for i := range commands {
		if b = command.AppendCommand(b, &commands[i]); len(b) > limit {
			return b, false
		}
	}
	return b, true
}
