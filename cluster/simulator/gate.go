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
	op *op
}

// Err waits at the gate.
func (g *gate) Err() error {
	w := g.op.client.w
	w.pass(rankGate|uint64(g.op.client.id), func() bool { return g.op.aborted })
	return g.Context.Err()
}

// turn is where a node's group of commands waits before it is asked for again; a node has one at a time.
func (n *node) turn(life int) func() {
	return func() { n.w.pass(rankTurn|uint64(n.id), func() bool { return n.gone(life) }) }
}

// pass returns when the scheduler lets pass; at once, and without use of chance, whoever is not of this world any more.
func (w *world) pass(rank uint64, gone func() bool) {
	passed := make(chan struct{})
	w.post(rank, func() {
		if gone() {
			close(passed)
			return
		}
		w.after(w.between(time.Microsecond, 50*time.Microsecond), func() { close(passed) })
	})
	<-passed
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

func (n *node) dialer(life int) func(context.Context, string) (net.Conn, error) {
	return func(ctx context.Context, peer string) (net.Conn, error) {
		return n.w.dial(ctx, n, life, int(peer[2]-'1'))
	}
}
