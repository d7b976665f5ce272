package raftlog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

func TestALaggingFollowerIsCaughtUpBySnapshot(t *testing.T) {
	onBothStores(t, func(t *testing.T, store string) {
		s := newStage(t, store, func(_ int, c *Config) { c.trailingLogs = 4 })
		s.openEvent("opening", 200, 480)
		lagging := s.followers()[0]
		s.stop(lagging)
		for n := range uint64(60) {
			s.ask(hold("opening", n, int(n)))
		}
		s.agree()
		s.snapshot(lagging)
		s.reopenAll(lagging)
		s.ask(hold("opening", 60, 60))
		s.mustRestart(lagging)
		s.agree()
		if c := s.counts(lagging, "opening"); c.Holds != 61 || c.Held != 61 {
			t.Errorf("%+v", c)
		}
		if n := metric(t, s.nodes[lagging], "parterre_raftlog_restores_total"); n != 1 {
			t.Errorf("%v snapshots restored, want 1", n)
		}
	})
}

func TestSnapshotsAreTakenByBytesAndByEntries(t *testing.T) {
	for name, tune := range map[string]func(_ int, c *Config){
		"by bytes":   func(_ int, c *Config) { c.SnapshotBytes = 1 << 10 },
		"by entries": func(_ int, c *Config) { c.SnapshotEntries = 20 },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, "bolt", tune)
			s.openEvent("opening", 200, 480)
			for n := range uint64(40) {
				s.ask(hold("opening", n, int(n)))
			}
			for _, n := range s.nodes {
				until(t, "a snapshot on "+n.name, func() bool { return metric(t, n, "parterre_raftlog_snapshots_total") > 0 })
			}
			for node := range s.nodes {
				s.stop(node)
			}
			for node := range s.nodes {
				s.mustRestart(node)
			}
			s.agree()
			if c := s.counts(0, "opening"); c.Holds != 40 {
				t.Errorf("%+v", c)
			}
		})
	}
}

func TestADamagedSnapshotIsRefused(t *testing.T) {
	onBothStores(t, func(t *testing.T, store string) {
		s := newStage(t, store, func(_ int, c *Config) { c.trailingLogs = 1 })
		s.openEvent("opening", 200, 480)
		for n := range uint64(20) {
			s.ask(hold("opening", n, int(n)))
		}
		node := s.followers()[0]
		s.counts(node, "opening")
		if err := s.nodes[node].group.Snapshot(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.stop(node)
		damage(t, s.nodes[node].dir)
		if err := s.restart(node); err == nil {
			t.Fatal("a node started from a damaged snapshot")
		}
	})
}

// snapshot has all nodes but one take a snapshot: any of them may lead next.
func (s *stage) snapshot(except int) {
	s.t.Helper()
	for node, n := range s.nodes {
		if node == except {
			continue
		}
		if err := n.group.Snapshot(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
	}
}

// reopenAll stops and opens all nodes but one. raft-wal goes on to read entries that were deleted from the front of its
// newest segment until it is opened again; only then must a follower that lacks them get a snapshot.
func (s *stage) reopenAll(except int) {
	s.t.Helper()
	for node := range s.nodes {
		if node != except {
			s.stop(node)
		}
	}
	for node := range s.nodes {
		if node != except {
			s.mustRestart(node)
		}
	}
}

// damage flips one bit in the middle of each snapshot's state.
func damage(t *testing.T, dir string) {
	t.Helper()
	found := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.Name() != "state.bin" {
			return err
		}
		found++
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		b[len(b)/2] ^= 4
		return os.WriteFile(path, b, 0o600)
	})
	if err != nil || found == 0 {
		t.Fatalf("%d snapshots found, %v", found, err)
	}
}

func TestACheckpointMismatchHaltsThatNodesPartition(t *testing.T) {
	s := newStage(t, "bolt", func(node int, c *Config) {
		if node == 2 {
			c.alterHash = func(h uint64) uint64 { return h ^ 1 }
			c.Timing = Timing{Heartbeat: time.Hour, Election: time.Hour} // never leads, or the others would differ from it
		}
	})
	s.openEvent("opening", 100, 480)
	bad := s.nodes[2]
	until(t, "the node with another hash halts", func() bool { return bad.group.Status().Halted != "" })
	reason := bad.group.Status().Halted
	if !errors.Is(bad.machine.Halted(), ErrHashMismatch) || !strings.Contains(reason, "index") {
		t.Errorf("reason: %s", reason)
	}
	if err := bad.group.Snapshot(t.Context()); !errors.Is(err, ErrHalted) {
		t.Errorf("snapshot: %v", err)
	}
	if err := bad.group.WaitApplied(t.Context(), 1<<40); !errors.Is(err, ErrHalted) {
		t.Errorf("wait: %v", err)
	}
	if err := bad.group.Submit(&Batch{Commands: []command.Command{hold("opening", 1, 1)}}); !errors.Is(err, ErrHalted) {
		t.Errorf("submit: %v", err)
	}
	if metric(t, bad, "parterre_raftlog_halted_state") != 1 || metric(t, bad, "parterre_raftlog_checkpoint_mismatches_total") != 1 {
		t.Error("the metrics do not tell")
	}
	if a := s.ask(hold("opening", 1, 1)); a.Code != seatmap.CodeOK {
		t.Errorf("the others do not go on: %v", a.Code)
	}
}

func TestAHaltedLeaderGivesItsLeadAway(t *testing.T) {
	s := newStage(t, "bolt", nil)
	s.openEvent("opening", 100, 480)
	old := s.leader()
	s.nodes[old].machine.Halt(errors.New("planted"))
	b, err := s.try(old, hold("opening", 1, 1))
	if !errors.Is(err, ErrOutcomeUnknown) {
		t.Errorf("the entry that met the halt: %v", err)
	}
	if b, err := s.try(s.leader(old), hold("opening", 1, 1)); err != nil || !b.Results[0].Answer.Replayed {
		t.Errorf("retry: %v; the other replicas had decided it", err)
	}
	if _, err := s.try(old, b.Commands...); !errors.Is(err, ErrHalted) {
		t.Errorf("the halted node: %v", err)
	}
}

func TestAnEntryOfAnUnknownKindHaltsAndIsNeverSkipped(t *testing.T) {
	onBothStores(t, func(t *testing.T, store string) {
		s := newStage(t, store, nil)
		s.openEvent("opening", 100, 480)
		leader := s.leader()
		unknown := resum(sealEntry(make([]byte, entryHeaderBytes), 9, 1, 0))
		if err := s.nodes[leader].group.instance.raft.Apply(unknown, 0).Error(); err != nil {
			t.Fatal(err)
		}
		for _, n := range s.nodes {
			until(t, n.name+" halts", func() bool { return n.group.Status().Halted != "" })
			if !errors.Is(n.machine.Halted(), ErrUnknownEntry) {
				t.Errorf("%s: %v", n.name, n.machine.Halted())
			}
		}
		for node := range s.nodes {
			s.stop(node)
		}
		if err := s.restart(0); !errors.Is(err, ErrUnknownEntry) {
			t.Errorf("a node started over an unknown entry: %v", err)
		}
	})
}

// raft#697: the follower's log has entries of an older term at the index where the leader's snapshot ends.
func TestAFollowerWhoseLogContradictsTheSnapshotIsOpenedAnew(t *testing.T) {
	onBothStores(t, func(t *testing.T, store string) {
		s := newStage(t, store, func(_ int, c *Config) { c.trailingLogs = 1 })
		s.openEvent("opening", 100, 480)
		s.agree()
		old := s.leader()
		s.network.isolate(byte(old))
		// Past the group, which has one entry in flight: entries that will never be committed.
		var futures []raft.ApplyFuture
		for range 60 {
			futures = append(futures, s.nodes[old].group.instance.raft.Apply(sealCommands(1), 0))
		}
		for _, f := range futures {
			if f.Error() == nil {
				t.Fatal("a leader without a quorum committed")
			}
		}
		next := s.leader(old)
		for n := range uint64(10) {
			if _, err := s.try(next, hold("opening", n, int(n))); err != nil {
				t.Fatal(err)
			}
		}
		for node := range s.nodes {
			until(t, "the others have applied the holds", func() bool {
				return node == old || s.nodes[node].machine.AppliedIndex() == s.nodes[next].machine.AppliedIndex()
			})
		}
		s.snapshot(old)
		s.reopenAll(old)
		next = s.leader(old)
		if last, at := s.nodes[old].group.Status().Last, s.nodes[next].group.Status().Last; last <= at {
			t.Fatalf("the old leader's log ends at %d, the snapshot at %d: nothing contradicts", last, at)
		}
		s.network.heal()
		s.agree()
		if c := s.counts(old, "opening"); c.Holds != 10 {
			t.Errorf("%+v", c)
		}
		if metric(t, s.nodes[old], "parterre_raftlog_reopens_total") != 1 {
			t.Error("the instance was not opened anew")
		}
	})
}

func TestHoldsLapseThoughNobodyAsks(t *testing.T) {
	s := newStage(t, "bolt", nil)
	s.openEvent("opening", 100, 60)
	s.ask(hold("opening", 1, 1, 2))
	if c := s.counts(s.leader(), "opening"); c.Held != 2 {
		t.Fatalf("%+v", c)
	}
	s.clock.Add(61_000)
	for _, n := range s.nodes {
		until(t, "the seats are free on "+n.name, func() bool { return n.machine.Stats().Counts.Free == 100 })
	}
	s.agree()
}

func TestEveryReplicaAppliesWhatANewLeaderCommits(t *testing.T) {
	s := newStage(t, "bolt", nil)
	leader := s.nodes[s.leader()].group
	for _, n := range s.nodes {
		until(t, n.name+" has applied everything, though nobody asked anything", func() bool {
			st := leader.Status()
			return st.Committed > 1 && n.machine.AppliedIndex() == st.Committed && st.Committed == st.Last
		})
	}
	if st := leader.Status(); st.HashIndex == 0 {
		t.Error("a new leader made no checkpoint")
	}
}

func TestTransferOfLeadershipRefusesNobody(t *testing.T) {
	s := newStage(t, "bolt", nil)
	s.openEvent("opening", 100, 480)
	from, to := s.leader(), s.followers()[1]
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := s.nodes[to].group.TransferLeadership(ctx, s.nodes[from].name); !errors.Is(err, ErrNotLeader) {
		t.Errorf("a follower gave the lead away: %v", err)
	}
	if err := s.nodes[from].group.TransferLeadership(ctx, "n9"); err == nil {
		t.Error("the lead was given to a stranger")
	}
	changed := s.nodes[from].group.LeadChanged()
	if err := s.nodes[from].group.TransferLeadership(ctx, s.nodes[to].name); err != nil {
		t.Fatal(err)
	}
	until(t, "the new leader is ready", func() bool { return s.nodes[to].group.Lead().Ready })
	<-changed
	until(t, "the old leader knows it", func() bool { return s.nodes[from].group.Lead().Node == s.nodes[to].name })
	if a := s.ask(hold("opening", 1, 1)); a.Code != seatmap.CodeOK {
		t.Errorf("%v", a.Code)
	}
}

func TestTheLeaderOfAnIdleNodeBeatsSlowerAndAFollowersPatienceStays(t *testing.T) {
	s := newStage(t, "bolt", nil)
	patienceOf := func(i int) (d time.Duration) {
		err := s.nodes[i].group.withRaft(func(r *raft.Raft) error {
			d = r.ReloadableConfig().HeartbeatTimeout
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	first := s.leader()
	to := (first + 1) % 3
	want := s.config(0).Timing.Heartbeat
	slow := idleBeat(want)
	look := func(leader int) {
		t.Helper()
		until(t, "every node to have its interval", func() bool {
			for i := range s.nodes {
				if expected := map[bool]time.Duration{true: slow, false: want}[i == leader]; patienceOf(i) != expected {
					return false
				}
			}
			return true
		})
	}
	look(first)
	if err := s.nodes[first].group.TransferLeadership(t.Context(), s.nodes[to].name); err != nil {
		t.Fatal(err)
	}
	look(to)
	slow = want
	s.nodes[to].group.SetBusy(true)
	look(to)
	slow = idleBeat(want)
	s.nodes[to].group.SetBusy(false)
	look(to)
}

func TestAFollowerLearnsOfTheLastEntrySoon(t *testing.T) {
	s := newStage(t, "bolt", func(_ int, c *Config) { c.Timing.Commit = time.Minute }) // so that Raft alone would not tell it
	s.openEvent("opening", 10, 480)
	index := s.do(hold("opening", 1, 1))[0].Index
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for i := range s.nodes {
		if err := s.nodes[i].group.WaitApplied(ctx, index); err != nil {
			t.Errorf("%s: %v", s.nodes[i].name, err)
		}
	}
}

func TestWaitAppliedEndsWithItsIndexItsContextOrTheGroup(t *testing.T) {
	s := newStage(t, "bolt", nil)
	s.openEvent("opening", 100, 480)
	follower := s.nodes[s.followers()[0]]
	index := s.do(hold("opening", 1, 1))[0].Index
	if err := follower.group.WaitApplied(t.Context(), index); err != nil || follower.machine.AppliedIndex() < index {
		t.Errorf("%v at %d, waited for %d", err, follower.machine.AppliedIndex(), index)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := follower.group.WaitApplied(ctx, 1<<40); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	ended := make(chan error)
	go func() { ended <- follower.group.WaitApplied(t.Context(), 1<<40) }()
	until(t, "somebody waits", func() bool { return follower.group.waiters.count.Load() == 1 })
	for i, n := range s.nodes {
		if n == follower {
			s.stop(i)
		}
	}
	if err := <-ended; !errors.Is(err, ErrClosed) {
		t.Errorf("%v", err)
	}
}

func TestBootstrapWritesOnlyIntoAnEmptyFolder(t *testing.T) {
	onBothStores(t, func(t *testing.T, store string) {
		dir := filepath.Join(t.TempDir(), "0")
		c := Config{Node: "n1", Dir: dir, LogStore: store, Members: []Member{{"n1", "127.0.0.1:1"}}}
		if has, err := HasState(dir); has || err != nil {
			t.Fatalf("a folder that is not there: %v, %v", has, err)
		}
		if err := Bootstrap(Config{Node: "n2", Dir: dir, LogStore: store, Members: c.Members}); err == nil {
			t.Error("a stranger was bootstrapped")
		}
		if err := Bootstrap(c); err != nil {
			t.Fatal(err)
		}
		if has, err := HasState(dir); !has || err != nil {
			t.Errorf("a bootstrapped folder: %v, %v", has, err)
		}
		if err := Bootstrap(c); !errors.Is(err, ErrHasState) {
			t.Errorf("twice: %v", err)
		}
	})
}

func TestAFolderWithoutAGroupIsNotOpened(t *testing.T) {
	s := newStage(t, "bolt", nil)
	s.stop(0)
	if err := os.RemoveAll(s.nodes[0].dir); err != nil {
		t.Fatal(err)
	}
	if err := s.restart(0); !errors.Is(err, ErrNoState) {
		t.Errorf("%v", err)
	}
}

func TestStatusAndMetricsTellTheGroup(t *testing.T) {
	s := newStage(t, "bolt", nil)
	s.openEvent("opening", 100, 480)
	s.ask(hold("opening", 1, 1))
	s.ask(hold("opening", 2, 1))
	s.agree()
	leader := s.nodes[s.leader()]
	until(t, "everything committed is applied", func() bool {
		st := leader.group.Status()
		return st.Applied == st.Committed && st.Committed == st.Last
	})
	st := leader.group.Status()
	if len(st.Voters) != 3 || st.Voters[0].Node != "n1" || st.Voters[0].Peer != s.nodes[0].address || !st.Lead.Self || st.Lead.Term == 0 {
		t.Errorf("%+v", st)
	}
	for _, name := range []string{
		"entries_total", "batch_commands", "entry_bytes", "propose_seconds", "apply_seconds", "leader_state", "term_number",
		"applied_index", "committed_index", "checkpoint_index",
	} {
		if metric(t, leader, "parterre_raftlog_"+name) == 0 {
			t.Errorf("%s is not told", name)
		}
	}
	if n := metric(t, leader, "parterre_raftlog_commands_total", "hold", "ok"); n != 1 {
		t.Errorf("%v holds counted as taken, want 1", n)
	}
	if n := metric(t, leader, "parterre_raftlog_commands_total", "hold", "seat_unavailable"); n != 1 {
		t.Errorf("%v holds counted as refused, want 1", n)
	}
}

// metric gathers a node's registry and tells a series' value (a histogram's count), picked by label values.
func metric(t testing.TB, n *stageNode, name string, labels ...string) float64 {
	t.Helper()
	families, err := n.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	total := 0.0
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
	series:
		for _, m := range f.GetMetric() {
			for _, want := range labels {
				found := false
				for _, l := range m.GetLabel() {
					found = found || l.GetValue() == want
				}
				if !found {
					continue series
				}
			}
			total += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return total
}
