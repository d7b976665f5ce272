package parterre

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/parterre/parterre/bench/many"
	"github.com/parterre/parterre/bench/peers"
)

// Drives says that batches and streams drive themselves.
func (s *server) Drives(mode string) bool {
	switch mode {
	case Batch16, Batch256, Stream64, Stream4096:
		return true
	}
	return false
}

// Drive drives batches or streams.
func (s *server) Drive(
	ctx context.Context, mode peers.Mode, clients, pool int, d time.Duration, next func(*peers.Party) bool, sold func(*peers.Party),
) (*peers.Driven, error) {
	f := &feeder{server: s, next: next, sold: sold, parties: sync.Pool{New: func() any { return new(peers.Party) }}}
	w := many.Work{Duration: d, Next: f.fill, Decided: f.decided, Endpoints: s.leaderFirst()}
	if mode.Road == peers.Batch {
		w.Connections, w.Batch = clients, mode.Width
	} else {
		w.Connections, w.Outstanding, w.Msgpack = max(1, pool), clients*max(1, mode.Width), true
	}
	r, err := many.Run(ctx, w)
	if err == nil && f.wrong != nil {
		err = f.wrong
	}
	if err != nil {
		return nil, err
	}
	return &peers.Driven{
		Orders: r.Orders, Tickets: r.Tickets, Refused: r.Refused, Retried: r.Retried, Elapsed: r.Elapsed, Hold: r.Hold, Confirm: r.Confirm,
	}, nil
}

// leaderFirst are all nodes.
func (s *server) leaderFirst() []string {
	hosts := []string{s.leader}
	for _, n := range s.cluster.Nodes {
		if n.HTTP != s.leader {
			hosts = append(hosts, n.HTTP)
		}
	}
	return hosts
}

// feeder turns parties into orders of bench/many, and its answers back into parties.
type feeder struct {
	server  *server
	next    func(*peers.Party) bool
	sold    func(*peers.Party)
	parties sync.Pool

	mu    sync.Mutex
	wrong error // the first label that is none
}

// fill fills an order; its Number is the event's.
func (f *feeder) fill(o *many.Order) bool {
	p := f.parties.Get().(*peers.Party)
	defer f.parties.Put(p)
	p.Reset()
	if !f.next(p) {
		return false
	}
	o.Event, o.Number, o.Quantity, o.Seats = f.server.names[p.Event], int64(p.Event), p.Quantity, o.Seats[:0]
	for _, seat := range p.Seats {
		o.Seats = append(o.Seats, f.server.labels[seat])
	}
	return true
}

// decided hands acknowledged orders on.
func (f *feeder) decided(o *many.Order, step many.Step, status int, _ []byte) {
	if step != many.Confirm || status != 200 && status != 201 {
		return
	}
	p := f.parties.Get().(*peers.Party)
	defer f.parties.Put(p)
	p.Reset()
	p.Event, p.Quantity = int(o.Number), o.Quantity
	for _, label := range o.Seats {
		seat, ok := parseLabel(f.server.setup.Hall, label)
		if !ok {
			f.mu.Lock()
			f.wrong = fmt.Errorf("%w: seat %q", ErrAnswer, label)
			f.mu.Unlock()
			return
		}
		p.Seats = append(p.Seats, seat)
	}
	f.sold(p)
}
