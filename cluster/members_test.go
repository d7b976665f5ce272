package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/cluster/clustertest"
)

// states is each member's state, and how many partitions count it as a voter, as a node tells.
func states(n *cluster.Node) string {
	var parts []string
	for _, m := range n.Members().Members {
		votes := 0
		for _, p := range m.Partitions {
			if p.Suffrage == "voter" {
				votes++
			}
		}
		parts = append(parts, fmt.Sprintf("%s %s %d", m.Node, m.State, votes))
	}
	for _, r := range n.Members().Removed {
		parts = append(parts, r.Node+" removed")
	}
	return strings.Join(parts, ", ")
}

func waitStates(c *clustertest.Cluster, want string) {
	for _, n := range c.Nodes() {
		if n.Removed() {
			continue
		}
		c.Wait(n.Name()+" to know the members", func() (bool, string) { return states(n) == want, states(n) })
	}
}

func wantRefused(t *testing.T, err error, code string) {
	t.Helper()
	var refusal *cluster.MemberError
	if !errors.As(err, &refusal) || refusal.Code != code {
		t.Errorf("want a refusal %s, got %v", code, err)
	}
}

func TestThreeVotersBecomeFiveAndThreeAgainUnderLoad(t *testing.T) {
	c := clustertest.Start(t, 3)
	const seats = 100_000
	c.MakeEvent("opening", seats)
	r := rush(t, "opening", 2, seats, c.Node(1), c.Node(2)) // those that stay
	r.waitFor(c, 50)
	n4, n5 := c.AddVoter(), c.AddVoter()
	waitStates(c, "n1 voter 3, n2 voter 3, n3 voter 3, n4 voter 3, n5 voter 3")
	r.waitFor(c, r.done.Load()+50)
	c.RemoveNode(0)
	c.RemoveNode(n4)
	waitStates(c, "n2 voter 3, n3 voter 3, n5 voter 3, n1 removed, n4 removed")
	r.waitFor(c, r.done.Load()+50)
	c.Stop(0)
	c.Stop(n4)
	c.Kill(1) // of the three that are left two are a majority
	decided(t, c.Node(n5), clustertest.Hold("opening", clustertest.Seat(seats-1)), seatmap.CodeOK)
	r.stop()
	_ = r
}

var _ = []any{context.Background, os.Getenv, time.Now}
