package actors

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

var errPlanted = errors.New("planted")

// plantIn makes the next doing of that kind for that event panic.
func (r *replica) plantIn(doing, event string) *atomic.Int32 {
	met := &atomic.Int32{}
	r.plant = func(d, e string, _ *command.Command) {
		if d == doing && e == event {
			met.Add(1)
			panic(errPlanted)
		}
	}
	return met
}

func TestAPanicWhileDecidingHaltsThePartition(t *testing.T) {
	told := make(chan error, 10)
	r := newReplicaOf(t, Options{Partition: 3, OnHalt: func(reason error) { told <- reason }})
	r.open(20, "a", "b", "c")
	r.do(hold("b", 1, "B-1"), seatmap.CodeOK)
	index, before := r.index, r.event("b").View()
	frozen, err := r.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	defer frozen.Release()
	met := r.plantIn("decide", "b")

	err = r.try([]command.Command{hold("a", 2, "A-1"), release("b", 3, 1), hold("c", 4, "A-1"), hold("b", 5, "B-2")}, nil)
	if !errors.Is(err, ErrHalted) || !errors.Is(err, errPlanted) {
		t.Fatalf("Apply: %v, want ErrHalted for what was planted", err)
	}
	fault, ok := errors.AsType[*PanicError](err)
	if !ok {
		t.Fatalf("no PanicError in %v", err)
	}
	if fault.Event != "b" || fault.Index != r.index || fault.Op != seatmap.OpRelease || fault.Doing != "decide" {
		t.Errorf("fault: %v", fault)
	}
	if !strings.Contains(string(fault.Stack), "plantIn") {
		t.Errorf("the stack does not lead to the panic:\n%s", fault.Stack)
	}
	for _, word := range []string{`"b"`, "release", "partition 3"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %s", err, word)
		}
	}
	if r.AppliedIndex() != index {
		t.Errorf("applied index %d, want %d", r.AppliedIndex(), index)
	}

	// From now on nothing happens, and nothing waits.
	if err := r.try([]command.Command{hold("a", 6, "A-2")}, nil); !errors.Is(err, ErrHalted) {
		t.Errorf("Apply: %v", err)
	}
	r.NoteApplied(r.index+1, r.nowMillis)
	if r.AppliedIndex() != index {
		t.Error("a halted partition took note of an entry")
	}
	if _, err := r.Freeze(); !errors.Is(err, ErrHalted) {
		t.Errorf("Freeze: %v", err)
	}
	if err := frozen.Encode(&bytes.Buffer{}); !errors.Is(err, ErrHalted) {
		t.Errorf("Encode: %v", err)
	}
	if err := r.Restore(bytes.NewReader(nil)); !errors.Is(err, ErrHalted) {
		t.Errorf("Restore: %v", err)
	}
	if _, err := r.Rehash(); !errors.Is(err, ErrHalted) {
		t.Errorf("Rehash: %v", err)
	}
	if _, err := r.event("a").Fresh(context.Background()); !errors.Is(err, ErrHalted) {
		t.Errorf("Fresh: %v", err)
	}
	if _, err := r.event("a").ViewAt(context.Background(), 1<<60); !errors.Is(err, ErrHalted) {
		t.Errorf("ViewAt: %v", err)
	}
	if due := r.Due(1<<62, 10); len(due) != 0 {
		t.Errorf("Due: %v", due)
	}
	if r.event("b").View() != before {
		t.Error("the failed event shows something new")
	}
	if met.Load() != 1 {
		t.Errorf("the failed actor decided %d times, want once", met.Load())
	}
	if reason := <-told; !errors.Is(reason, errPlanted) {
		t.Errorf("OnHalt: %v", reason)
	}
	r.Halt(errors.New("another reason"))
	r.Stop()
	if len(told) != 0 || !errors.Is(r.Halted(), errPlanted) {
		t.Error("a second reason counted")
	}
}

func TestAPanicWhileFreezingHaltsThePartition(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a", "b")
	r.plantIn("freeze", "a")
	_, err := r.Freeze()
	fault, _ := errors.AsType[*PanicError](err)
	if !errors.Is(err, ErrHalted) || fault == nil || fault.Doing != "freeze" || fault.Event != "a" {
		t.Errorf("Freeze: %v", err)
	}
}

func TestAPanicInTheDirectoryHaltsThePartition(t *testing.T) {
	r := newReplica(t)
	chart := r.open(20, "a")
	r.plantIn("registry", "b")
	err := r.try([]command.Command{hold("a", 1, "A-1"), create("b", chart, 2)}, nil)
	fault, _ := errors.AsType[*PanicError](err)
	if !errors.Is(err, ErrHalted) || fault == nil || fault.Doing != "registry" || fault.Index != r.index {
		t.Errorf("Apply: %v", err)
	}
}

// Should a panic ever pass by the actor's own account of it, the supervisor halts the partition.
func TestTheSupervisorHaltsByItself(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a")
	(&haltingSupervisor{r.Partition}).HandleFailure(r.system, nil, r.event("a").pid, nil, errPlanted, nil)
	fault, _ := errors.AsType[*PanicError](r.Halted())
	if fault == nil || !strings.HasPrefix(fault.Event, "a") || !errors.Is(fault, errPlanted) {
		t.Errorf("%v", r.Halted())
	}
}

// The actor has settled its batch by then: Apply may return before the panic, or find the mailbox suspended.
func TestAPanicWhilePublishingHaltsThePartitionAndLeavesNobodyWaiting(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a", "b")
	r.plantIn("publish", "a")
	var n uint64
	eventually(t, "Apply returns ErrHalted", func() bool {
		n++
		return errors.Is(r.try([]command.Command{hold("a", n, "A-1"), hold("b", n, "A-1"), release("a", n+1<<32, n)}, nil), ErrHalted)
	})
	fault, _ := errors.AsType[*PanicError](r.Halted())
	if fault == nil || fault.Doing != "publish" || fault.Event != "a" {
		t.Errorf("%v", r.Halted())
	}
}

func TestAHaltFromOutsideEndsEveryWait(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a")
	waited := make(chan error)
	go func() {
		_, err := r.event("a").ViewAt(context.Background(), 1<<60)
		waited <- err
	}()
	mismatch := errors.New("state hash differs")
	r.Halt(mismatch)
	if err := <-waited; !errors.Is(err, ErrHalted) || !errors.Is(err, mismatch) {
		t.Errorf("ViewAt: %v", err)
	}
	if err := r.try(nil, nil); !errors.Is(err, mismatch) {
		t.Errorf("Apply: %v", err)
	}
}
