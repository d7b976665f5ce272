package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/parterre/parterre/bench/report"
	"github.com/parterre/parterre/bench/wire"
)

// Progress is where a replay stands.
type Progress struct {
	Elapsed time.Duration
	Traced  time.Duration // time in the trace
	Records int64         // read so far
	Open    int64         // actions that are not done: under way, waiting for a connection, or to be asked again
	// PerSecond is answers in the last whole second; Accepted, Refused (409, 410 and the like) and TurnedAway (429) are
	// answers so far.
	PerSecond, Accepted, Refused, TurnedAway int64
	Stock                                    report.Stock
	Room                                     *report.RoomMoment // nil = there is none
	// Done is set once, in the last call: there is nothing more to tell.
	Done bool
}

const (
	watchInterval = time.Second
	stockTimeout  = 2 * time.Second
)

// watch looks once a second at the first event's stock, and tells how the replay stands.
func (e *engine) watch(ctx context.Context, tell func(Progress)) ([]report.Stock, []report.RoomMoment) {
	s := &stockSampler{e: e, path: append(bytes.Clone(e.stage.Events[0].path), "/availability"...)}
	s.conn = wire.New(e.addrs[0], wire.Options{Timeout: stockTimeout, TLS: e.tls})
	defer s.conn.Close()
	stop := context.AfterFunc(ctx, s.conn.Interrupt)
	defer stop()
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	last := int64(0)
	for {
		s.look()
		s.lookAtRoom()
		p := e.progress()
		last, p.PerSecond = p.PerSecond, p.PerSecond-last
		if n := len(s.seen); n > 0 {
			p.Stock = s.seen[n-1]
		}
		if n := len(s.rooms); n > 0 {
			p.Room = &s.rooms[n-1]
		}
		if tell != nil {
			tell(p)
		}
		select {
		case <-ctx.Done():
			if tell != nil {
				tell(Progress{Done: true})
			}
			e.door.drawn(s.drawn)
			return s.seen, s.rooms
		case <-tick.C:
		}
	}
}

// progress counts; PerSecond is all answers so far.
func (e *engine) progress() Progress {
	p := Progress{
		Elapsed: time.Since(e.start), Traced: time.Duration(e.at.Load()) * time.Microsecond, Records: e.read.Load(), Open: e.open.Load(),
	}
	m := e.measure
	m.mu.Lock()
	defer m.mu.Unlock()
	p.Accepted, p.TurnedAway = m.pressure.Accepted, m.pressure.BackedOff
	for i := range m.refusals {
		if s := m.refusals[i].Status; s < 500 && s != 429 {
			p.Refused += m.refusals[i].Total
		}
	}
	p.PerSecond = m.pressure.Requests - m.pressure.TimedOut - m.pressure.Broken
	return p
}

// stockSampler asks a node how many places there are in each state.
type stockSampler struct {
	e    *engine
	conn *wire.Conn
	path []byte
	node int
	seen []report.Stock

	room  []byte // the path's buffer
	rooms []report.RoomMoment
	drawn uint64
}

// look adds a sample; a node that does not answer is left for the next.
func (s *stockSampler) look() {
	if len(s.seen) > maxSeconds {
		return
	}
	answer, err := s.conn.Do(&wire.Request{Method: wire.Get, Path: s.path})
	if err != nil {
		s.node++
		s.conn.Move(s.e.addrs[s.node%len(s.e.addrs)])
		return
	}
	var counts struct {
		Total struct{ Free, Held, Sold, Blocked int64 }
	}
	if answer.Status != 200 || json.Unmarshal(answer.Body, &counts) != nil {
		return // the next look may do better
	}
	t := counts.Total
	s.seen = append(s.seen, report.Stock{
		At: time.Since(s.e.start).Seconds(), Free: t.Free, Held: t.Held, Sold: t.Sold, Blocked: t.Blocked,
	})
}
