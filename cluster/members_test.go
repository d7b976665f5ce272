package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"net"
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
	m := n.Members()
	for _, m := range m.Members {
		votes := 0
		for _, p := range m.Partitions {
			if p.Suffrage == "voter" {
				votes++
			}
		}
		parts = append(parts, fmt.Sprintf("%s %s %d", m.Node, m.State, votes))
	}
	for _, r := range m.Removed {
		parts = append(parts, r.Node+" removed")
	}
	return strings.Join(parts, ", ")
}

// waitStates waits until every member that runs tells the same members.
func waitStates(c *clustertest.Cluster, want string) {
	for _, n := range c.Nodes() {
		if !n.Removed() {
			c.Wait(n.Name()+" to know the members", func() (bool, string) { return states(n) == want || n.Removed(), states(n) })
		}
	}
}

func wantOrderRefused(t *testing.T, err error, code string) {
	t.Helper()
	var refusal *cluster.MemberError
	if !errors.As(err, &refusal) || refusal.Code != code {
		t.Errorf("want a refusal %s, got %v", code, err)
	}
}

func TestThreeVotersBecomeFiveAndThreeAgainUnderLoad(t *testing.T) {
	t.Parallel() // it mostly waits
	c := clustertest.Start(t, 3)
	const seats = 100_000
	c.MakeEvent("opening", seats)
	r := rush(t, "opening", 1, seats, c.Node(1), c.Node(2)) // those that stay
	r.waitFor(c, 20)
	n4, n5 := c.AddVoter(), c.AddVoter()
	waitStates(c, "n1 voter 3, n2 voter 3, n3 voter 3, n4 voter 3, n5 voter 3")
	r.waitFor(c, r.done.Load()+20)
	c.RemoveNode(0)
	c.RemoveNode(n4)
	waitStates(c, "n2 voter 3, n3 voter 3, n5 voter 3, n1 removed, n4 removed")
	r.waitFor(c, r.done.Load()+20)
	r.audit(t, c.Node(n5))
	c.Stop(0)
	c.Stop(n4)
	c.Kill(1) // two of the three that are left are a majority
	decided(t, c.Node(n5), clustertest.Hold("opening", clustertest.Seat(seats-1)), seatmap.CodeOK)
	c.WaitSame()
}

// Links and Raft's transport keep connections to peers; those to a node that is gone would be kept for ever.
func TestNothingIsKeptThatBindsTheOthersToARemovedNode(t *testing.T) {
	t.Parallel() // it mostly waits
	c := clustertest.Start(t, 3)
	n4 := c.AddVoter()
	c.RemoveNode(n4)
	c.Stop(n4)
	for i := range 3 {
		c.Wait(c.Name(i)+" to let go of what is gone", func() (bool, string) {
			open := c.Net.Between(c.Name(i), c.Name(n4))
			return open == 0, fmt.Sprintf("%d connections", open)
		})
	}
}

// What --cluster says at a restart is what it said at the first start, and is long not true any more.
func TestAllNodesRestartAfterTheMembersChanged(t *testing.T) {
	t.Parallel() // it mostly waits
	c := clustertest.Start(t, 3)
	c.MakeEvent("opening", 10)
	h := clustertest.Hold("opening", "S-1")
	decided(t, c.Node(0), h, seatmap.CodeOK)
	n4 := c.AddVoter()
	c.RemoveNode(0)
	c.Wait("n1 to know", func() (bool, string) { return c.Node(0).Removed(), "" })
	waitStates(c, "n2 voter 3, n3 voter 3, n4 voter 3, n1 removed")
	for _, n := range []int{0, 1, 2, n4} {
		c.Kill(n)
	}
	for _, n := range []int{1, 2, n4} {
		c.Restart(n)
	}
	c.WaitReady()
	waitStates(c, "n2 voter 3, n3 voter 3, n4 voter 3, n1 removed")
	decided(t, c.Node(n4), clustertest.GetHold("opening", h.Request.ID), seatmap.CodeOK)
	c.Kill(1) // and n4's vote counts
	decided(t, c.Node(2), clustertest.Hold("opening", "S-2"), seatmap.CodeOK)
	wantStartError(t, c.StartNode(within(t, long), 0), "node n1 was removed", "name never comes back", "member add")
}

func TestALeaderThatIsRemovedHandsOverFirst(t *testing.T) {
	t.Parallel() // it mostly waits
	c := clustertest.Start(t, 3)
	const seats = 100_000
	c.MakeEvent("opening", seats)
	leader := c.Leader("opening")
	for p := range uint32(3) { // and of partition 0, which is where members are changed
		if err := c.Node(leader).Transfer(within(t, long), p, c.Name(leader)); err != nil && c.LeaderOf(p) != leader {
			t.Fatal(err)
		}
	}
	r := rush(t, "opening", 1, seats, c.Node(c.Other(leader)), c.Node(c.Other(leader, c.Other(leader))))
	r.waitFor(c, 20)
	c.RemoveNode(leader)
	c.Wait("it to know", func() (bool, string) { return c.Node(leader).Removed(), "" })
	if n := c.Node(leader); n.Ready() || checkOf(t, n, "member").OK {
		t.Errorf("%+v", n.Checks())
	}
	if _, err := c.Node(leader).Submit(within(t, long), clustertest.Hold("opening", clustertest.Seat(seats-1))); !errors.Is(err, cluster.ErrRemoved) ||
		!errors.Is(err, cluster.ErrNoLeader) {
		t.Errorf("want ErrRemoved, got %v", err)
	}
	r.waitFor(c, r.done.Load()+20)
	r.audit(t, c.Node(c.Other(leader)))
}

// The one that took the order dies at once. Whoever leads next brings it to its end.
func TestAChangeIsFinishedByWhoeverLeadsNext(t *testing.T) {
	for _, change := range []string{"add", "promote", "remove"} {
		t.Run(change, func(t *testing.T) {
			t.Parallel() // it mostly waits
			c := clustertest.Start(t, 3)
			n4, want := 3, "n1 voter 3, n2 voter 3, n3 voter 3, n4 "
			if change == "add" {
				n4 = c.NewNode(cluster.RoleVoter)
			} else {
				n4 = c.AddNode(cluster.RoleVoter)
			}
			driver := c.Node(c.LeaderOf(0))
			order := map[string]func(context.Context) (cluster.MemberStatus, error){
				"add":     func(ctx context.Context) (cluster.MemberStatus, error) { return driver.AddMember(ctx, c.NewMember(n4)) },
				"promote": func(ctx context.Context) (cluster.MemberStatus, error) { return driver.PromoteMember(ctx, "n4") },
				"remove":  func(ctx context.Context) (cluster.MemberStatus, error) { return driver.RemoveMember(ctx, "n4") },
			}[change]
			begun := map[string]cluster.MemberState{
				"add": cluster.MemberJoining, "promote": cluster.MemberPromoting, "remove": cluster.MemberLeaving,
			}[change]
			ctx := within(t, long)
			go func() {
				var refusal *cluster.MemberError
				for _, err := order(ctx); errors.As(err, &refusal); _, err = order(ctx) { // it has not told all yet that it is ready
					time.Sleep(10 * time.Millisecond)
				}
			}()
			c.Wait("the order to be taken", func() (bool, string) {
				for _, m := range driver.Members().Members {
					if m.Node == "n4" && (m.State == begun || change == "promote" && m.State == cluster.MemberVoter) {
						return true, ""
					}
				}
				return change == "remove" && len(driver.Members().Removed) > 0, states(driver)
			})
			dead := c.Index(driver.Name())
			c.Kill(dead)
			switch change {
			case "add":
				c.Wait("n4 to be a learner", func() (bool, string) { s := states(c.Witness(n4)); return strings.HasPrefix(s, want+"learner 0"), s })
			case "promote":
				c.Wait("n4 to vote", func() (bool, string) { s := states(c.Witness(n4)); return s == want+"voter 3", s })
			case "remove":
				c.Wait("n4 to be gone", func() (bool, string) {
					s := states(c.Witness(n4))
					return s == "n1 voter 3, n2 voter 3, n3 voter 3, n4 removed", s
				})
			}
			c.Restart(dead)
		})
	}
}

// A node that was down while it was removed comes back with its data, its votes and its old idea of the members.
func TestARemovedNodeThatComesBackIsRefusedAndDisturbsNobody(t *testing.T) {
	t.Parallel() // it mostly waits
	c := clustertest.Start(t, 3)
	c.MakeEvent("opening", 10)
	n4 := c.AddVoter()
	c.Kill(n4)
	c.RemoveNode(n4)
	waitStates(c, "n1 voter 3, n2 voter 3, n3 voter 3, n4 removed")
	before := c.Node(0).Status()
	c.Restart(n4)
	c.Wait("it to be told", func() (bool, string) { return c.Node(n4).Removed(), fmt.Sprintf("%+v", c.Node(n4).Checks()) })
	if check := checkOf(t, c.Node(n4), "member"); check.OK || !strings.Contains(check.Detail, "removed from the cluster") {
		t.Errorf("%+v", check)
	}
	decided(t, c.Node(0), clustertest.Hold("opening", "S-1"), seatmap.CodeOK)
	for p, now := range c.Node(0).Status().Partitions {
		if now.Leader != before.Partitions[p].Leader {
			t.Logf("partition %d is led by %s, and was by %s", p, now.Leader, before.Partitions[p].Leader)
		}
		if now.Term > before.Partitions[p].Term+1 { // a leadership may be moved for balance meanwhile
			t.Errorf("partition %d has come from term %d to %d", p, before.Partitions[p].Term, now.Term)
		}
	}
	c.Kill(n4)
	wantStartError(t, c.StartNode(within(t, long), n4), "node n4 was removed")
	c.Wipe(n4)
	wantStartError(t, c.StartNode(within(t, long), n4), "node n4 was removed")
	_, err := c.Node(0).AddMember(within(t, long), c.NewMember(n4))
	wantOrderRefused(t, err, cluster.MemberNameUsed)
}

func TestAGatewayForwardsEverythingAndSurvivesChangesOfLeaders(t *testing.T) {
	t.Parallel() // it mostly waits
	c := clustertest.Start(t, 3)
	const seats = 100_000
	c.MakeEvent("opening", seats)
	g := c.AddNode(cluster.RoleGateway)
	waitStates(c, "n1 voter 3, n2 voter 3, n3 voter 3, n4 gateway 0")
	r := rush(t, "opening", 2, seats, c.Node(g))
	r.waitFor(c, 20)
	leader := c.Leader("opening")
	c.Kill(leader)
	r.waitFor(c, r.done.Load()+20)
	c.Restart(leader)
	r.waitFor(c, r.done.Load()+20)
	r.audit(t, c.Node(g)) // which reads by strong reads, through the gateway
	if load := leaders(c, 3); load[c.Name(g)] != 0 {
		t.Errorf("the gateway leads: %v", load)
	}
	c.Kill(g) // nobody needs it
	decided(t, c.Node(0), clustertest.Hold("opening", clustertest.Seat(seats-1)), seatmap.CodeOK)
	_, err := c.Node(0).PromoteMember(within(t, long), c.Name(g))
	wantOrderRefused(t, err, cluster.MemberInvalid)
}

func TestUnsafeOrdersAreRefusedInWords(t *testing.T) {
	t.Parallel() // it mostly waits
	c := clustertest.Start(t, 3)
	n := c.Node(0)
	ctx := within(t, long)
	add := func(node, peer string, role cluster.Role) error {
		_, err := n.AddMember(ctx, cluster.NewMember{Node: node, Peer: peer, Role: role})
		return err
	}
	wantOrderRefused(t, add("n 4", "127.0.0.1:1", cluster.RoleVoter), cluster.MemberInvalid)
	wantOrderRefused(t, add("n4", "127.0.0.1", cluster.RoleVoter), cluster.MemberInvalid)
	wantOrderRefused(t, add("n4", "127.0.0.1:1", "king"), cluster.MemberInvalid)
	wantOrderRefused(t, add("n2", "127.0.0.1:1", cluster.RoleVoter), cluster.MemberExists)
	wantOrderRefused(t, add("n4", n.Members().Members[1].Peer, cluster.RoleVoter), cluster.MemberExists)
	_, err := n.PromoteMember(ctx, "n9")
	wantOrderRefused(t, err, cluster.MemberUnknown)
	_, err = n.RemoveMember(ctx, "n9")
	wantOrderRefused(t, err, cluster.MemberUnknown)

	if err := add("n4", "127.0.0.1:1", cluster.RoleVoter); err != nil { // nobody listens there
		t.Fatal(err)
	}
	_, err = n.PromoteMember(ctx, "n4")
	wantOrderRefused(t, err, cluster.MemberNotCaughtUp)
	if s, err := n.AddMember(ctx, cluster.NewMember{Node: "n4", Peer: "127.0.0.1:1"}); err != nil || s.State != cluster.MemberLearner {
		t.Errorf("asked again: %+v, %v", s, err)
	}
	if s, err := n.RemoveMember(ctx, "n4"); err != nil || s.State != cluster.MemberRemoved {
		t.Errorf("%+v, %v", s, err)
	}
	wantOrderRefused(t, add("n4", "127.0.0.1:1", cluster.RoleVoter), cluster.MemberNameUsed)

	c.Kill(2)                                   // a moment ago: nobody need have noticed
	for _, node := range []string{"n1", "n2"} { // of n1 and n3, or n2 and n3, both would have to be there
		c.Wait("the refusal", func() (bool, string) { // a leader that just died takes no orders
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			_, err := n.RemoveMember(ctx, node)
			var refusal *cluster.MemberError
			return errors.As(err, &refusal) && refusal.Code == cluster.MemberNoMajority, fmt.Sprint(err)
		})
	}
	c.RemoveNode(2) // the dead one may go
}

func TestOneChangeAtATime(t *testing.T) {
	t.Parallel() // it mostly waits
	c := clustertest.Start(t, 2)
	n := c.Node(c.LeaderOf(0))
	c.Net.Cut("n1", "n2") // so that nothing is done any more; the order below is not even written
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	s, err := n.AddMember(ctx, cluster.NewMember{Node: "n4", Peer: "127.0.0.1:1"})
	if err == nil {
		t.Fatalf("without a majority: %+v", s)
	}
	c.Net.Heal()
	c.WaitReady()
}

// A node that takes the address of another is not taken for it.
func TestANodeAtAnothersAddressIsNotCountedInItsPlace(t *testing.T) {
	t.Parallel() // it mostly waits
	c := clustertest.Start(t, 3)
	c.Kill(2)
	l, err := net.Listen("tcp", c.Node(0).Members().Members[2].Peer)
	if err != nil {
		t.Fatal(err)
	}
	config := c.Config(2)
	config.Node, config.Dir, config.Listener = "n9", t.TempDir(), l
	config.Members, config.Join = nil, []string{c.Node(0).Members().Members[0].Peer}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	n, err := cluster.Start(ctx, config)
	if err == nil {
		t.Fatal("it joined under a name that nobody added: ", n.Close())
	}
	wantStartError(t, err, "waited in vain to be a member", "does not count this node", "member add n9")
	_, err = c.Node(0).AddMember(within(t, long), cluster.NewMember{Node: "n9", Peer: l.Addr().String()})
	wantOrderRefused(t, err, cluster.MemberExists)
}
