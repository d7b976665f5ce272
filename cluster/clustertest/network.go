package clustertest

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
)

// ErrCut is what dialing over a cut wire comes to.
var ErrCut = errors.New("clustertest: the wire is cut")

// Network is the wires between the nodes of a cluster. Its state is kept by pairs of node names.
type Network struct {
	mu    sync.Mutex
	cut   map[pair]bool
	wires map[*wire]struct{}
}

// pair is two nodes, in the order of their names.
type pair struct{ a, b string }

func pairOf(a, b string) pair {
	if a > b {
		a, b = b, a
	}
	return pair{a, b}
}

func newNetwork() *Network {
	return &Network{cut: map[pair]bool{}, wires: map[*wire]struct{}{}}
}

// dialed is cluster.Config.Dialed of the node from.
func (w *Network) dialed(from, to string, conn net.Conn) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := pairOf(from, to)
	if w.cut[p] {
		_ = conn.Close()
		return nil, ErrCut
	}
	c := &wire{Conn: conn, network: w, pair: p}
	w.wires[c] = struct{}{}
	return c, nil
}

// Cut drops all that two nodes send each other from now on, without a word to either.
func (w *Network) Cut(a, b string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut[pairOf(a, b)] = true
	for c := range w.wires {
		if c.pair == pairOf(a, b) {
			c.dead.Store(true)
		}
	}
}

// Heal mends all wires. Connections on which something was dropped are closed.
func (w *Network) Heal() {
	w.mu.Lock()
	clear(w.cut)
	var dead []*wire
	for c := range w.wires {
		if c.dead.Load() {
			dead = append(dead, c)
		}
	}
	w.mu.Unlock()
	for _, c := range dead {
		_ = c.Close()
	}
}

// sever closes all connections of a node, as the end of its process does.
func (w *Network) sever(node string) {
	w.mu.Lock()
	var all []*wire
	for c := range w.wires {
		if c.pair.a == node || c.pair.b == node {
			all = append(all, c)
		}
	}
	w.mu.Unlock()
	for _, c := range all {
		_ = c.Close()
	}
}

// Between is how many connections two nodes have that whoever dialed them has not closed.
func (w *Network) Between(a, b string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	count := 0
	for c := range w.wires {
		if c.pair == pairOf(a, b) {
			count++
		}
	}
	return count
}

// wire is a connection between two nodes, at the side of the one that dialed.
type wire struct {
	net.Conn
	network *Network
	pair    pair
	dead    atomic.Bool // what is sent is dropped, in both directions
}

// Read drops what arrives over a dead wire, and still ends at its deadline and when it is closed.
func (c *wire) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if err != nil || !c.dead.Load() {
			return n, err
		}
	}
}

// Write pretends that what goes into a dead wire was sent.
func (c *wire) Write(b []byte) (int, error) {
	if c.dead.Load() {
		return len(b), nil
	}
	return c.Conn.Write(b)
}

// Close closes the connection and forgets it.
func (c *wire) Close() error {
	c.network.mu.Lock()
	delete(c.network.wires, c)
	c.network.mu.Unlock()
	return c.Conn.Close()
}

// mend lets two nodes connect again. Their dead connections stay dead.
func (w *Network) mend(a, b string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.cut, pairOf(a, b))
}
