package chaos

import (
	"testing"

	"github.com/parterre/parterre/bench/nodes"
)

func TestAFaultThatNeedsAllNodesIsNotPassedByLaterOnes(t *testing.T) {
	a, b := &nodes.Node{Name: "a"}, &nodes.Node{Name: "b"}
	c := newClaims()
	first, all, later := c.enter(), c.enter(), c.enter()
	if !c.claim(first, a) {
		t.Fatal("a free node is refused")
	}
	if c.claim(all, a, b) {
		t.Fatal("a taken node is given a second time")
	}
	if c.claim(later, b) {
		t.Fatal("a node that an earlier fault waits for goes to a later one")
	}
	c.unclaim(a)
	if !c.claim(all, a, b) {
		t.Fatal("whoever waits first does not get its nodes")
	}
	c.unclaim(a, b)
	if !c.claim(later, b) {
		t.Fatal("nobody waits any more, and a free node is refused")
	}
}

func TestAFaultThatGaveUpIsNotWaitedFor(t *testing.T) {
	a, b := &nodes.Node{Name: "a"}, &nodes.Node{Name: "b"}
	c := newClaims()
	first, all, later := c.enter(), c.enter(), c.enter()
	if !c.claim(first, a) || c.claim(all, a, b) {
		t.Fatal("claims are not kept apart")
	}
	c.leave(all)
	if !c.claim(later, b) {
		t.Fatal("a node is kept for a fault that does not wait any more")
	}
}

func TestAFaultThatTurnsToAnotherNodeDoesNotKeepTheFormer(t *testing.T) {
	a, b := &nodes.Node{Name: "a"}, &nodes.Node{Name: "b"}
	c := newClaims()
	first, any, later := c.enter(), c.enter(), c.enter()
	if !c.claim(first, a) || c.claim(any, a) || !c.claim(any, b) {
		t.Fatal("a fault for which any node will do does not get the free one")
	}
	c.unclaim(a)
	if !c.claim(later, a) {
		t.Fatal("a node is kept for a fault that has another by now")
	}
}
