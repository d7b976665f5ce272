package cluster

import (
	"errors"
	"testing"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/raftlog"
)

// Found by docs/model (mutant OVERLOADED_ONE_BY_ONE): ErrOverloaded promises that nothing will be changed, which nobody can
// promise once an attempt's outcome is unknown.
func TestAfterAnUnknownOutcomeOverloadIsNoRefusal(t *testing.T) {
	n := &Node{}
	n.metrics = newMetrics(n, nil)
	fresh := road{node: n}
	if err := fresh.judge(raftlog.ErrOverloaded); !errors.Is(err, ErrOverloaded) {
		t.Errorf("at first: %v", err)
	}
	open := road{node: n, unknown: true}
	if err := open.judge(raftlog.ErrOverloaded); err != nil {
		t.Errorf("after an unknown outcome: ended with %v", err)
	}
	if err := open.verdict(); !errors.Is(err, ErrOutcomeUnknown) {
		t.Errorf("when time is over: %v", err)
	}
}

// Found by docs/model (mutant OVERLOAD_BELIEVED): the same for answers that no key remembers.
func TestAfterAnUnknownOutcomeAnswersThatNoKeyRemembersAreNotBelieved(t *testing.T) {
	n := &Node{}
	n.metrics = newMetrics(n, nil)
	open := road{node: n, unknown: true}
	if err := open.judge(doubt(seatmap.CodeUnknownEvent)); !errors.Is(err, ErrOutcomeUnknown) {
		t.Errorf("unknown event: %v", err)
	}
	if err := open.judge(doubt(seatmap.CodeOverloaded)); err != nil {
		t.Errorf("a full event: %v, want another attempt", err)
	}
	commands := make([]command.Command, 3)
	for i := range commands {
		commands[i].Kind, commands[i].Request.Op = command.KindEvent, seatmap.OpHold
	}
	m := Many{Commands: commands, Errs: make([]error, 3), Results: make([]command.Result, 3), first: 3}
	m.Results[0].Answer.Code = seatmap.CodeUnknownEvent
	m.Results[1].Answer.Code = seatmap.CodeOverloaded
	m.Results[2].Answer.Code = seatmap.CodeSeatUnavailable
	m.tidy(0, make([]bool, 3))
	if !errors.Is(m.Errs[0], ErrOutcomeUnknown) || !errors.Is(m.Errs[1], ErrOutcomeUnknown) || m.Errs[2] != nil {
		t.Errorf("of many: %v", m.Errs)
	}
}
