package cluster

import "time"

// idleAfter is how long nothing must have been applied before a node counts as idle.
const idleAfter = 2 * time.Second

// traffic is what the steward knows of the entries that this node applies.
type traffic struct {
	applied uint64 // sum over all partitions
	since   time.Time
}

// noteTraffic tells the groups whether this node has traffic: what is applied anywhere is work for the processor here, and
// an idle node's leaders beat half as often.
func (n *Node) noteTraffic(t *traffic, now time.Time) {
	sum := uint64(0)
	for _, part := range n.parts {
		sum += part.machine.AppliedIndex()
	}
	if sum != t.applied {
		t.applied, t.since = sum, now
	}
	busy := now.Sub(t.since) < idleAfter
	for _, part := range n.parts {
		part.group.SetBusy(busy)
	}
}
