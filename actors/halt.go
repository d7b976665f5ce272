package actors

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/asynkron/protoactor-go/actor"
)

// Halt stops the partition on this node for good: nothing is applied, frozen, encoded or shown anew from now on. Only
// the first reason counts; it is logged here. Any goroutine may call it.
func (p *Partition) Halt(reason error) {
	p.halting.Do(func() {
		if reason == nil {
			reason = errors.New("no reason given")
		}
		p.reason = fmt.Errorf("%w: partition %d: %w", ErrHalted, p.number, reason)
		close(p.halted)
		attrs := []any{"reason", reason.Error(), "applied_index", p.applied.Load()}
		if fault, ok := errors.AsType[*PanicError](reason); ok {
			attrs = append(attrs, "event", fault.Event, "log_index", fault.Index, "op", fault.Op.String(), "stack", string(fault.Stack))
		}
		p.logger.Error("partition halted on this node", attrs...)
	})
}

// Halted is nil, or an error that wraps ErrHalted and the reason. Any goroutine may ask.
func (p *Partition) Halted() error {
	select {
	case <-p.halted:
		return p.reason
	default:
		return nil
	}
}

// tellHalt calls OnHalt once, beside whoever noticed the fault: an actor must never wait.
func (p *Partition) tellHalt(ended <-chan struct{}) {
	select {
	case <-p.halted:
	case <-ended:
	}
	if reason := p.Halted(); reason != nil {
		p.onHalt(reason)
	}
}

// haltingSupervisor is the guardian of every event's actor. It gives no directive, so the mailbox, which proto.actor
// suspends before asking, stays suspended: the default would restart the actor with an empty seat map. The actor has
// halted the partition by then (see eventActor.fail), with more to say than is known here.
type haltingSupervisor struct{ partition *Partition }

// HandleFailure is called on the failing actor's goroutine.
func (s *haltingSupervisor) HandleFailure(_ *actor.ActorSystem, _ actor.Supervisor, child *actor.PID, _ *actor.RestartStatistics, reason, _ any) {
	s.partition.Halt(&PanicError{Event: child.Id, Doing: "actor", Value: reason, Stack: debug.Stack()})
}
