package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/cluster/clustertest"
	"github.com/parterre/parterre/raftlog"
)

// leaders is how many partitions each node leads, by its own word.
func leaders(c *clustertest.Cluster, partitions int) map[string]int {
	load := map[string]int{}
	for p := range partitions {
		load[c.Name(c.LeaderOf(uint32(p)))]++
	}
	return load
}

func waitBalanced(c *clustertest.Cluster) {
	c.Wait("one leadership for each node", func() (bool, string) {
		load := leaders(c, 3)
		return len(load) == 3, fmt.Sprint(load)
	})
}

// calm are intervals at which even a starved machine does not elect by mistake.
func calm() clustertest.Option {
	const interval = 2 * time.Second
	return clustertest.Configure(func(_ int, c *cluster.Config) {
		c.Timing = raftlog.Timing{Heartbeat: interval, Election: interval, LeaderLease: interval}
	})
}

func TestTheBalancerGivesEachNodeItsShare(t *testing.T) {
	t.Parallel() // it mostly waits
	c := clustertest.Start(t, 3)
	waitBalanced(c)
	c.Kill(0) // its share goes to the others
	c.WaitReady()
	c.Restart(0)
	c.WaitReady()
	waitBalanced(c) // and comes back
}

func TestALeadershipStaysWhereAnOperatorMovedIt(t *testing.T) {
	t.Parallel() // it mostly waits
	c := clustertest.Start(t, 3, calm())
	waitBalanced(c)
	from := c.LeaderOf(0)
	to := c.Other(from)
	asked := c.Node(c.Other(from, to)) // any node takes the order
	if err := asked.Transfer(within(t, long), 0, c.Name(to)); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(4 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if got := asked.LeaderOf(0); got != c.Name(to) {
			t.Fatalf("it went on to %q", got)
		}
	}
	if err := asked.Transfer(within(t, long), 9, "n1"); !errors.Is(err, cluster.ErrUnknownPartition) {
		t.Errorf("want ErrUnknownPartition, got %v", err)
	}
	if err := asked.Transfer(within(t, long), 0, "n9"); !errors.Is(err, cluster.ErrUnknownNode) {
		t.Errorf("want ErrUnknownNode, got %v", err)
	}
}

func TestATransferThatCannotBeSaysThatThereIsNoSuchLeaderNow(t *testing.T) {
	t.Parallel() // it mostly waits
	c := clustertest.Start(t, 3, calm())
	waitBalanced(c)
	from := c.LeaderOf(0)
	to := c.Other(from)
	asked := c.Node(c.Other(from, to))
	c.Kill(to)
	if err := asked.Transfer(within(t, long), 0, c.Name(to)); !errors.Is(err, cluster.ErrNoLeader) {
		t.Errorf("to a dead node: want ErrNoLeader, got %v", err)
	}
	c.Restart(to)
	c.WaitReady()
}

func TestANodeWithAWrongClockDoesNotLead(t *testing.T) {
	t.Parallel() // it mostly waits

	var skew [3]atomic.Int64 // milliseconds
	c := clustertest.Start(t, 3, clustertest.Configure(func(i int, config *cluster.Config) {
		config.ClockMillis = func() int64 { return time.Now().UnixMilli() + skew[i].Load() }
	}))
	waitBalanced(c)
	wrong := c.LeaderOf(0)
	n := c.Node(wrong)
	skew[wrong].Store(2_000)
	c.Wait("the wrong clock to lead nothing", func() (bool, string) {
		load := leaders(c, 3)
		return load[c.Name(wrong)] == 0, fmt.Sprint(load)
	})
	if check := checkOf(t, n, "clock"); check.OK {
		t.Errorf("%+v", check)
	}
	if !n.Ready() {
		t.Errorf("it still forwards and reads: %+v", n.Checks())
	}
	c.Wait("the others to know whose clock is off, and by how much", func() (bool, string) {
		nodes := c.Node(c.Other(wrong)).Status().Nodes
		return !slices.ContainsFunc(nodes, func(s cluster.NodeStatus) bool {
			d := s.ClockOffset - 2*time.Second
			return (s.Node == c.Name(wrong)) != (d.Abs() < 300*time.Millisecond)
		}), fmt.Sprint(nodes)
	})
	skew[wrong].Store(0)
	waitBalanced(c)
	if check := checkOf(t, n, "clock"); !check.OK {
		t.Errorf("%+v", check)
	}
}

func checkOf(t *testing.T, n *cluster.Node, name string) cluster.Check {
	t.Helper()
	for _, c := range n.Checks() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("there is no check %s", name)
	return cluster.Check{}
}

func TestDrainHandsOverAndFailsNoRequest(t *testing.T) {
	c := clustertest.Start(t, 3)
	const seats = 20_000
	c.MakeEvent("opening", seats)
	leader := c.Leader("opening")
	n := c.Node(leader)
	r := rush(t, "opening", 3, seats, c.Nodes()...) // through the node that drains, too
	r.waitFor(c, 200)
	if err := n.Drain(within(t, long)); err != nil {
		t.Fatal(err)
	}
	r.waitFor(c, r.done.Load()+200)
	if n.Ready() {
		t.Error("a node that drains says it is ready")
	}
	r.stop()
	c.Wait("it to lead nothing", func() (bool, string) {
		load := leaders(c, 3)
		return load[n.Name()] == 0, fmt.Sprint(load)
	})
	r.audit(t, c.Node(c.Other(leader)))
}

func TestANodeAloneDrainsToo(t *testing.T) {
	c := clustertest.Start(t, 1)
	c.MakeEvent("opening", 10)
	n := c.Node(0)
	decided(t, n, clustertest.Hold("opening", "S-1"), seatmap.CodeOK)
	if err := n.Drain(within(t, long)); err != nil {
		t.Fatal(err)
	}
	// There is nobody to wait for.
	if _, err := n.Submit(within(t, long), clustertest.Hold("opening", "S-2")); !errors.Is(err, cluster.ErrNoLeader) {
		t.Errorf("want ErrNoLeader, got %v", err)
	}
}

func TestEveryNodeTellsTheWholeClustersStatus(t *testing.T) {
	c := clustertest.Start(t, 3)
	c.MakeEvent("opening", 10)
	for _, n := range c.Nodes() {
		c.Wait("a full status", func() (bool, string) {
			s := n.Status()
			full := s.Cluster != "" && len(s.Nodes) == 3 && len(s.Partitions) == 3
			for _, m := range s.Nodes {
				full = full && m.Reachable && m.Ready && m.HTTP == "http://"+m.Node+".test" && m.Version == "test" && m.Peer != ""
			}
			for _, p := range s.Partitions {
				full = full && p.Leader != "" && p.Term > 0 && len(p.Replicas) == 3
				for _, r := range p.Replicas {
					full = full && r.Applied > 0 && r.Committed >= r.Applied && r.Halted == ""
				}
			}
			return full, fmt.Sprintf("%+v", s)
		})
	}
	c.Kill(2)
	c.Wait("the dead one to be missed", func() (bool, string) {
		s := c.Node(0).Status()
		return !s.Nodes[2].Reachable && s.Nodes[1].Reachable && s.Nodes[2].HTTP == "http://n3.test", fmt.Sprintf("%+v", s.Nodes)
	})
}

func TestSnapshotsAreTakenOfEveryPartition(t *testing.T) {
	c := clustertest.Start(t, 1)
	c.MakeEvent("opening", 10)
	h := clustertest.Hold("opening", "S-1")
	decided(t, c.Node(0), h, seatmap.CodeOK)
	if err := c.Node(0).Snapshot(within(t, long)); err != nil {
		t.Fatal(err)
	}
	c.Kill(0)
	c.Restart(0)
	decided(t, c.Node(0), clustertest.GetHold("opening", h.Request.ID), seatmap.CodeOK)
}

// The port goes first: a leader that cannot write must not keep its lead by heartbeats.
func TestAFatalFaultCutsThePeerPortBeforeTheOwnerIsTold(t *testing.T) {
	told := make(chan error, 2)
	c := clustertest.Start(t, 3, clustertest.Configure(func(i int, config *cluster.Config) {
		peer := config.Members[i].Peer
		config.OnFatal = func(err error) {
			if conn, dialErr := net.DialTimeout("tcp", peer, time.Second); dialErr == nil {
				_ = conn.Close()
				err = errors.New("the port was open when the owner was told")
			}
			told <- err
		}
	}))
	c.MakeEvent("opening", 10)
	leader := c.Leader("opening")
	fault := errors.New("the disk is on fire")
	c.Node(leader).FailStop(fault)
	c.Node(leader).FailStop(errors.New("and again"))
	select {
	case err := <-told:
		if !errors.Is(err, fault) {
			t.Error(err)
		}
	case <-time.After(long):
		t.Fatal("nobody was told")
	}
	if c.Node(leader).Ready() {
		t.Error("it says it is ready")
	}
	decided(t, c.Node(c.Other(leader)), clustertest.Hold("opening", "S-1"), seatmap.CodeOK)
	select {
	case err := <-told:
		t.Errorf("told twice: %v", err)
	default:
	}
}

func TestAHaltedLeaderIsReplaced(t *testing.T) {
	c := clustertest.Start(t, 3)
	c.MakeEvent("opening", 10)
	leader := c.Leader("opening")
	n := c.Node(leader)
	n.Halt(n.PartitionOf("opening"), errors.New("two replicas differ"))
	// Through the halted node, too: it still forwards.
	for i, through := range c.Nodes() {
		decided(t, through, clustertest.Hold("opening", clustertest.Seat(i)), seatmap.CodeOK)
	}
	if check := checkOf(t, n, "partitions"); check.OK || n.Ready() {
		t.Errorf("%+v, ready %v", check, n.Ready())
	}
	if err := n.ReadBarrier(within(t, long), "opening"); !errors.Is(err, cluster.ErrHalted) {
		t.Errorf("its replica shows nothing new any more: want ErrHalted, got %v", err)
	}
	c.Wait("the others to know", func() (bool, string) {
		halted := 0
		for _, p := range c.Node(c.Other(leader)).Status().Partitions {
			for _, r := range p.Replicas {
				if r.Halted != "" {
					halted++
				}
			}
		}
		return halted == 1, fmt.Sprint(halted)
	})
}

func TestAClosedNodeTakesNothing(t *testing.T) {
	c := clustertest.Start(t, 1)
	c.MakeEvent("opening", 10)
	n := c.Node(0)
	c.Kill(0)
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	if _, err := n.Submit(ctx, clustertest.Hold("opening", "S-1")); !errors.Is(err, cluster.ErrNoLeader) {
		t.Errorf("want ErrNoLeader, got %v", err)
	}
	if err := n.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}
