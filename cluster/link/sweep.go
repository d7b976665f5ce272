package link

import (
	"math"
	"net"
	"time"

	"github.com/parterre/parterre/raftlog"
)

// sweep ends batches whose deadlines have passed and gives up silent connections: one look every 50 ms instead of a
// timer per command.
func (c *Client) sweep() {
	defer c.wg.Done()
	ticker := time.NewTicker(sweepInterval)
	defer ticker.Stop()
	watches := [...]watch{{lane: c.ordinary}, {lane: c.bulk}}
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-ticker.C:
		}
		c.metrics.inFlight.Set(float64(c.inFlight.Load()))
		for i := range watches {
			watches[i].lane.expire(c.nowNanos())
			watches[i].look(time.Now())
		}
	}
}

// expire ends what is due.
func (l *lane) expire(now int64) {
	var unsent, sent []waiting
	l.mu.Lock()
	for _, q := range l.ready {
		if q.earliest <= now {
			unsent, q.earliest = expire(q.items[q.head:], now, unsent)
		}
	}
	for id, f := range l.pending {
		if f.earliest > now {
			continue
		}
		if sent, f.earliest = expire(f.waiting, now, sent); f.earliest == math.MaxInt64 {
			delete(l.pending, id) // a late answer finds nothing
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

// expire moves what is due to dst, and tells the earliest deadline of the rest.
func expire(items []waiting, now int64, dst []waiting) ([]waiting, int64) {
	earliest := int64(math.MaxInt64)
	for i := range items {
		w := &items[i]
		switch {
		case w.batch == nil:
		case w.deadline <= now:
			dst = append(dst, *w)
			w.batch = nil
		default:
			earliest = min(earliest, w.deadline)
		}
	}
	return dst, earliest
}

// watch notices a peer that owes answers and does not even answer a ping: a host that vanished, or a frozen process.
// TCP alone would notice after many minutes.
type watch struct {
	lane   *lane
	conn   net.Conn
	reads  uint64
	since  time.Time
	pinged bool
}

func (w *watch) look(now time.Time) {
	l := w.lane
	reads := l.reads.Load()
	l.mu.Lock()
	conn := l.conn
	owes := len(l.pending)+len(l.asked) > 0 || w.pinged
	silent := conn != nil && conn == w.conn && owes && reads == w.reads && !l.writing.Load()
	ping := silent && !w.pinged && now.Sub(w.since) >= pingAfter
	if ping {
		l.ping, w.pinged = true, true
		if l.rouse() {
			l.poke()
		}
	}
	l.mu.Unlock()
	switch {
	case !silent:
		*w = watch{lane: l, conn: conn, reads: reads, since: now}
	case now.Sub(w.since) >= silenceLimit:
		l.client.options.Logger.Warn("link is silent, giving it up", "peer", l.client.options.Peer, "lane", l.name, "silent", now.Sub(w.since))
		_ = conn.Close() // the writer and the reader notice, and end what is under way
	}
}
