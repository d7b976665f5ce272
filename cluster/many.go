package cluster

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/cluster/link"
	"github.com/parterre/parterre/raftlog"
)

// MaxManyCommands bounds the commands of a Many: what one frame carries to a peer, and one entry to the log.
const MaxManyCommands = link.MaxFrameCommands

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
	first    int           // what stands before it is decided
	again    chan struct{} // not nil: askAgain waits for the batch's end
	spent    atomic.Bool
}

// taken are places of one event's limit.
type taken struct {
	slot     *atomic.Int32
	commands int32
}

// Spent reports, after Done, that an attempt whose outcome is unknown may still read what the commands point to.
func (m *Many) Spent() bool { return m.spent.Load() }

// SubmitMany has the commands decided in order, wherever their partition is led. It never blocks. It waits out elections
// and asks again with the same keys, as Submit does, until Deadline; then a goroutine does that.
//
// Overload refuses all of them or none. The advisory fast-fail is not taken.
func (n *Node) SubmitMany(m *Many) {
	m.prepare(n)
	part, err := n.placeOfMany(m)
	if err != nil {
		m.fail(err)
		return
	}
	m.part = part
	if !m.enter() {
		n.metrics.overloaded.Add(float64(len(m.Commands)))
		m.fail(ErrOverloaded)
		return
	}
	if err := m.attempt(); err != nil {
		m.resume(err)
	}
}

// prepare makes room for what will be told.
func (m *Many) prepare(n *Node) {
	m.node = n
	m.spent.Store(false)
	m.taken, m.first, m.again = m.taken[:0], 0, nil
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
	m.Results = slices.Grow(m.Results[:0], count)[:count]
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

// attempt hands the commands from first on to the leader, as this node knows it. An error means that nothing was proposed.
func (m *Many) attempt() error {
	local, peer := m.node.route(m.part)
	if !local && peer == nil {
		return raftlog.ErrNotLeader
	}
	left := m.Commands[m.first:]
	m.batch.Commands, m.batch.Results = left, m.Results[m.first:]
	if local {
		return m.part.group.Submit(&m.batch)
	}
	for i := range left {
		if err := left[i].Validate(); err != nil {
			return err // one that the peer cannot read would spoil the frame for the others
		}
	}
	m.node.metrics.forwarded.Add(float64(len(left)))
	return peer.link.Forward(m.part.id, m.deadline, &m.batch)
}

// ended is the batch's Done. Whether or not all is decided, what is stands in m.Results: the batch had room for it.
func (m *Many) ended(b *raftlog.Batch) {
	m.first += b.Decided
	switch {
	case m.again != nil:
		m.again <- struct{}{}
	case b.Err != nil:
		m.resume(b.Err)
	default:
		m.finish()
	}
}

// fail ends it with one error for all commands that are not decided.
func (m *Many) fail(err error) {
	for i := m.first; i < len(m.Errs); i++ {
		m.Errs[i] = err
	}
	m.finish()
}

func (m *Many) finish() {
	leaveAll(m.taken)
	m.taken = m.taken[:0]
	m.Done(m)
}
