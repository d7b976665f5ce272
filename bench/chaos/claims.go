package chaos

import (
	"slices"
	"sync"

	"github.com/parterre/parterre/bench/nodes"
)

// claims says which nodes a fault works on. Faults that wait for theirs stand in a line: whoever asks later does not get a node
// that an earlier one waits for. Without it a fault that needs all nodes at once seldom found none of them taken.
type claims struct {
	mu     sync.Mutex
	taken  map[string]bool
	places place
	line   map[place][]string // what each that waits has asked for last
}

// place is a fault's place in the line, the earlier the smaller.
type place uint64

func newClaims() *claims { return &claims{taken: map[string]bool{}, line: map[place][]string{}} }

// enter gives the next place.
func (c *claims) enter() place {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.places++
	return c.places
}

// claim takes all the nodes, or none of them and waits for them.
func (c *claims) claim(by place, some ...*nodes.Node) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(some, func(n *nodes.Node) bool { return c.taken[n.Name] || c.awaited(n.Name, by) }) {
		wanted := make([]string, 0, len(some))
		for _, n := range some {
			wanted = append(wanted, n.Name)
		}
		c.line[by] = wanted
		return false
	}
	delete(c.line, by)
	for _, n := range some {
		c.taken[n.Name] = true
	}
	return true
}

// awaited says whether somebody before a place waits for a node. c.mu is held.
func (c *claims) awaited(node string, by place) bool {
	for other, wanted := range c.line {
		if other < by && slices.Contains(wanted, node) {
			return true
		}
	}
	return false
}

// unclaim gives nodes back.
func (c *claims) unclaim(some ...*nodes.Node) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range some {
		delete(c.taken, n.Name)
	}
}

// leave ends the waiting of a place, if it still waits.
func (c *claims) leave(by place) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.line, by)
}
