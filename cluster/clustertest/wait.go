package clustertest

import (
	"fmt"
	"time"

	"github.com/parterre/parterre/cluster"
)

// Wait polls until done reports that something is as it should be; then it returns. If it never is, the test fails, and
// says what done said last.
func (c *Cluster) Wait(what string, done func() (ok bool, state string)) {
	c.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		ok, state := done()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("clustertest: waited in vain for %s: %s", what, state)
		}
		time.Sleep(pollInterval)
	}
}

// WaitReady waits until every node that runs is ready.
func (c *Cluster) WaitReady() {
	c.t.Helper()
	c.Wait("all nodes to be ready", func() (bool, string) {
		for _, n := range c.Nodes() {
			if !n.Ready() {
				return false, fmt.Sprintf("%s: %+v", n.Name(), n.Checks())
			}
		}
		return true, ""
	})
}

// Leader is the node that leads the event's partition, once all nodes that run agree on it, and it runs.
func (c *Cluster) Leader(event string) int {
	c.t.Helper()
	return c.LeaderOf(c.Nodes()[0].PartitionOf(event))
}

// LeaderOf is the node that leads the partition, once all nodes that run agree on it, and it runs.
func (c *Cluster) LeaderOf(partition uint32) int {
	c.t.Helper()
	leader := ""
	c.Wait(fmt.Sprintf("one leader of partition %d", partition), func() (bool, string) {
		nodes := c.Nodes()
		leader = nodes[0].LeaderOf(partition)
		state := nodes[0].Name() + ": " + leader
		agreed := leader != "" && c.Node(c.Index(leader)) != nil
		for _, n := range nodes[1:] {
			state += ", " + n.Name() + ": " + n.LeaderOf(partition)
			agreed = agreed && n.LeaderOf(partition) == leader
		}
		return agreed, state
	})
	return c.Index(leader)
}

// Other is a node that runs and is none of those given.
func (c *Cluster) Other(than ...int) int {
	c.t.Helper()
next:
	for i := range c.slots {
		for _, t := range than {
			if i == t {
				continue next
			}
		}
		if c.Node(i) != nil {
			return i
		}
	}
	c.t.Fatal("clustertest: no other node runs")
	return -1
}

// WaitSame waits until all nodes that run have applied the same entries in every partition, and their state hashes of
// the last checkpoint agree.
func (c *Cluster) WaitSame() {
	c.t.Helper()
	c.Wait("all replicas to be the same", func() (bool, string) {
		var first cluster.Status
		for i, n := range c.Nodes() {
			s := n.Status()
			if i == 0 {
				first = s
			}
			for p := range s.Partitions {
				a, b := replicaOf(first.Partitions[p], c.Nodes()[0].Name()), replicaOf(s.Partitions[p], n.Name())
				if a.Applied != b.Applied || a.HashIndex == b.HashIndex && a.StateHash != b.StateHash {
					return false, fmt.Sprintf("partition %d: %+v, %+v", p, a, b)
				}
			}
		}
		return true, ""
	})
}

func replicaOf(p cluster.PartitionStatus, node string) cluster.ReplicaStatus {
	for _, r := range p.Replicas {
		if r.Node == node {
			return r
		}
	}
	return cluster.ReplicaStatus{}
}
