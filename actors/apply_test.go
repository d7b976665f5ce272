package actors

import (
	"errors"
	"fmt"
	"testing"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

func TestCommandsOfOneEventAreDecidedInTheirOrder(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a", "b")
	results := r.apply(
		hold("a", 1, "A-1"),
		hold("b", 2, "A-1"),
		hold("a", 3, "A-1"),
		release("a", 4, 1),
		hold("b", 5, "A-2"),
		hold("a", 6, "A-1"),
		confirm("a", 7, 6),
	)
	want := []seatmap.Code{
		seatmap.CodeOK, seatmap.CodeOK, seatmap.CodeSeatUnavailable, seatmap.CodeOK, seatmap.CodeOK, seatmap.CodeOK, seatmap.CodeOK,
	}
	for i, result := range results {
		if result.Answer.Code != want[i] {
			t.Errorf("command %d: %v, want %v", i, result.Answer.Code, want[i])
		}
		if result.Index != r.index || result.NowMillis != r.nowMillis {
			t.Errorf("command %d: decided at %d, %d ms; want %d, %d", i, result.Index, result.NowMillis, r.index, r.nowMillis)
		}
	}
	if got := r.status("a", "A-1"); got != seatmap.StatusSold {
		t.Errorf("A-1 is %v, want sold", got)
	}
}

func TestAnUnknownEventIsAnsweredAndTheRestIsDecided(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a")
	results := r.apply(hold("nowhere", 1, "A-1"), hold("a", 2, "A-1"))
	if results[0].Answer.Code != seatmap.CodeUnknownEvent || results[0].Index != r.index {
		t.Errorf("unknown event: %+v", results[0])
	}
	if results[1].Answer.Code != seatmap.CodeOK {
		t.Errorf("known event: %v", results[1].Answer.Code)
	}
}

func TestCommandsOfTheDirectoryAreBarriersWithinAnEntry(t *testing.T) {
	r := newReplica(t)
	chart := hall(t, 20)
	results := r.apply(
		hold("a", 1, "A-1"), // not there yet
		create("a", chart, 2),
		install(chart),
		create("a", chart, 3),
		hold("a", 4, "A-1"),
		create("b", chart, 5),
		hold("a", 6, "A-1"),
		hold("b", 7, "A-1"),
		create("a", chart, 8),
	)
	want := []seatmap.Code{
		seatmap.CodeUnknownEvent, seatmap.CodeUnknownChart, seatmap.CodeOK, seatmap.CodeOK, seatmap.CodeOK, seatmap.CodeOK,
		seatmap.CodeSeatUnavailable, seatmap.CodeOK, seatmap.CodeOK,
	}
	for i, result := range results {
		if result.Answer.Code != want[i] {
			t.Errorf("command %d: %v, want %v", i, result.Answer.Code, want[i])
		}
	}
	if again := results[8].Answer; again.Created || again.Revision != results[4].Answer.Revision {
		t.Errorf("made again: %+v, want not created and the revision of the hold before it", again)
	}
}

func TestAReadProvesItsIndexAndChangesNothing(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a")
	before := r.fresh("a").Revision()
	result := r.apply(command.Command{Kind: command.KindRead})[0]
	if result.Index != r.index || result.NowMillis != r.nowMillis || result.Answer.Code != seatmap.CodeOK {
		t.Errorf("read: %+v", result)
	}
	if after := r.fresh("a").Revision(); after != before {
		t.Errorf("revision %d → %d", before, after)
	}
}

func TestAReusedResultSlotKeepsNothingOfItsLastUse(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a")
	results := make([]command.Result, 1)
	for n, commands := range [][]command.Command{
		{hold("a", 1, "A-1", "A-2")},
		{hold("a", 2, "A-1")},
		{{Kind: command.KindRead}},
		{hold("nowhere", 3, "A-1")},
	} {
		if err := r.try(commands, results); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			if len(results[0].Answer.Places) != 2 {
				t.Fatalf("first: %+v", results[0].Answer)
			}
			continue
		}
		if a := results[0].Answer; len(a.Places) != 0 || !a.ID.IsZero() || a.Created || a.Total != 0 {
			t.Errorf("entry %d: %+v", n, a)
		}
	}
}

func TestLogTimeNeverRunsBack(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a")
	newest := r.NowMillis()
	results := make([]command.Result, 1)
	if err := r.Apply(r.index+1, newest-5_000, []command.Command{hold("a", 1, "A-1")}, results); err != nil {
		t.Fatal(err)
	}
	if results[0].NowMillis != newest || r.NowMillis() != newest {
		t.Errorf("decided at %d, log time %d, want %d", results[0].NowMillis, r.NowMillis(), newest)
	}
	r.NoteApplied(r.index+2, newest-9_000)
	if r.NowMillis() != newest || r.AppliedIndex() != r.index+2 {
		t.Errorf("noted: index %d, %d ms", r.AppliedIndex(), r.NowMillis())
	}
	r.NoteApplied(r.index, newest+7)
	if r.NowMillis() != newest+7 || r.AppliedIndex() != r.index+2 {
		t.Errorf("noted: index %d, %d ms", r.AppliedIndex(), r.NowMillis())
	}
}

func TestAnEntryIsNeverDecidedTwice(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a")
	hash := r.Hash()
	for _, index := range []uint64{0, r.index - 1, r.index} {
		err := r.Apply(index, r.nowMillis, []command.Command{hold("a", 1, "A-1")}, nil)
		if !errors.Is(err, ErrEntryOrder) {
			t.Errorf("index %d: %v, want ErrEntryOrder", index, err)
		}
	}
	if r.Hash() != hash || r.Halted() != nil {
		t.Error("a refused entry changed the state or halted the partition")
	}
}

func TestACommandThatIsNotUnderstoodHaltsBeforeAnythingIsDecided(t *testing.T) {
	for name, bad := range map[string]command.Command{
		"kind of a later version":      {Kind: 99},
		"no kind":                      {},
		"operation of a later version": {Kind: command.KindEvent, Event: "a", Request: seatmap.Request{Op: 99}},
		"chart without content":        {Kind: command.KindPutChart},
		"plan without content":         {Kind: command.KindInstallChart},
		"event without settings":       {Kind: command.KindCreateEvent, Event: "b"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReplica(t)
			r.open(20, "a")
			hash, index := r.Hash(), r.index
			err := r.try([]command.Command{hold("a", 1, "A-1"), bad}, nil)
			if !errors.Is(err, ErrHalted) || !errors.Is(err, ErrBadEntry) {
				t.Fatalf("%v, want ErrHalted for ErrBadEntry", err)
			}
			if r.Hash() != hash || r.AppliedIndex() != index {
				t.Error("the entry was decided in part")
			}
		})
	}
}

func TestAnEntryMayTouchManyEvents(t *testing.T) {
	r := newReplica(t)
	var events []string
	for i := range 200 {
		events = append(events, fmt.Sprintf("e%03d", i))
	}
	r.open(20, events...)
	var commands []command.Command
	for round := range 5 {
		for i, e := range events {
			commands = append(commands, hold(e, uint64(round*1000+i+1), fmt.Sprintf("A-%d", round+1)))
		}
	}
	for i, result := range r.apply(commands...) {
		if result.Answer.Code != seatmap.CodeOK {
			t.Fatalf("command %d: %v", i, result.Answer.Code)
		}
	}
	for _, e := range events {
		if c := r.fresh(e).Counts(); c.Holds != 5 {
			t.Fatalf("event %s has %d holds, want 5", e, c.Holds)
		}
	}
	eventually(t, "stats show every hold", func() bool { return r.Stats().Counts.Holds == 1000 })
}

// A mailbox takes a message with a method GetMessages apart, besides delivering it.
func TestNoMessageIsTakenApartByTheMailbox(t *testing.T) {
	for _, m := range []any{&batch{}, &freeze{}, &check{}, &publish{}} {
		if _, apart := m.(actor.MessageBatch); apart {
			t.Errorf("%T would be", m)
		}
	}
}

func TestAStoppedPartitionTakesNothing(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a")
	e := r.event("a")
	r.Stop()
	r.Stop()
	if err := r.try([]command.Command{hold("a", 1, "A-1")}, nil); !errors.Is(err, ErrStopped) {
		t.Errorf("Apply: %v", err)
	}
	if _, err := r.Freeze(); !errors.Is(err, ErrStopped) {
		t.Errorf("Freeze: %v", err)
	}
	if _, err := e.ViewAt(soon(t), e.View().Revision()+1); !errors.Is(err, ErrStopped) {
		t.Errorf("ViewAt: %v", err)
	}
	if e.View() == nil {
		t.Error("the last view is gone")
	}
}

// An actor system of proto.actor's own settings makes 66,000 objects.
func TestAnEmptyPartitionIsSmall(t *testing.T) {
	allocations := testing.AllocsPerRun(3, func() { NewPartition(Options{}).Stop() })
	if allocations > 5_000 {
		t.Errorf("%.0f allocations", allocations)
	}
}
