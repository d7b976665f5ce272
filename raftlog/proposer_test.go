package raftlog

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

func TestWhatArrivesWhileAnEntryIsInFlightIsTheNextEntry(t *testing.T) {
	withProposer(t, 1000, func(p *proposer, r *fakeRaft) {
		first := submit(t, p, reads("first", 1))
		synctest.Wait()
		var rest []<-chan *Batch
		for i := range 500 {
			rest = append(rest, submit(t, p, reads(fmt.Sprint("rest", i, "-"), 1)))
		}
		<-first
		for _, done := range rest {
			if b := <-done; b.Err != nil || b.Decided != 1 || b.Results[0].Index == 0 {
				t.Fatalf("batch: %+v", b)
			}
		}
		entries := r.decoded(t)
		if len(entries) != 2 || entries[0].count != 1 || entries[1].count != 500 {
			t.Errorf("%d entries, want one command, then 500", len(entries))
		}
	})
}

func TestALoneCommandIsProposedAtOnce(t *testing.T) {
	withProposer(t, 1000, func(p *proposer, r *fakeRaft) {
		start := time.Now()
		<-submit(t, p, reads("a", 1))
		if took := time.Since(start); took != r.delay {
			t.Errorf("took %v, want only the group's own %v", took, r.delay)
		}
	})
}

func TestALongBatchIsSplitInOrder(t *testing.T) {
	withProposer(t, 5000, func(p *proposer, r *fakeRaft) {
		b := <-submit(t, p, reads("e", 2*MaxEntryCommands+100))
		if b.Err != nil || b.Decided != len(b.Commands) {
			t.Fatalf("decided %d of %d, %v", b.Decided, len(b.Commands), b.Err)
		}
		if b.Results[0].Index >= b.Results[2000].Index || b.Results[2000].Index >= b.Results[2100].Index {
			t.Error("results do not tell three entries in order")
		}
		for i, event := range r.events(t) {
			if event != b.Commands[i].Event {
				t.Fatalf("command %d is %q, want %q", i, event, b.Commands[i].Event)
			}
		}
	})
}

func TestEntriesKeepTheirLimits(t *testing.T) {
	withProposer(t, 5000, func(p *proposer, r *fakeRaft) {
		small := submit(t, p, reads("s", 1500))
		large := submit(t, p, wide(20))
		<-small
		<-large
		total := 0
		for i, e := range r.decoded(t) {
			total += e.count
			if e.count > MaxEntryCommands || len(e.payload) > MaxEntryBytes {
				t.Errorf("entry %d: %d commands, %d bytes", i, e.count, len(e.payload))
			}
		}
		if total != 1520 {
			t.Errorf("%d commands in the log, want 1520", total)
		}
	})
}

func TestALargeCommandGetsAnEntryOfItsOwn(t *testing.T) {
	withProposer(t, 100, func(p *proposer, r *fakeRaft) {
		inFlight := submit(t, p, reads("x", 1))
		synctest.Wait()
		before, large, after := submit(t, p, reads("before", 3)), submit(t, p, chart(2*MaxEntryBytes)), submit(t, p, reads("after", 3))
		for _, done := range []<-chan *Batch{inFlight, before, large, after} {
			if b := <-done; b.Err != nil {
				t.Fatal(b.Err)
			}
		}
		var counts []int
		for _, e := range r.decoded(t) {
			counts = append(counts, e.count)
		}
		if !slices.Equal(counts, []int{1, 3, 1, 3}) {
			t.Errorf("commands per entry: %v", counts)
		}
	})
}

func TestACommandThatNoEntryCanHoldIsRefusedWhole(t *testing.T) {
	withProposer(t, 100, func(p *proposer, r *fakeRaft) {
		tooLarge := reads("a", 3)
		tooLarge.Commands = append(tooLarge.Commands, command.Command{
			Kind:  command.KindPutChart,
			Chart: &command.Chart{Name: "c", Document: make([]byte, command.MaxDocumentBytes), PlanCode: make([]byte, seatmap.MaxPlanCodeBytes)},
		})
		tooLarge.Done = func(*Batch) { t.Error("done was called") }
		if err := p.submit(tooLarge, false); !errors.Is(err, ErrTooLarge) {
			t.Fatalf("submit: %v", err)
		}
		<-submit(t, p, reads("b", 2))
		if got := r.events(t); !slices.Equal(got, []string{"b0", "b1"}) {
			t.Errorf("proposed %v", got)
		}
	})
}

func TestACommandThatNoReplicaCouldReadIsRefused(t *testing.T) {
	withProposer(t, 100, func(p *proposer, r *fakeRaft) {
		for name, c := range map[string]command.Command{
			"unknown kind":      {Kind: 77},
			"unknown operation": {Kind: command.KindEvent, Request: seatmap.Request{Op: 99}},
			"no chart":          {Kind: command.KindPutChart},
		} {
			if err := p.submit(&Batch{Commands: []command.Command{c}}, false); !errors.Is(err, ErrInvalidCommand) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := p.submit(&Batch{}, false); !errors.Is(err, ErrEmptyBatch) {
			t.Errorf("empty batch: %v", err)
		}
		if len(r.entries) != 0 {
			t.Errorf("%d entries proposed", len(r.entries))
		}
	})
}

func TestPromise5_OverloadIsRefusedEarly(t *testing.T) {
	withProposer(t, 10, func(p *proposer, r *fakeRaft) {
		inFlight := submit(t, p, reads("x", 4))
		synctest.Wait()
		full := submit(t, p, reads("y", 10))
		one := reads("z", 1)
		one.Done = func(*Batch) { t.Error("a refused batch was done") }
		start := time.Now()
		if err := p.submit(one, false); !errors.Is(err, ErrOverloaded) {
			t.Errorf("submit: %v", err)
		}
		if time.Since(start) != 0 {
			t.Error("the refusal waited")
		}
		<-inFlight
		if b := <-full; b.Err != nil {
			t.Errorf("accepted work: %v", b.Err)
		}
		<-submit(t, p, reads("w", 10)) // there is room again
		if len(r.events(t)) != 24 {
			t.Errorf("%d commands proposed, want 24", len(r.events(t)))
		}
	})
}

func TestTheQueueIsBoundedInBytesToo(t *testing.T) {
	withProposer(t, 100, func(p *proposer, r *fakeRaft) {
		inFlight := submit(t, p, reads("x", 1))
		synctest.Wait()
		var queued []<-chan *Batch
		for range maxQueueBytes / seatmap.MaxPlanCodeBytes {
			queued = append(queued, submit(t, p, chart(seatmap.MaxPlanCodeBytes)))
		}
		if err := p.submit(chart(preEncodeBytes), false); !errors.Is(err, ErrOverloaded) {
			t.Errorf("submit: %v", err)
		}
		for _, done := range append(queued, inFlight) {
			if b := <-done; b.Err != nil {
				t.Error(b.Err)
			}
		}
	})
}

func TestThreeInstallsInARowAreALoop(t *testing.T) {
	i := newInstalls()
	for range 10 {
		i.note()
		i.note()
		i.progress()
	}
	if len(i.loop) != 0 {
		t.Error("installs with progress in between count as a loop")
	}
	for range installsWithoutProgress {
		i.note()
	}
	if len(i.loop) != 1 {
		t.Error("a loop was not noticed")
	}
}

func TestLostLeadershipIsUnknownInFlightAndHarmlessInTheQueue(t *testing.T) {
	withProposer(t, 5000, func(p *proposer, r *fakeRaft) {
		r.fails = func(n int) error {
			if n == 1 {
				return raft.ErrLeadershipLost
			}
			return nil
		}
		split := submit(t, p, reads("split", 2*MaxEntryCommands))
		synctest.Wait()
		queued := submit(t, p, reads("queued", 5))
		b := <-split
		if b.Decided != MaxEntryCommands || !errors.Is(b.Err, ErrOutcomeUnknown) {
			t.Errorf("split batch: decided %d, %v", b.Decided, b.Err)
		}
		if b := <-queued; b.Decided != 0 || !errors.Is(b.Err, ErrNotLeader) {
			t.Errorf("queued batch: decided %d, %v", b.Decided, b.Err)
		}
		if len(r.entries) != 2 {
			t.Errorf("%d entries proposed, want 2", len(r.entries))
		}
	})
}

func TestOnlyWhatRaftRefusedBeforeItsLogIsNotProposed(t *testing.T) {
	for _, c := range []struct {
		raft, want error
	}{
		{raft.ErrNotLeader, ErrNotLeader},
		{raft.ErrEnqueueTimeout, ErrNotLeader},
		{raft.ErrLeadershipLost, ErrOutcomeUnknown},
		{raft.ErrRaftShutdown, ErrOutcomeUnknown},
		{raft.ErrAbortedByRestore, ErrOutcomeUnknown},
		{errors.New("unable to store logs"), ErrOutcomeUnknown},
	} {
		withProposer(t, 10, func(p *proposer, r *fakeRaft) {
			r.fails = func(int) error { return c.raft }
			if b := <-submit(t, p, reads("a", 1)); !errors.Is(b.Err, c.want) {
				t.Errorf("%v: %v, want %v", c.raft, b.Err, c.want)
			}
		})
	}
}

func TestAnEntryWaitsOutAFailedTransferOfLeadership(t *testing.T) {
	withProposer(t, 10, func(p *proposer, r *fakeRaft) {
		r.fails = func(n int) error {
			if n < 20 {
				return raft.ErrLeadershipTransferInProgress
			}
			return nil
		}
		if b := <-submit(t, p, reads("a", 2)); b.Err != nil || b.Decided != 2 {
			t.Errorf("decided %d, %v", b.Decided, b.Err)
		}
	})
}

func TestATransferOfLeadershipThatSucceedsRefusesWhatWaits(t *testing.T) {
	withProposer(t, 10, func(p *proposer, r *fakeRaft) {
		r.fails = func(int) error { return raft.ErrLeadershipTransferInProgress }
		done := submit(t, p, reads("a", 2))
		time.Sleep(50 * time.Millisecond)
		p.setReady(false)
		if b := <-done; !errors.Is(b.Err, ErrNotLeader) {
			t.Errorf("%v, want %v: nothing reached the log", b.Err, ErrNotLeader)
		}
	})
}

// The FSM may apply an entry whose outcome was given up: by then its batch is the caller's again.
func TestALateDecisionDoesNotTouchABatchThatWasGivenUp(t *testing.T) {
	withProposer(t, 10, func(p *proposer, r *fakeRaft) {
		var late *draft
		r.fails = func(n int) error {
			if n == 0 {
				late = p.claim(r.entries[0])
				return raft.ErrLeadershipLost
			}
			return nil
		}
		b := <-submit(t, p, reads("a", 3))
		if !errors.Is(b.Err, ErrOutcomeUnknown) || late == nil {
			t.Fatalf("%v, claimed %v", b.Err, late != nil)
		}
		<-submit(t, p, reads("b", 3))
		synctest.Wait()
		for _, kept := range p.spare {
			if &kept[:1][0] == &late.results[0] {
				t.Error("results that the FSM may still write are used again")
			}
		}
		for _, kept := range p.queue.spare {
			if kept == late {
				t.Error("a draft that the FSM may still read is used again")
			}
		}
		if p.claim(r.entries[0]) != nil {
			t.Error("the entry was claimed twice")
		}
	})
}

func TestAnEntrysTimeNeverRunsBehindTheLog(t *testing.T) {
	withProposer(t, 10, func(p *proposer, r *fakeRaft) {
		ahead := time.Now().Add(time.Hour).UnixMilli()
		p.logTime = func() int64 { return ahead }
		<-submit(t, p, reads("a", 1))
		if got := r.decoded(t)[0].timeMillis; got != ahead {
			t.Errorf("entry time %d, log time %d", got, ahead)
		}
	})
}

func TestAFollowerAndADrainingLeaderTakeNothing(t *testing.T) {
	withProposer(t, 10, func(p *proposer, r *fakeRaft) {
		p.setReady(false)
		if err := p.submit(reads("a", 1), false); !errors.Is(err, ErrNotLeader) {
			t.Errorf("follower: %v", err)
		}
		p.setReady(true)
		inFlight, queued := submit(t, p, reads("b", 1)), submit(t, p, reads("c", 1))
		p.drain()
		if err := p.submit(reads("d", 1), false); !errors.Is(err, ErrNotLeader) {
			t.Errorf("draining: %v", err)
		}
		<-p.drained
		for _, done := range []<-chan *Batch{inFlight, queued} {
			select {
			case b := <-done:
				if b.Err != nil {
					t.Errorf("drained batch: %v", b.Err)
				}
			default:
				t.Error("drained before everything was decided")
			}
		}
	})
}

func TestClosingAnswersEverything(t *testing.T) {
	withProposer(t, 5000, func(p *proposer, r *fakeRaft) {
		inFlight := submit(t, p, reads("a", 1))
		synctest.Wait()
		queued := submit(t, p, reads("b", 1))
		p.close()
		if b := <-inFlight; b.Err != nil {
			t.Errorf("in flight: %v", b.Err)
		}
		if b := <-queued; !errors.Is(b.Err, ErrClosed) {
			t.Errorf("queued: %v", b.Err)
		}
		if err := p.submit(reads("c", 1), false); !errors.Is(err, ErrClosed) {
			t.Errorf("after close: %v", err)
		}
	})
}

func TestDoneMaySubmitAgain(t *testing.T) {
	withProposer(t, 10, func(p *proposer, r *fakeRaft) {
		rounds, over := 0, make(chan struct{})
		b := reads("a", 1)
		b.Done = func(b *Batch) {
			if rounds++; rounds == 100 {
				close(over)
			} else if err := p.submit(b, false); err != nil {
				t.Error(err)
			}
		}
		if err := p.submit(b, false); err != nil {
			t.Fatal(err)
		}
		<-over
		if len(r.entries) != 100 {
			t.Errorf("%d entries", len(r.entries))
		}
	})
}

func TestResultsBelongToTheCallerAfterDone(t *testing.T) {
	withProposer(t, 10, func(p *proposer, r *fakeRaft) {
		b := <-submit(t, p, reads("a", 2))
		kept := b.Results
		first := kept[0].Index
		for range 10 {
			<-submit(t, p, reads("b", 2))
		}
		if kept[0].Index != first {
			t.Error("a later entry wrote into results that were handed out")
		}
		again := <-submit(t, p, b)
		if &again.Results[0] != &kept[0] {
			t.Error("a batch submitted again got new results")
		}
	})
}

func TestTheLastEntryOfABurstIsTrailedByOneWithoutCommands(t *testing.T) {
	withProposer(t, 10, func(p *proposer, r *fakeRaft) {
		before := len(r.decoded(t))
		for range 3 {
			<-submit(t, p, reads("a", 1))
			time.Sleep(trailAfter / 2) // not long enough for a trail in between
		}
		time.Sleep(time.Second)
		synctest.Wait()
		entries := r.decoded(t)[before:]
		if len(entries) != 4 || entries[3].kind != kindCommands || entries[3].count != 0 {
			t.Fatalf("%d entries, the last %+v; want three and one trail", len(entries), entries[len(entries)-1])
		}
	})
}

func TestCheckpointsFollowEntriesAndTime(t *testing.T) {
	checkpoints := func(r *fakeRaft) (n int) {
		for _, e := range r.decoded(t) {
			if e.kind == kindCheckpoint {
				n++
			}
		}
		return n
	}
	t.Run("after 1,024 entries", func(t *testing.T) {
		withProposer(t, 10, func(p *proposer, r *fakeRaft) {
			r.delay = time.Microsecond
			for range checkpointEntries {
				<-submit(t, p, reads("a", 1))
			}
			time.Sleep(time.Second)
			synctest.Wait()
			entries := r.decoded(t)
			last := entries[len(entries)-2] // behind it is the trail
			c, err := last.checkpoint()
			if checkpoints(r) != 1 || err != nil || c.hash != 0xabc || c.applied != r.applied-2 {
				t.Errorf("%d checkpoints, the last entry is %+v %v", checkpoints(r), c, err)
			}
		})
	})
	t.Run("after 10 s, once something changed", func(t *testing.T) {
		withProposer(t, 10, func(p *proposer, r *fakeRaft) {
			<-submit(t, p, reads("a", 1))
			time.Sleep(checkpointInterval + time.Second)
			synctest.Wait()
			if n := checkpoints(r); n != 1 {
				t.Errorf("%d checkpoints after a change, want 1", n)
			}
			time.Sleep(time.Hour)
			synctest.Wait()
			if n := checkpoints(r); n != 1 {
				t.Errorf("%d checkpoints though nothing changed", n-1)
			}
		})
	})
}
