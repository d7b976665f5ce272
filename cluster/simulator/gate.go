package simulator

import (
	"context"
	"log/slog"
	"net"
	"time"

	"github.com/cespare/xxhash/v2"
)

var quiet = slog.New(slog.DiscardHandler)

// gate is the context of a request. Before each attempt the node looks whether its time is over, and so comes by here:
// it waits until the scheduler lets it pass. So whoever was woken at the same moment, by a change of leader for
// example, goes on one after the other, in an order that is the seed's.
type gate struct {
	context.Context
	w    *world
	rank uint64
}

// Err waits at the gate.
func (g *gate) Err() error {
	pass := make(chan struct{})
	g.w.post(g.rank, func() {
		g.w.after(g.w.between(time.Microsecond, 50*time.Microsecond), func() { close(pass) })
	})
	<-pass
	return g.Context.Err()
}

// chanceOf is what SetJitter is given: a number that depends on the seed, the moment and the limit, and on nothing else,
// so that it does not matter who asks first.
func (w *world) chanceOf(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	var b [24]byte
	for i, v := range [...]uint64{w.o.Seed, uint64(w.now()), uint64(d)} {
		for j := range 8 {
			b[8*i+j] = byte(v >> (8 * j))
		}
	}
	return time.Duration(xxhash.Sum64(b[:]) % uint64(d))
}

func (w *world) dialer(from int) func(context.Context, string) (net.Conn, error) {
	return func(ctx context.Context, peer string) (net.Conn, error) {
		return w.dial(ctx, from, int(peer[2]-'1'))
	}
}
