package cluster

import (
	"fmt"
)

// removedError is the refusal to start under a name that was removed.
func removedError(node, dir string) *StartError {
	return &StartError{
		Problem: fmt.Sprintf("node %s was removed from its cluster, and its data folder %s is of no use any more", node, dir),
		Remedy: "A removed name never comes back. To use this machine again, empty the folder, " +
			"`parterre member add NEW --peer HOST:PORT` with a name that was never used, and start it with --node NEW --join",
	}
}

// leaveForGood makes this node serve no more, by the word of a member that knows that it was removed: that word is an
// entry that was committed, and no later one takes it back. It writes that down, so that a restart knows it, and closes
// its replicas, which would else stand for election for ever. The process lives on and says so.
func (n *Node) leaveForGood(by string) {
	text := "removed from the cluster, by the word of " + by
	if !n.removed.CompareAndSwap(nil, &text) {
		return
	}
	n.log.Error("THIS NODE WAS REMOVED FROM THE CLUSTER: it serves no more", "by_the_word_of", by,
		"remedy", "stop it; its name never comes back")
	n.spawn(func() {
		if err := n.folder.advance(stageRemoved); err != nil {
			n.log.Error("the removal cannot be written down", "error", err)
		}
		for _, part := range n.parts {
			if err := part.group.Close(); err != nil {
				n.log.Error("a removed replica does not close", "partition", part.id, "error", err)
			}
		}
		sleep(n.ctx, farewell) // answers to what was forwarded are on their way
		for _, p := range n.members().peers {
			if err := p.close(); err != nil {
				n.log.Warn("a link does not close", "peer", p.member.Node, "error", err)
			}
		}
	})
}

// Removed reports whether this node was removed from the cluster, and serves no more.
func (n *Node) Removed() bool { return n.removed.Load() != nil }

// state is what this node is as a member.
func (n *Node) state() MemberState {
	if n.Removed() {
		return MemberRemoved
	}
	if m := n.members().member(n.meta.Node); m != nil {
		return m.State
	}
	return MemberRemoved
}

// checkMember is the member's line of /readyz.
func (n *Node) checkMember() Check {
	c := Check{Name: "member", OK: true, Detail: "a member: " + string(n.state())}
	switch reason := n.removed.Load(); {
	case reason != nil:
		c.OK, c.Detail = false, *reason+"; its name never comes back"
	case n.state() == MemberLeaving:
		c.OK, c.Detail = false, "is being removed from the cluster"
	case n.state() == MemberRemoved:
		c.OK, c.Detail = false, "no member of the cluster"
	}
	return c
}
