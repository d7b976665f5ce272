package cluster

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/cluster/link"
	"github.com/parterre/parterre/raftlog"
)

const (
	// MaxManyCommands bounds the commands of a Many: what one frame carries to a peer, and one entry to the log.
	MaxManyCommands = link.MaxFrameCommands
	// maxManyAsks bounds the goroutines that ask again, one by one, for the commands of one Many that lost its leader.
	maxManyAsks = 16
)

// Many is a group of commands of one partition that travel together and are decided each on its own, in order: the road
// of batches and streams, whose steady path costs no goroutine, timer or allocation per command.
//
// From SubmitMany until Done is called, the Many and all that its commands point to belong to the node. Afterwards they
// are the caller's again, who may fill in other commands and submit it again: then the slices of Results and Errs are
// used again. Not so if Spent: then its commands' memory may still be read, and it is left to the garbage collector.
type Many struct {
	// Commands are 1 to MaxManyCommands, all of the same partition (Node.PartitionOf). A write without a key gets a random
	// one, as in Submit.
	Commands []command.Command
	// Results[i] is the decision of Commands[i] where Errs[i] is nil. Strings in it may alias an entry's or a frame's bytes
	// and stay valid for as long as they are kept.
	Results []command.Result
	// Errs[i] is why Commands[i] has no decision, as Submit returns it.
	Errs []error
	// Deadline ends the asking; zero = 30 s from SubmitMany on. An attempt that this node itself leads may end after it.
	Deadline time.Time
	// Done is called exactly once, maybe before SubmitMany returns, by a goroutine that must not be blocked. It may submit
	// the Many again.
	Done func(*Many)

	node     *Node
	part     *partition
	deadline time.Time
	batch    raftlog.Batch
	taken    []taken
	spent    atomic.Bool
}

// taken are places of one event's limit.
type taken struct {
	slot     *atomic.Int32
	commands int32
}

// Spent reports, after Done, that an attempt whose outcome is unknown may still read what the commands point to.
func (m *Many) Spent() bool { return m.spent.Load() }

// SubmitMany has the commands decided, wherever their partition is led. It never blocks. The first attempt is one batch;
// where its leader is lost, each command that is not decided goes down the road of Submit, with its key, until Deadline.
//
// Overload refuses all of them or none. The advisory fast-fail is not taken.
func (n *Node) SubmitMany(m *Many) {
	m.prepare(n)
	part, err := n.placeOfMany(m)
	if err != nil {
		m.refuse(err)
		return
	}
	m.part = part
	if !m.enter() {
		n.metrics.overloaded.Add(float64(len(m.Commands)))
		m.refuse(ErrOverloaded)
		return
	}
	if err := m.attempt(); err != nil {
		m.resume(0, err)
	}
}

// prepare makes room for what will be told.
func (m *Many) prepare(n *Node) {
	m.node = n
	m.spent.Store(false)
	m.taken = m.taken[:0]
	if m.batch.Done == nil {
		m.batch.Done = m.ended
	}
	if m.deadline = m.Deadline; m.deadline.IsZero() {
		m.deadline = time.Now().Add(maxForward)
	}
	count := len(m.Commands)
	if cap(m.Errs) < count {
		m.Errs = make([]error, count)
	}
	m.Errs = m.Errs[:count]
	clear(m.Errs)
	m.Results = m.Results[:min(count, cap(m.Results))]
}

// placeOfMany is the partition of all commands, which get their keys.
func (n *Node) placeOfMany(m *Many) (*partition, error) {
	if len(m.Commands) == 0 || len(m.Commands) > MaxManyCommands {
		return nil, &command.LimitError{Field: "commands", Reason: "a group has 1 to 1,024"}
	}
	part := uint32(0)
	for i := range m.Commands {
		c := &m.Commands[i]
		if i == 0 || c.Event != m.Commands[i-1].Event || c.Kind != m.Commands[i-1].Kind {
			p, err := n.placeOf(c)
			if err != nil {
				return nil, err
			}
			if i > 0 && p != part {
				return nil, &command.LimitError{Field: "commands", Reason: "are not all of one partition"}
			}
			part = p
		}
		if err := ensureKey(c); err != nil {
			return nil, err
		}
	}
	return n.parts[part], nil
}

// enter counts the commands against their events' limits: all of them, or none.
func (m *Many) enter() bool {
	for i := range m.Commands {
		if i > 0 && m.Commands[i].Event == m.Commands[i-1].Event {
			m.taken[len(m.taken)-1].commands++
			continue
		}
		m.taken = append(m.taken, taken{slot: m.node.inflight.slot(m.Commands[i].Event), commands: 1})
	}
	for i, t := range m.taken {
		if t.slot.Add(t.commands) > m.node.inflight.limit {
			leaveAll(m.taken[:i+1])
			m.taken = m.taken[:0]
			return false
		}
	}
	return true
}

func leaveAll(all []taken) {
	for _, t := range all {
		t.slot.Add(-t.commands)
	}
}

// attempt hands all commands to the leader, as this node knows it. An error means that nothing was proposed.
func (m *Many) attempt() error {
	local, peer := m.node.route(m.part)
	if !local && peer == nil {
		return raftlog.ErrNotLeader
	}
	m.batch.Commands, m.batch.Results = m.Commands, m.Results
	if local {
		return m.part.group.Submit(&m.batch)
	}
	for i := range m.Commands {
		if err := m.Commands[i].Validate(); err != nil {
			return err // one that the peer cannot read would spoil the frame for the others
		}
	}
	m.node.metrics.forwarded.Add(float64(len(m.Commands)))
	return peer.link.Forward(m.part.id, m.deadline, &m.batch)
}

// ended is the batch's Done.
func (m *Many) ended(b *raftlog.Batch) {
	m.Results = b.Results
	if b.Err != nil {
		m.resume(b.Decided, b.Err)
		return
	}
	m.finish()
}

// resume goes on with the commands from decided on, of which an attempt failed.
func (m *Many) resume(decided int, cause error) {
	if errors.Is(cause, raftlog.ErrOverloaded) {
		m.node.metrics.overloaded.Add(float64(len(m.Commands) - decided))
		m.fail(decided, ErrOverloaded)
		return
	}
	if !m.node.spawn(func() { m.askAgain(decided, cause) }) {
		err := errClosing
		if errors.Is(cause, raftlog.ErrOutcomeUnknown) {
			err = ErrOutcomeUnknown
		}
		m.fail(decided, err)
	}
}

// askAgain takes the commands one by one down the road of Submit, a few at a time.
func (m *Many) askAgain(decided int, cause error) {
	ctx, cancel := context.WithDeadline(m.node.ctx, m.deadline)
	defer cancel()
	if count := len(m.Commands); cap(m.Results) < count {
		m.Results = append(make([]command.Result, 0, count), m.Results...)
	}
	m.Results = m.Results[:len(m.Commands)]
	var next atomic.Int64
	next.Store(int64(decided))
	var all sync.WaitGroup
	for range min(maxManyAsks, len(m.Commands)-decided) {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(m.Commands)); i = next.Add(1) - 1 {
				m.ask(ctx, int(i), cause)
			}
		})
	}
	all.Wait()
	m.finish()
}

func (m *Many) ask(ctx context.Context, i int, cause error) {
	result, err := m.node.resume(ctx, m.part, &m.Commands[i], cause)
	if m.Errs[i] = err; err == nil {
		m.Results[i] = *result
		return
	}
	if errors.Is(err, ErrOutcomeUnknown) || readOnly(&m.Commands[i]) {
		m.spent.Store(true)
	}
}

// refuse ends a Many of which nothing was asked.
func (m *Many) refuse(err error) { m.fail(0, err) }

// fail ends it with one error for all commands from decided on.
func (m *Many) fail(decided int, err error) {
	for i := decided; i < len(m.Errs); i++ {
		m.Errs[i] = err
	}
	m.finish()
}

func (m *Many) finish() {
	leaveAll(m.taken)
	m.taken = m.taken[:0]
	m.Done(m)
}
