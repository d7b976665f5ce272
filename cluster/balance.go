package cluster

import (
	"slices"
	"time"

	"github.com/parterre/parterre/raftlog"
)

const (
	stewardInterval = 250 * time.Millisecond
	// balanceAfter is how long the preferred leaders must have been the same before a leadership is moved for balance.
	balanceAfter = 3 * time.Second
	// balancePause is the least time between two such moves of one node.
	balancePause = 2 * time.Second
	// caughtUpEntries is how many entries a replica's last report may be behind, and the replica be thought caught up:
	// what a busy leader commits between two reports.
	caughtUpEntries = 2_048
)

// balance is the steward's memory. Only the steward uses it.
type balance struct {
	preferred []string
	since     time.Time // preferred is the same since
	moved     time.Time // the last move for balance
}

// steward watches over this node's leaderships, one move at a time: those that it must not keep are given away at once
// (its clock is wrong, its replica is halted, it is being removed), and those that belong elsewhere are moved when all has been calm.
func (n *Node) steward() {
	ticker := time.NewTicker(stewardInterval)
	defer ticker.Stop()
	var traffic traffic
	for {
		select {
		case <-n.ctx.Done():
			return
		case <-ticker.C:
		}
		now := time.Now()
		n.clock.judge(n.offsets(now))
		n.noteTraffic(&traffic, now)
		n.noteProgress(now)
		n.noteWhole()
		if n.draining.Load() {
			continue // Drain moves them all
		}
		if !n.giveAway(now) {
			n.moveForBalance(now)
		}
	}
}

// giveAway hands one leadership over that this node must not keep, and reports whether there was one.
func (n *Node) giveAway(now time.Time) bool {
	off, leaving := n.clock.off(), n.state() == MemberLeaving
	for _, part := range n.parts {
		s := part.group.Status()
		if !s.Lead.Self || (!off && !leaving && s.Halted == "") {
			continue
		}
		reason := "clock"
		switch {
		case s.Halted != "":
			reason = "halted"
		case leaving:
			reason = "leaving"
		}
		if to := n.successor(part, now); to != "" {
			n.transfer(n.ctx, part, to, reason)
			return true
		}
	}
	return false
}

// moveForBalance hands one leadership to the node that is preferred for it, if all has been calm.
func (n *Node) moveForBalance(now time.Time) {
	preferred := preferredLeaders(n.eligible(now), n.meta.Partitions)
	if !slices.Equal(preferred, n.balance.preferred) {
		n.balance.preferred, n.balance.since = preferred, now
		return
	}
	if now.Sub(n.balance.since) < balanceAfter || now.Sub(n.balance.moved) < balancePause {
		return
	}
	for _, part := range n.parts {
		to := preferred[part.id]
		if to == "" || to == n.meta.Node || !leads(part.group.Lead()) {
			continue
		}
		if pinned, _ := n.pins.of(part.id, now); pinned != "" || !n.canLead(part, to, now) {
			continue
		}
		n.balance.moved = now
		n.transfer(n.ctx, part, to, "balance")
		return
	}
}

// eligible are the nodes among which the leaderships are spread, this one among them if it may lead.
func (n *Node) eligible(now time.Time) []string {
	var nodes []string
	if !n.clock.off() && !n.draining.Load() && n.state() == MemberVoter {
		nodes = append(nodes, n.meta.Node)
	}
	members := n.members()
	for _, p := range members.peers {
		s, reachable := n.table.of(p.member.Node, now)
		if members.member(p.member.Node).State == MemberVoter && reachable && s.report.Ready && !s.report.Draining && !s.report.ClockOff && !s.report.halted() {
			nodes = append(nodes, p.member.Node)
		}
	}
	slices.Sort(nodes)
	return nodes
}

func (r *report) halted() bool {
	return slices.ContainsFunc(r.Partitions, func(p partitionReport) bool { return p.Halted != "" })
}

// canLead reports whether a peer may be handed the partition, which this node leads: it is there, it stays a member, it
// votes, it may lead, it follows in this term, it has caught up, and it did not fail to take this lead a moment ago.
func (n *Node) canLead(part *partition, node string, now time.Time) bool {
	s, reachable := n.table.of(node, now)
	if !part.group.MayTransfer(node) {
		return false
	}
	if !reachable || s.report.Draining || s.report.ClockOff || int(part.id) >= len(s.report.Partitions) {
		return false
	}
	if m := n.members().member(node); m == nil || m.State == MemberLeaving {
		return false
	}
	own := part.group.Status()
	if !slices.ContainsFunc(own.Voters, func(m raftlog.Member) bool { return m.Node == node }) {
		return false
	}
	r := &s.report.Partitions[part.id]
	return r.Halted == "" && r.Term == own.Lead.Term && r.Applied+caughtUpEntries >= own.Committed
}

// successor is the peer to hand the partition to when this node must not lead it: the preferred one if it can, else the
// one that leads least.
func (n *Node) successor(part *partition, now time.Time) string {
	preferred := preferredLeaders(n.eligible(now), n.meta.Partitions)[part.id]
	best, bestLoad := "", 0
	for _, p := range n.members().peers {
		node := p.member.Node
		if !n.canLead(part, node, now) {
			continue
		}
		if node == preferred {
			return node
		}
		s, _ := n.table.of(node, now)
		load := 0
		for i := range s.report.Partitions {
			if s.report.Partitions[i].Leads {
				load++
			}
		}
		if best == "" || load < bestLoad {
			best, bestLoad = node, load
		}
	}
	return best
}
