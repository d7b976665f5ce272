package cluster

import (
	"context"
	"errors"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/raftlog"
)

// resume goes on with a Many of which an attempt came to cause: at once where that is final, else in a goroutine.
func (m *Many) resume(cause error) {
	if errors.Is(cause, raftlog.ErrOverloaded) { // nothing waited yet: it is refused early
		m.node.metrics.overloaded.Add(float64(len(m.Commands) - m.first))
		m.fail(ErrOverloaded)
		return
	}
	if m.node.spawn(func() { m.askAgain(cause) }) {
		return
	}
	if errors.Is(cause, raftlog.ErrOutcomeUnknown) {
		m.failUnknown(errClosing)
		return
	}
	m.fail(errClosing)
}

// askAgain makes attempts until everything is decided or the deadline is over. What is not decided is always a tail of
// the commands, and travels as one batch, so that their order is kept.
func (m *Many) askAgain(cause error) {
	ctx, cancel := context.WithDeadline(m.node.ctx, m.deadline)
	defer cancel()
	r := road{node: m.node, part: m.part}
	m.again = make(chan struct{}, 1)
	callers := callerKeys(m.Commands)
	unknownFrom := len(m.Commands) // from here on an attempt's outcome is unknown
	for ctx.Err() == nil && !m.node.closing() && !m.node.retired() {
		changes := m.node.changes(m.part)
		if final := r.judge(cause); final != nil {
			m.tidy(unknownFrom, callers)
			m.askEach(ctx, callers, &r)
			return
		}
		if r.unknown && unknownFrom == len(m.Commands) {
			unknownFrom = m.first
			rememberRefusals(m.Commands[m.first:])
		}
		r.pause(ctx, changes)
		if m.node.turn != nil {
			m.node.turn()
		}
		if cause = m.attempt(); cause == nil {
			<-m.again // every attempt ends: its group's lead does, and its link looks at the deadline
			cause = m.batch.Err
		}
		if cause == nil {
			m.tidy(unknownFrom, callers)
			m.finish()
			return
		}
	}
	m.tidy(unknownFrom, callers)
	if r.unknown || errors.Is(cause, raftlog.ErrOutcomeUnknown) {
		m.failUnknown(r.refusal)
		return
	}
	m.fail(r.verdict())
}

// callerKeys notes which commands have keys of the caller's own.
func callerKeys(commands []command.Command) []bool {
	own := make([]bool, len(commands))
	for i := range commands {
		own[i] = commands[i].Request.CallerKey
	}
	return own
}

// rememberRefusals: see road.judge.
func rememberRefusals(commands []command.Command) {
	for i := range commands {
		if !readOnly(&commands[i]) {
			commands[i].Request.CallerKey = true
		}
	}
}

// tidy corrects what was decided after an attempt whose outcome was unknown, as Submit does.
func (m *Many) tidy(unknownFrom int, callers []bool) {
	for i := unknownFrom; i < m.first; i++ {
		if readOnly(&m.Commands[i]) {
			continue
		}
		answer := &m.Results[i].Answer
		if forgotten(answer.Code) {
			m.Errs[i] = ErrOutcomeUnknown
		}
		if !callers[i] {
			answer.Replayed = false // by an attempt of this very command: nobody else has its key
		}
	}
}

// failUnknown ends what is not decided: an attempt at its writes may be, now or later; a read changes nothing.
func (m *Many) failUnknown(refusal error) {
	if refusal == nil {
		refusal = ErrNoLeader
	}
	for i := m.first; i < len(m.Commands); i++ {
		if m.Errs[i] = ErrOutcomeUnknown; readOnly(&m.Commands[i]) {
			m.Errs[i] = refusal
			continue
		}
		m.node.metrics.unknown.Inc()
	}
	m.finish()
}

// askEach takes what is left down the road of Submit one by one: something is wrong with one of them, which must not
// be the others' loss.
func (m *Many) askEach(ctx context.Context, callers []bool, so *road) {
	for i := m.first; i < len(m.Commands); i++ {
		c := &m.Commands[i]
		r := road{
			node: m.node, part: m.part, command: *c, read: readOnly(c), callerKey: callers[i],
			unknown: so.unknown && !readOnly(c),
		}
		result, err := r.travel(ctx)
		if err == nil {
			m.Results[i] = *result
			continue
		}
		m.Errs[i] = err
		if errors.Is(err, ErrOutcomeUnknown) || r.read {
			m.spent.Store(true) // a wait was left before its attempt ended
		}
	}
	m.finish()
}
