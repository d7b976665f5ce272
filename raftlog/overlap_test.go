package raftlog

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/raft"
)

// overlapping brings about the moment at which the entry of a is being applied, that of b is on its way, and c waits.
func overlapping(t *testing.T, p *proposer, r *fakeRaft, a, b, c *Batch) (done [3]<-chan *Batch) {
	t.Helper()
	r.delay, r.applies = 3*time.Millisecond, 10*time.Millisecond
	done[0] = submit(t, p, a)
	synctest.Wait()
	done[1] = submit(t, p, b)
	time.Sleep(4 * time.Millisecond)
	synctest.Wait()
	done[2] = submit(t, p, c)
	synctest.Wait()
	if len(r.entries) != 2 || len(r.fsm) != 1 || p.depth() != len(c.Commands) {
		t.Fatalf("%d entries proposed, %d being applied, %d commands wait", len(r.entries), len(r.fsm), p.depth())
	}
	return done
}

func isDone(done <-chan *Batch) bool { return len(done) > 0 }

func TestTheNextEntryIsOnItsWayWhileOneIsApplied(t *testing.T) {
	withProposer(t, 1000, func(p *proposer, r *fakeRaft) {
		start := time.Now()
		done := overlapping(t, p, r, reads("a", overlapCommands), reads("b", overlapCommands), reads("c", overlapCommands))
		var took []time.Duration
		for _, d := range done {
			if b := <-d; b.Err != nil {
				t.Fatal(b.Err)
			}
			took = append(took, time.Since(start)/time.Millisecond)
		}
		// The first is committed after 3 ms; then the state machine is never idle.
		if want := []time.Duration{13, 23, 33}; !slices.Equal(took, want) {
			t.Errorf("done after %d ms, want %d", took, want)
		}
		if got := r.flights[1].proposed.Sub(start); got != 3*time.Millisecond {
			t.Errorf("the second was proposed after %v, want as soon as the first was committed", got)
		}
	})
}

func TestAtMostTwoEntriesAreUnderWayAndTheirResultsComeInOrder(t *testing.T) {
	for name, times := range map[string][2]time.Duration{
		"slow log": {5 * time.Millisecond, time.Millisecond}, "slow state machine": {time.Millisecond, 5 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			withProposer(t, 10*MaxEntryCommands, func(p *proposer, r *fakeRaft) {
				r.delay, r.applies = times[0], times[1]
				var finished, most atomic.Int64
				r.fails = func(n int) error {
					most.Store(max(most.Load(), int64(n)+1-finished.Load()))
					return nil
				}
				const entries = 8
				order, over := make([]int, 0, entries), make(chan struct{})
				for i := range entries {
					b := reads("e", MaxEntryCommands)
					b.Done = func(b *Batch) {
						finished.Add(1)
						if order = append(order, i); len(order) == entries {
							close(over)
						}
						if b.Err != nil || b.Decided != MaxEntryCommands {
							t.Errorf("batch %d: %d decided, %v", i, b.Decided, b.Err)
						}
					}
					if err := p.submit(b, false); err != nil {
						t.Fatal(err)
					}
				}
				<-over
				if !slices.IsSorted(order) {
					t.Errorf("done in the order %v", order)
				}
				if most.Load() != 2 {
					t.Errorf("%d entries were under way, want 2", most.Load())
				}
			})
		})
	}
}

func TestAnEntryThatFailsDoesNotTakeTheOneBeingAppliedWithIt(t *testing.T) {
	withProposer(t, 1000, func(p *proposer, r *fakeRaft) {
		r.fails = func(n int) error {
			if n == 1 {
				return raft.ErrLeadershipLost
			}
			return nil
		}
		done := overlapping(t, p, r, reads("a", overlapCommands), reads("b", overlapCommands), reads("c", overlapCommands))
		time.Sleep(4 * time.Millisecond) // the second has failed, the first is still being applied
		synctest.Wait()
		if isDone(done[1]) || isDone(done[2]) {
			t.Error("a later batch was answered before the first")
		}
		if b := <-done[0]; b.Err != nil || b.Decided != overlapCommands {
			t.Errorf("being applied: %d decided, %v", b.Decided, b.Err)
		}
		if b := <-done[1]; !errors.Is(b.Err, ErrOutcomeUnknown) || b.Decided != 0 {
			t.Errorf("uncommitted: %d decided, %v", b.Decided, b.Err)
		}
		if b := <-done[2]; !errors.Is(b.Err, ErrNotLeader) {
			t.Errorf("queued: %v", b.Err)
		}
		if len(r.entries) != 2 {
			t.Errorf("%d entries proposed, want 2", len(r.entries))
		}
	})
}

func TestABatchOverTwoOverlappingEntriesIsDecidedAsAPrefix(t *testing.T) {
	withProposer(t, 5000, func(p *proposer, r *fakeRaft) {
		r.delay, r.applies = time.Millisecond, 10*time.Millisecond
		r.fails = func(n int) error {
			if n == 1 {
				return raft.ErrRaftShutdown
			}
			return nil
		}
		b := <-submit(t, p, reads("e", 2*MaxEntryCommands))
		if b.Decided != MaxEntryCommands || !errors.Is(b.Err, ErrOutcomeUnknown) {
			t.Errorf("decided %d, %v", b.Decided, b.Err)
		}
		if b.Results[0].Index == 0 || b.Results[MaxEntryCommands].Index != 0 {
			t.Error("results are not those of the first entry")
		}
	})
}

// The state machine halts in the middle of an entry: that one and the one behind it are committed, but not decided here.
func TestAHaltWhileTwoEntriesAreUnderWay(t *testing.T) {
	withProposer(t, 1000, func(p *proposer, r *fakeRaft) {
		done := overlapping(t, p, r, reads("a", overlapCommands), reads("b", overlapCommands), reads("c", overlapCommands))
		r.halts.Store(true)
		p.halt()
		for i, want := range []error{ErrOutcomeUnknown, ErrOutcomeUnknown, ErrHalted} {
			if b := <-done[i]; !errors.Is(b.Err, want) || b.Decided != 0 {
				t.Errorf("batch %d: %d decided, %v; want %v", i, b.Decided, b.Err, want)
			}
		}
	})
}

func TestACheckpointOverlapsWithNothing(t *testing.T) {
	withProposer(t, 1000, func(p *proposer, r *fakeRaft) {
		r.delay, r.applies = 3*time.Millisecond, 2*time.Millisecond
		rounds, over := 0, make(chan struct{}, 3)
		for range 3 {
			b := reads("a", overlapCommands)
			b.Done = func(b *Batch) {
				if rounds++; rounds > 3*checkpointEntries/2 {
					over <- struct{}{}
				} else if err := p.submit(b, false); err != nil {
					t.Error(err)
				}
			}
			if err := p.submit(b, false); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Millisecond)
		}
		for range cap(over) {
			<-over
		}
		entries := r.decoded(t)
		checkpoints, overlaps := 0, 0
		for i, e := range entries[:len(entries)-1] {
			f, next := r.flights[i], r.flights[i+1]
			if next.proposed.Before(f.decided) {
				overlaps++
			}
			if e.kind != kindCheckpoint {
				continue
			}
			checkpoints++
			before := r.flights[i-1]
			if c, err := e.checkpoint(); err != nil || c.applied != before.index || c.hash != 0xabc {
				t.Errorf("checkpoint %+v %v, the entry before it has index %d", c, err, before.index)
			}
			if f.proposed.Before(before.decided) || next.proposed.Before(f.decided) {
				t.Error("a checkpoint was under way with another entry")
			}
		}
		if checkpoints == 0 || overlaps < len(entries)/2 {
			t.Errorf("%d checkpoints, %d of %d entries overlapped", checkpoints, overlaps, len(entries))
		}
	})
}

func TestFewCommandsWaitUntilTheEntryBeforeThemIsApplied(t *testing.T) {
	withProposer(t, 1000, func(p *proposer, r *fakeRaft) {
		r.delay, r.applies = 3*time.Millisecond, 10*time.Millisecond
		for name, sizes := range map[string][2]int{
			"a small entry": {overlapCommands - 1, overlapCommands}, "a short queue": {overlapCommands, overlapCommands - 1},
		} {
			r.mu.Lock()
			before := len(r.flights)
			r.mu.Unlock()
			first := submit(t, p, reads("a", sizes[0]))
			synctest.Wait()
			second := submit(t, p, reads("b", sizes[1]))
			<-first
			<-second
			time.Sleep(time.Second) // the trail follows
			r.mu.Lock()
			if r.flights[before+1].proposed.Before(r.flights[before].decided) {
				t.Errorf("%s: the second entry was proposed while the first was applied", name)
			}
			r.mu.Unlock()
		}
	})
}

func TestDrainingWaitsForBothEntriesUnderWay(t *testing.T) {
	withProposer(t, 1000, func(p *proposer, r *fakeRaft) {
		done := overlapping(t, p, r, reads("a", overlapCommands), reads("b", overlapCommands), reads("c", overlapCommands))
		p.drain()
		<-p.drained
		for i, d := range done {
			if !isDone(d) {
				t.Fatalf("drained before batch %d was done", i)
			}
			if b := <-d; b.Err != nil {
				t.Errorf("batch %d: %v", i, b.Err)
			}
		}
	})
}

func TestPausingAndClosingWaitForBothEntriesUnderWay(t *testing.T) {
	for name, c := range map[string]struct {
		end    func(p *proposer)
		queued error
	}{
		"pause": {end: func(p *proposer) {
			// As pause does; but synthetic time stands still while somebody waits for a mutex.
			for p.setReady(false); !p.turn.TryLock(); {
				time.Sleep(time.Millisecond)
			}
			p.turn.Unlock()
		}, queued: ErrNotLeader},
		"close": {end: func(p *proposer) { p.close(); <-p.done }, queued: ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			withProposer(t, 1000, func(p *proposer, r *fakeRaft) {
				done := overlapping(t, p, r, reads("a", overlapCommands), reads("b", overlapCommands), reads("c", overlapCommands))
				c.end(p)
				if !isDone(done[0]) || !isDone(done[1]) {
					t.Fatal("did not wait")
				}
				for i, want := range []error{nil, nil, c.queued} {
					if b := <-done[i]; !errors.Is(b.Err, want) {
						t.Errorf("batch %d: %v, want %v", i, b.Err, want)
					}
				}
				if len(r.entries) != 2 {
					t.Errorf("%d entries proposed, want 2", len(r.entries))
				}
			})
		})
	}
}

func TestAnEntrysTimeNeverRunsBehindTheOneBeingApplied(t *testing.T) {
	withProposer(t, 1000, func(p *proposer, r *fakeRaft) {
		var back atomic.Int64
		now := time.Now().UnixMilli()
		p.clock = func() int64 { return now - back.Add(1000) } // a clock that is set back
		for _, d := range overlapping(t, p, r, reads("a", overlapCommands), reads("b", overlapCommands), reads("c", overlapCommands)) {
			<-d
		}
		entries := r.decoded(t)
		if entries[1].timeMillis < entries[0].timeMillis || entries[2].timeMillis < entries[1].timeMillis {
			t.Errorf("entry times %d, %d, %d", entries[0].timeMillis, entries[1].timeMillis, entries[2].timeMillis)
		}
	})
}
