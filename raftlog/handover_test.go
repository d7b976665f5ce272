package raftlog

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/actors/seatmap"
)

func TestAFollowerThatDidNotTakeALeadIsNotOfferedItAgainForAWhile(t *testing.T) {
	var h handovers
	start := time.Now()
	h.fail(3, "n2", start)
	for _, c := range []struct {
		term  uint64
		to    string
		after time.Duration
		want  bool
	}{
		{3, "n2", handoverPause - 1, false}, {3, "n2", handoverPause, true}, {3, "n3", 0, true}, {4, "n2", 0, true},
	} {
		if got := h.may(c.term, c.to, start.Add(c.after)); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	h.fail(4, "n3", start)
	if !h.may(4, "n2", start) || h.may(4, "n3", start) {
		t.Error("a new term's failures are not its own")
	}
}

// busyRaft leads, and says for ever that its lead is being handed over.
type busyRaft struct{ fakeLead }

func (busyRaft) Barrier(time.Duration) raft.Future {
	return failed{raft.ErrLeadershipTransferInProgress}
}

// fakeLead is a Raft instance of which nothing matters.
type fakeLead struct{}

func (fakeLead) LeaderWithID() (raft.ServerAddress, raft.ServerID) { return "", "n1" }
func (fakeLead) CurrentTerm() uint64                               { return 7 }
func (fakeLead) ReloadableConfig() raft.ReloadableConfig           { return raft.ReloadableConfig{} }
func (fakeLead) ReloadConfig(raft.ReloadableConfig) error          { return nil }

type failed struct{ err error }

func (f failed) Error() error { return f.err }

func TestALeadThatIsRefusedForAHandingOverWithoutEndAsksForANewInstance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProposer(func() int64 { return 0 }, func() int64 { return 0 }, 1, newMetrics(nil, 0))
		l := newLeadership("n1", Timing{}, p, newLeadBoard(), quiet(t))
		l.raft = busyRaft{}
		l.routines.Go(l.makeReady)
		l.gain()
		time.Sleep(handoverStuck - time.Second)
		select {
		case <-l.stuck:
			t.Error("it is called stuck before it must be")
		default:
		}
		time.Sleep(2 * time.Second)
		select {
		case <-l.stuck:
		default:
			t.Error("nobody is told")
		}
		l.rest()
		l.routines.Wait()
	})
}

// What is stuck is opened anew, and the group goes on.
func TestAGroupThatIsStuckIsOpenedAnew(t *testing.T) {
	s := newStage(t, "bolt", nil)
	s.openEvent("opening", 100, 480)
	n := s.nodes[s.leader()]
	n.group.mu.RLock()
	stuck := n.group.instance.leadership.stuck
	n.group.mu.RUnlock()
	stuck <- struct{}{}
	until(t, "the instance is opened anew", func() bool { return metric(t, n, "parterre_raftlog_reopens_total") == 1 })
	s.leader()
	if a := s.ask(hold("opening", 1, 1)); a.Code != seatmap.CodeOK {
		t.Errorf("afterwards: %s", a.Code)
	}
	s.agree()
}

// A lead that could not be handed over to a follower that answers nothing, twice, and then was lost: upstream, the second
// attempt never ends, and a later lead of that node refuses everything because of it (raft v1.7.3, leadershipTransfer).
func TestUpstreamALeadThatCouldNotBeHandedOverDoesNotSpoilTheNext(t *testing.T) {
	s := newStage(t, "bolt", nil)
	s.openEvent("opening", 100, 480)
	s.agree()
	from := s.leader()
	deaf := s.followers()[0]
	transfer := func(node, to int) error {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		return s.nodes[node].group.TransferLeadership(ctx, s.nodes[to].name)
	}
	s.network.cut(byte(deaf), byte(from)) // it hears, and its answers do not arrive
	if _, err := s.try(from, hold("opening", 1, 1)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if transfer(from, deaf) == nil {
			t.Fatal("the lead went to a node whose answers do not arrive")
		}
	}
	if err := transfer(from, deaf); !errors.Is(err, errHandoverFailed) {
		t.Errorf("it is offered the lead again at once: %v", err)
	}
	s.network.isolate(byte(from))
	until(t, "the lead is lost", func() bool { return !s.nodes[from].group.Lead().Self })
	s.network.heal()
	until(t, "the lead comes back and is worth something", func() bool {
		if lead := s.nodes[from].group.Lead(); lead.Self {
			return lead.Ready
		}
		_ = transfer(s.leader(), from)
		return false
	})
	if _, err := s.try(from, hold("opening", 2, 2)); err != nil {
		t.Fatal(err)
	}
}
