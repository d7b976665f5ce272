package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/cluster/clustertest"
	"github.com/parterre/parterre/raftlog"
)

// registries gives every start of every node a registry of its own.
type registries struct {
	mu  sync.Mutex
	all map[int]*prometheus.Registry
}

func (r *registries) option() clustertest.Option {
	r.all = map[int]*prometheus.Registry{}
	return clustertest.Configure(func(i int, c *cluster.Config) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.all[i] = prometheus.NewRegistry()
		c.Registerer = r.all[i]
	})
}

func (r *registries) value(t *testing.T, i int, name string) float64 {
	t.Helper()
	r.mu.Lock()
	g := r.all[i]
	r.mu.Unlock()
	return metric(t, g, name)
}

func TestAnyNodeTakesAnyCommandAndForwardsItOnce(t *testing.T) {
	var r registries
	c := clustertest.Start(t, 3, r.option())
	c.MakeEvent("opening", 10)
	leader := c.Leader("opening")
	for i, n := range c.Nodes() {
		before := r.value(t, i, "parterre_cluster_forwarded_commands_total")
		decided(t, n, clustertest.Hold("opening", clustertest.Seat(i)), seatmap.CodeOK)
		forwarded := r.value(t, i, "parterre_cluster_forwarded_commands_total") - before
		if want := map[bool]float64{true: 0, false: 1}[i == leader]; forwarded != want {
			t.Errorf("%s, leader %s: forwarded %v times, want %v", n.Name(), c.Name(leader), forwarded, want)
		}
	}
	// One hop: a node that does not lead refuses what a peer sends, and does not pass it on.
	follower := c.Node(c.Other(leader))
	b := &raftlog.Batch{Commands: []command.Command{*clustertest.Hold("opening", "S-9")}, Done: func(*raftlog.Batch) { t.Error("decided") }}
	if err := follower.SubmitLocal(follower.PartitionOf("opening"), b); !errors.Is(err, raftlog.ErrNotLeader) {
		t.Errorf("want ErrNotLeader, got %v", err)
	}
}

func TestPromise3_ARetryIsHarmless(t *testing.T) {
	c := clustertest.Start(t, 3)
	c.MakeEvent("opening", 10)
	h := clustertest.Hold("opening", "S-1", "S-2")
	first := decided(t, c.Node(0), h, seatmap.CodeOK).Answer
	again := func(n *cluster.Node) {
		t.Helper()
		got := decided(t, n, h, seatmap.CodeOK).Answer
		if !got.Replayed {
			t.Error("it does not say that it is the first answer again")
		}
		got.Replayed = false
		if diff := cmp.Diff(first, got); diff != "" {
			t.Error(diff)
		}
	}
	for _, n := range c.Nodes() {
		again(n)
	}
	leader := c.Leader("opening")
	c.Kill(leader)
	again(c.Node(c.Other(leader)))
	c.Restart(leader)
	again(c.Node(leader))
	if counts := freshView(t, c.Node(leader), "opening").Counts(); counts.Holds != 1 || counts.Held != 2 {
		t.Errorf("%+v", counts)
	}
}

func TestALeaderKilledUnderLoadLosesAndRefusesNothing(t *testing.T) {
	c := clustertest.Start(t, 3)
	const seats = 6_000
	c.MakeEvent("opening", seats)
	leader := c.Leader("opening")
	a, b := c.Other(leader), c.Other(leader, c.Other(leader))
	r := rush(t, "opening", 8, seats, c.Node(a), c.Node(b))
	r.waitFor(c, 300)
	c.Kill(leader)
	r.waitFor(c, r.done.Load()+300) // they go on with a new leader
	c.Restart(leader)
	r.audit(t, c.Node(leader))
	c.WaitSame()
}

func TestAPartitionedLeaderIsReplacedAndPromisesNothing(t *testing.T) {
	c := clustertest.Start(t, 3)
	c.MakeEvent("opening", 20_000)
	leader := c.Leader("opening")
	other := c.Other(leader)
	r := rush(t, "opening", 4, 20_000, c.Node(other)) // their requests are under way to the leader when it is cut off
	r.waitFor(c, 100)
	c.Isolate(leader)
	lost := clustertest.Hold("opening", "S-19999")
	if got, err := c.Node(leader).Submit(within(t, 1_500*time.Millisecond), lost); !errors.Is(err, cluster.ErrNoLeader) && !errors.Is(err, cluster.ErrOutcomeUnknown) {
		t.Errorf("decided without a majority: %+v, %v", got, err)
	}
	r.waitFor(c, r.done.Load()+100)
	c.Net.Heal()
	decided(t, c.Node(leader), lost, seatmap.CodeOK) // whatever became of it, with the same key it is there once
	r.stop()
	r.acked = append(r.acked, held{id: lost.Request.ID, seat: "S-19999"})
	r.audit(t, c.Node(leader))
	c.WaitSame()
}

// slow elections keep a leader that is cut off in the belief that it leads, so that its outcome is unknown for sure.
func slowElections() clustertest.Option {
	return clustertest.Configure(func(_ int, c *cluster.Config) {
		c.Timing = raftlog.Timing{Heartbeat: 1500 * time.Millisecond, Election: 1500 * time.Millisecond, LeaderLease: 1500 * time.Millisecond}
	})
}

func TestWhenTimeEndsAnOutcomeIsUnknownOnlyIfItMayBe(t *testing.T) {
	t.Parallel() // it mostly waits
	c := clustertest.Start(t, 3, slowElections())
	c.MakeEvent("opening", 10)
	leader := c.Leader("opening")
	h := clustertest.Hold("opening", "S-1")
	c.Isolate(leader)
	if _, err := c.Node(leader).Submit(within(t, 200*time.Millisecond), h); !errors.Is(err, cluster.ErrOutcomeUnknown) {
		t.Fatalf("proposed, and the majority is gone: want ErrOutcomeUnknown, got %v", err)
	}
	c.Wait("the leader to notice", func() (bool, string) {
		lead := c.Node(leader).LeaderOf(c.Node(leader).PartitionOf("opening"))
		return lead == "", lead
	})
	if _, err := c.Node(leader).Submit(within(t, 200*time.Millisecond), clustertest.Hold("opening", "S-2")); !errors.Is(err, cluster.ErrNoLeader) {
		t.Fatalf("nothing can be proposed: want ErrNoLeader, got %v", err)
	}
	if _, err := c.Node(leader).Submit(within(t, 200*time.Millisecond), clustertest.GetHold("opening", h.Request.ID)); !errors.Is(err, cluster.ErrNoLeader) {
		t.Fatalf("a read changes nothing that could be unknown: want ErrNoLeader, got %v", err)
	}
	c.Net.Heal()
	first := decided(t, c.Node(c.Other(leader)), h, seatmap.CodeOK)
	second := decided(t, c.Node(leader), h, seatmap.CodeOK)
	if !second.Answer.Replayed || second.Answer.ID != first.Answer.ID || second.Answer.Revision != first.Answer.Revision {
		t.Errorf("%+v, then %+v", first.Answer, second.Answer)
	}
}

func TestPromise5_OverloadIsRefusedEarly(t *testing.T) {
	const room = 4
	c := clustertest.Start(t, 3, clustertest.Configure(func(_ int, c *cluster.Config) { c.Limits.EventCommands = room }))
	c.MakeEvent("opening", 10)
	c.MakeEvent("matinee", 10)
	leader := c.Leader("opening")
	n := c.Node(leader)
	c.Isolate(leader)
	c.Wait("the lead to be lost", func() (bool, string) { return n.LeaderOf(n.PartitionOf("opening")) == "", "" })

	accepted := make(chan error, room)
	for i := range room {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), long)
			defer cancel()
			r, err := n.Submit(ctx, clustertest.Hold("opening", clustertest.Seat(i)))
			if err == nil && r.Answer.Code != seatmap.CodeOK {
				err = errors.New(r.Answer.Code.String())
			}
			accepted <- err
		}()
	}
	c.Wait("the event to be full", func() (bool, string) { return n.InFlight("opening") == room, fmt.Sprint(n.InFlight("opening")) })
	// One more is refused at once: long before its own time is over, and while those before it still wait.
	if _, err := n.Submit(within(t, long), clustertest.Hold("opening", "S-9")); !errors.Is(err, cluster.ErrOverloaded) {
		t.Errorf("want ErrOverloaded, got %v", err)
	}
	if _, err := n.Submit(within(t, 50*time.Millisecond), clustertest.Hold("matinee", "S-1")); errors.Is(err, cluster.ErrOverloaded) {
		t.Error("another event is refused, too")
	}
	select {
	case err := <-accepted:
		t.Fatalf("accepted work ended: %v", err)
	default:
	}
	c.Net.Heal()
	for range room {
		if err := <-accepted; err != nil {
			t.Errorf("accepted work failed: %v", err)
		}
	}
	decided(t, n, clustertest.Hold("opening", "S-9"), seatmap.CodeOK)
}

func TestAWriteWithoutAKeyGetsOne(t *testing.T) {
	c := clustertest.Start(t, 1)
	c.MakeEvent("opening", 10)
	h := clustertest.Hold("opening", "S-1")
	h.Request.Key = seatmap.Key{}
	decided(t, c.Node(0), h, seatmap.CodeOK)
	if h.Request.Key != (seatmap.Key{}) {
		t.Error("the caller's command was changed")
	}
	if got := freshView(t, c.Node(0), "opening").Counts().Keys; got != 1 {
		t.Errorf("%d keys are remembered, want 1", got)
	}
}

func TestACommandThatNoReplicaCouldReadIsNotProposed(t *testing.T) {
	c := clustertest.Start(t, 1)
	var limit *command.LimitError
	if _, err := c.Node(0).Submit(within(t, long), &command.Command{Kind: 99, Event: "opening"}); !errors.As(err, &limit) {
		t.Errorf("want a LimitError, got %v", err)
	}
	if n := c.Node(0); !n.Ready() {
		t.Errorf("%+v", n.Checks())
	}
}

func TestASoldSeatIsRefusedWithoutTheLog(t *testing.T) {
	for _, off := range []bool{false, true} {
		var r registries
		c := clustertest.Start(t, 1, r.option(), clustertest.Configure(func(_ int, c *cluster.Config) { c.NoFastFail = off }))
		c.MakeEvent("opening", 10)
		n := c.Node(0)
		decided(t, n, clustertest.Hold("opening", "S-2"), seatmap.CodeOK)
		revision := decided(t, n, clustertest.Sale("opening", "S-1"), seatmap.CodeOK).Answer.Revision
		freshView(t, n, "opening")

		got := decided(t, n, clustertest.Hold("opening", "S-3", "S-1"), seatmap.CodeSeatUnavailable).Answer
		if diff := cmp.Diff([]string{"S-1"}, got.Labels); diff != "" || got.Revision != revision {
			t.Errorf("%+v, want revision %d; %s", got, revision, diff)
		}
		// A held seat comes free all the time, and a caller's key must be remembered: the log decides.
		decided(t, n, clustertest.Hold("opening", "S-2"), seatmap.CodeSeatUnavailable)
		keyed := clustertest.Hold("opening", "S-1")
		keyed.Request.CallerKey = true
		decided(t, n, keyed, seatmap.CodeSeatUnavailable)
		decided(t, n, clustertest.Hold("opening", "S-1", "S-99"), seatmap.CodeUnknownSeat)
		if got, want := r.value(t, 0, "parterre_cluster_fast_fails_total"), map[bool]float64{false: 1, true: 0}[off]; got != want {
			t.Errorf("switched off %v: %v fast fails, want %v", off, got, want)
		}
	}
}
