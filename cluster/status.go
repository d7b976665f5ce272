package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Status is what GET /v1/cluster tells, as this node knows it.
type Status struct {
	Cluster    string
	Nodes      []NodeStatus
	Partitions []PartitionStatus
}

// NodeStatus is one member. What is not known of an unreachable one is what was heard last.
type NodeStatus struct {
	Node, HTTP, Peer, Version string
	Reachable                 bool
	Ready, Draining           bool
	ClockOffset               time.Duration // to the median of all reachable nodes
}

// PartitionStatus is one partition with its replicas on all nodes that were heard of.
type PartitionStatus struct {
	Partition uint32
	Leader    string
	Term      uint64
	Replicas  []ReplicaStatus
}

// ReplicaStatus is one node's replica of a partition.
type ReplicaStatus struct {
	Node               string
	Applied, Committed uint64
	HashIndex          uint64
	StateHash          uint64
	Halted             string
}

// Status is answered from this node's own state and the reports of the others, at most a round of gossip old.
func (n *Node) Status() Status {
	now := time.Now()
	s := Status{Cluster: n.meta.Cluster}
	ahead := aheadOfMedian(n.offsets(now))
	members := n.members().Members
	reports := make([]*report, 0, len(members))
	for _, m := range members {
		ns, r := NodeStatus{Node: m.Node, Peer: m.Peer, HTTP: m.HTTP, Reachable: true, ClockOffset: ahead}, (*report)(nil)
		if m.Node == n.meta.Node {
			r = n.report()
		} else {
			known, reachable := n.table.of(m.Node, now)
			ns.Reachable = reachable
			if ns.ClockOffset = 0; reachable && known.offsets {
				ns.ClockOffset = ahead + known.offset
			}
			if !known.heard.IsZero() {
				r = &known.report
			}
		}
		if r != nil {
			ns.HTTP, ns.Version, ns.Ready, ns.Draining = r.HTTP, r.Version, r.Ready && ns.Reachable, r.Draining
			reports = append(reports, r)
		}
		s.Nodes = append(s.Nodes, ns)
	}
	for i := range n.parts {
		s.Partitions = append(s.Partitions, n.partitionStatus(i, reports))
	}
	return s
}

func (n *Node) partitionStatus(i int, reports []*report) PartitionStatus {
	s := PartitionStatus{Partition: uint32(i), Leader: n.LeaderOf(uint32(i))}
	for _, r := range reports {
		p := &r.Partitions[i]
		s.Term = max(s.Term, p.Term)
		s.Replicas = append(s.Replicas, ReplicaStatus{
			Node: r.Node, Applied: p.Applied, Committed: p.Committed, HashIndex: p.HashIndex, StateHash: p.Hash, Halted: p.Halted,
		})
	}
	return s
}

// LeaderOf is the name of the node that leads the partition, as far as this node knows; "" if it knows of none.
func (n *Node) LeaderOf(partition uint32) string {
	if int(partition) >= len(n.parts) {
		return ""
	}
	lead := n.parts[partition].group.Lead()
	if c := n.table.claim(partition); c != nil && (lead.Node == "" || c.term > lead.Term) {
		return c.node
	}
	return lead.Node
}

// Snapshot writes a snapshot of every replica of this node.
func (n *Node) Snapshot(ctx context.Context) error {
	var errs []error
	for _, part := range n.parts {
		if err := part.group.Snapshot(ctx); err != nil {
			errs = append(errs, fmt.Errorf("cluster: snapshot of partition %d: %w", part.id, err))
		}
	}
	return errors.Join(errs...)
}
