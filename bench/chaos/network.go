package chaos

import (
	"sync"

	"github.com/parterre/parterre/bench/chaos/proxy"
)

// network lays faults over each other: a way between two nodes is as bad as all faults make it that lie on it.
type network struct {
	wires wires
	mu    sync.Mutex
	laid  map[*layer]struct{}
}

// layer is one fault's rule on some ways.
type layer struct {
	ways []way
	rule proxy.Rule
}

type way struct{ from, to string }

func newNetwork(w wires) *network { return &network{wires: w, laid: map[*layer]struct{}{}} }

// lay puts a fault on some ways, until lift is called.
func (n *network) lay(r proxy.Rule, ways ...way) (lift func()) {
	l := &layer{ways: ways, rule: r}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.laid[l] = struct{}{}
	n.apply(ways)
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.laid, l)
		n.apply(ways)
	}
}

func (n *network) heal() {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.laid)
	n.wires.Heal()
}

// apply sets the rules of some ways; mu is held.
func (n *network) apply(ways []way) {
	for _, w := range ways {
		var sum proxy.Rule
		for l := range n.laid {
			for _, on := range l.ways {
				if on == w {
					sum = worse(sum, l.rule)
				}
			}
		}
		n.wires.Set(w.from, w.to, sum)
	}
}

// worse is a way with both faults.
func worse(a, b proxy.Rule) proxy.Rule {
	least := func(x, y int) int {
		if x == 0 || y > 0 && y < x {
			return y
		}
		return x
	}
	return proxy.Rule{
		Block: a.Block || b.Block, Refuse: a.Refuse || b.Refuse,
		Delay: max(a.Delay, b.Delay), Jitter: max(a.Jitter, b.Jitter),
		PieceBytes: least(a.PieceBytes, b.PieceBytes), PiecePause: max(a.PiecePause, b.PiecePause),
		TearAfterBytes: least(a.TearAfterBytes, b.TearAfterBytes),
	}
}
