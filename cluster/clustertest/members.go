package clustertest

import (
	"context"
	"fmt"

	"github.com/parterre/parterre/cluster"
)

// NewNode makes a place for a node that is to join with that role, and starts and adds none. It returns its number.
func (c *Cluster) NewNode(role cluster.Role) int {
	c.t.Helper()
	return c.addSlot(role)
}

// AddNode starts a node that joins with that role, adds it to the members, and waits until it is ready.
func (c *Cluster) AddNode(role cluster.Role) int {
	c.t.Helper()
	i := c.NewNode(role)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	started := make(chan error, 1)
	go func() { started <- c.StartNode(ctx, i) }()
	_, err := c.Witness(i).AddMember(ctx, c.NewMember(i))
	if startErr := <-started; startErr != nil {
		c.t.Fatalf("clustertest: %s does not join: %v", c.Name(i), startErr)
	}
	if err != nil {
		c.t.Fatalf("clustertest: %s is not added: %v", c.Name(i), err)
	}
	c.Wait(c.Name(i)+" to be ready", func() (bool, string) { return c.Node(i).Ready(), fmt.Sprintf("%+v", c.Node(i).Checks()) })
	return i
}

// NewMember is what the members are told of the i-th node.
func (c *Cluster) NewMember(i int) cluster.NewMember {
	return cluster.NewMember{Node: c.Name(i), Peer: c.members[i].Peer, HTTP: "http://" + c.Name(i) + ".test", Role: c.slots[i].role}
}

// Witness is a member that runs and is not the i-th node.
func (c *Cluster) Witness(i int) *cluster.Node {
	c.t.Helper()
	for _, n := range c.Nodes() {
		if n.Name() != c.Name(i) && !n.Removed() {
			return n
		}
	}
	c.t.Fatal("clustertest: no other member runs")
	return nil
}

// Promote gives a learner its vote in every partition.
func (c *Cluster) Promote(i int) {
	c.t.Helper()
	c.member("promoted", i, cluster.MemberVoter, (*cluster.Node).PromoteMember)
}

// AddVoter is AddNode, and Promote.
func (c *Cluster) AddVoter() int {
	c.t.Helper()
	i := c.AddNode(cluster.RoleVoter)
	c.Promote(i)
	return i
}

// RemoveNode removes a node from the members, whether it runs or not, and leaves it as it is.
func (c *Cluster) RemoveNode(i int) {
	c.t.Helper()
	c.member("removed", i, cluster.MemberRemoved, (*cluster.Node).RemoveMember)
}

// member waits until an order is followed. What a learner lacks may come in a moment.
func (c *Cluster) member(what string, i int, want cluster.MemberState, order func(*cluster.Node, context.Context, string) (cluster.MemberStatus, error),
) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c.Wait(c.Name(i)+" to be "+what, func() (bool, string) {
		s, err := order(c.Witness(i), ctx, c.Name(i))
		return err == nil && s.State == want, fmt.Sprintf("%+v, %v", s, err)
	})
}
