package cluster

import (
	"context"
	"errors"
	"testing"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/raftlog"
)

// A waiter that left early must leave its batch alone: the group ends it later, when the pool may have long given the
// next command a call.
func TestALateAnswerTouchesNobodyElsesCommand(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	late := newCall(&command.Command{Event: "first"})
	if _, err := late.wait(ended); !errors.Is(err, raftlog.ErrOutcomeUnknown) {
		t.Fatalf("want an unknown outcome, got %v", err)
	}
	next := newCall(&command.Command{Event: "second"})
	if next == late {
		t.Fatal("the abandoned call was used again")
	}
	late.batch.Err = errors.New("late")
	late.batch.Done(&late.batch)
	select {
	case <-next.done:
		t.Fatal("the late answer ended another call")
	default:
	}
	next.batch.Results[0].Index = 7
	next.batch.Done(&next.batch)
	if r, err := next.wait(t.Context()); err != nil || r.Index != 7 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestAnAnswerThatIsThereCountsEvenIfTimeIsOver(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 { // select picks at random
		k := newCall(&command.Command{})
		k.batch.Done(&k.batch)
		if _, err := k.wait(ended); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnEventsCommandsInFlightAreBounded(t *testing.T) {
	f := newInflight(2)
	a, b := f.enter("gala"), f.enter("gala")
	if a == nil || b == nil || f.enter("gala") != nil {
		t.Fatal("want two places, and no third")
	}
	if f.enter("matinee") == nil {
		t.Error("another event is refused, too")
	}
	leave(a)
	if f.enter("gala") == nil {
		t.Error("a place that was given back cannot be had")
	}
}
