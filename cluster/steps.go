package cluster

import (
	"fmt"
	"slices"
	"time"

	"github.com/parterre/parterre/raftlog"
)

// stepKind is a change of one partition's configuration.
type stepKind int

const (
	stepNone stepKind = iota
	stepLearn
	stepVote
	stepRemove
)

func (k stepKind) String() string {
	return [...]string{stepNone: "none", stepLearn: "learns", stepVote: "votes", stepRemove: "removed"}[k]
}

type step struct {
	kind   stepKind
	member raftlog.Member
}

// nextStep is what a partition's configuration lacks of what the directory asks for. Newcomers learn before anybody gets
// a vote, and nobody is removed before those who are to vote do. Who is a server without being a member is removed: it
// came by an order that was overtaken.
func nextStep(d *directory, servers []raftlog.Server) step {
	find := func(node string) *raftlog.Server {
		for i := range servers {
			if servers[i].Node == node {
				return &servers[i]
			}
		}
		return nil
	}
	for _, m := range d.Members {
		if m.State != MemberLeaving && find(m.Node) == nil {
			return step{stepLearn, raftlog.Member{Node: m.Node, Peer: m.Peer}}
		}
	}
	for _, m := range d.Members {
		if s := find(m.Node); m.State.votes() && s != nil && !s.Votes {
			return step{stepVote, raftlog.Member{Node: m.Node, Peer: m.Peer}}
		}
	}
	for _, s := range servers {
		if m := d.member(s.Node); m == nil || m.State == MemberLeaving {
			return step{stepRemove, raftlog.Member{Node: s.Node, Peer: s.Peer}}
		}
	}
	return step{}
}

// lagging says in words why a member has not caught up, "" if it has: it is there and ready, and in every partition it is
// no further behind than a busy leader commits between two reports.
func (n *Node) lagging(node string) string {
	now := time.Now()
	s, reachable := n.table.of(node, now)
	switch {
	case node == n.meta.Node:
		return ""
	case !reachable:
		return "it does not answer"
	case !s.report.Ready:
		return "it is not ready: see its /readyz?verbose"
	}
	for _, part := range n.parts {
		if s.report.Partitions[part.id].Applied+caughtUpEntries < n.newest(part) {
			return fmt.Sprintf("in partition %d it has applied %d of %d entries", part.id, s.report.Partitions[part.id].Applied, n.newest(part))
		}
	}
	return ""
}

// ready are those of the nodes that are there and serve, as this node knows.
func (n *Node) readyAmong(nodes []string) []string {
	now := time.Now()
	return slices.DeleteFunc(slices.Clone(nodes), func(node string) bool {
		if node == n.meta.Node {
			return false
		}
		s, reachable := n.table.of(node, now)
		return !reachable || !s.report.Ready
	})
}
