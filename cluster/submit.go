package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster/link"
	"github.com/parterre/parterre/raftlog"
)

const (
	// firstPause and longestPause bound the wait before the next attempt, which a change of leader cuts short. Half of
	// each is random, so that those who wait do not come back all at once.
	firstPause   = 4 * time.Millisecond
	longestPause = 250 * time.Millisecond
	// maxForward is the deadline of a forwarded attempt whose context has none.
	maxForward = 30 * time.Second
)

// Submit has the command decided, wherever its partition is led, and waits until ctx ends at the latest. It waits out
// elections, and asks again with the same key where an outcome is unknown, while ctx allows.
//
// A nil error means that the command was decided; the Result says what. ErrOverloaded, ErrNoLeader and ErrHalted promise
// that nothing was changed and that nothing will be. ErrOutcomeUnknown promises nothing. A *command.LimitError says that
// no replica could read the command; nothing was proposed.
//
// What c points to must stay unchanged until Submit returns, and for ever after ErrOutcomeUnknown or any error of a read,
// since the attempt may still be under way. A write without a key gets a random one.
func (n *Node) Submit(ctx context.Context, c *command.Command) (*command.Result, error) {
	partition, err := n.placeOf(c)
	if err != nil {
		return nil, err
	}
	slot := n.inflight.enter(c.Event)
	if slot == nil {
		n.metrics.overloaded.Inc()
		return nil, ErrOverloaded
	}
	defer leave(slot)
	if r := n.fastFail(n.parts[partition], c); r != nil {
		return r, nil
	}
	return n.decide(ctx, n.parts[partition], c)
}

// placeOf is the partition of a command that says by itself where it belongs.
func (n *Node) placeOf(c *command.Command) (uint32, error) {
	switch c.Kind {
	case command.KindEvent, command.KindCreateEvent, command.KindRead, command.KindRoom:
		return n.PartitionOf(c.Event), nil
	case command.KindPutChart:
		if c.Chart != nil {
			return partitionOfChart(c.Chart.Name, n.meta.Partitions), nil
		}
	}
	return 0, &command.LimitError{Field: "kind", Reason: "does not say to which partition it belongs"}
}

// road is the way of one command to its decision, over one or more attempts.
type road struct {
	node    *Node
	part    *partition
	command command.Command
	// callerKey: its key is the caller's own.
	callerKey bool
	read      bool // it changes nothing but with time, so that nothing about it can be unknown
	unknown   bool // an attempt's outcome is unknown
	refusal   error
	pauses    int
}

// decide takes the command down the road, whatever its partition.
func (n *Node) decide(ctx context.Context, part *partition, c *command.Command) (*command.Result, error) {
	r := road{node: n, part: part, command: *c, read: readOnly(c), callerKey: c.Request.CallerKey}
	if err := ensureKey(&r.command); err != nil {
		return nil, err
	}
	if mutantAnswerEarly && c.Request.Op == seatmap.OpRelease && n.spawn(func() { _, _ = r.travel(n.ctx) }) {
		return &command.Result{Answer: seatmap.Answer{ID: c.Request.ID}}, nil
	}
	return r.travel(ctx)
}

// travel makes attempts until one decides.
func (r *road) travel(ctx context.Context) (*command.Result, error) {
	n := r.node
	for ctx.Err() == nil && !n.closing() && !n.retired() {
		var changes changes
		if r.pauses > 0 { // the first attempt mostly does, and asks for no channels
			changes = n.changes(r.part)
		}
		result, err := r.attempt(ctx)
		if err == nil && r.unknown && forgotten(result.Answer.Code) {
			err = doubt(result.Answer.Code)
		}
		if err == nil {
			if r.unknown && !r.callerKey {
				result.Answer.Replayed = false // by an attempt of this very command: nobody else has its key
			}
			return result, nil
		}
		if final := r.judge(err); final != nil {
			return nil, final
		}
		r.pause(ctx, changes)
	}
	return nil, r.verdict()
}

// forgotten reports an answer that no seat map remembers under the command's key, so that after an attempt whose outcome is
// unknown it says nothing about that one: an event's state may be full now and not when the other attempt is decided, an
// event that is unknown now may be made before, and a waiting room may let pass before whom it refuses now.
func forgotten(code seatmap.Code) bool {
	return code == seatmap.CodeOverloaded || code == seatmap.CodeUnknownEvent || code == seatmap.CodeWaitingRoom
}

// doubt is what such an answer comes to. A full state may have room soon; an event, or a waiting room, is not waited for.
func doubt(code seatmap.Code) error {
	switch code {
	case seatmap.CodeOverloaded:
		return raftlog.ErrOverloaded
	case seatmap.CodeWaitingRoom:
		return errTurnedAway
	}
	return errUnknownEvent
}

var (
	// errUnknownEvent says that a command whose outcome is unknown met no event.
	errUnknownEvent = errors.New("cluster: the event is unknown by now")
	// errTurnedAway says that a command whose outcome is unknown was refused by the waiting room.
	errTurnedAway = errors.New("cluster: the waiting room refuses it by now")
)

// readOnly reports a command of which nobody minds how often it is decided: a read, or what frees that which is due anyway.
func readOnly(c *command.Command) bool {
	return c.Kind == command.KindRead || c.Kind == command.KindEvent && (c.Request.Op.ReadOnly() || c.Request.Op == seatmap.OpExpire)
}

// ensureKey gives a write its key before its first attempt, so that the next is the same command.
func ensureKey(c *command.Command) error {
	if c.Kind != command.KindEvent || c.Request.Key != (seatmap.Key{}) || readOnly(c) {
		return nil
	}
	key, err := newKey()
	c.Request.Key = key
	return err
}

func newKey() (seatmap.Key, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return seatmap.Key{}, fmt.Errorf("cluster: no randomness for a key: %w", err)
	}
	return seatmap.Key(id), nil
}

// attempt asks the leader, as this node knows it. raftlog.ErrNotLeader if it knows none.
func (r *road) attempt(ctx context.Context) (*command.Result, error) {
	n := r.node
	local, peer := n.route(r.part)
	if !local && peer == nil {
		return nil, raftlog.ErrNotLeader
	}
	k := newCall(&r.command)
	var err error
	if local {
		err = r.part.group.Submit(&k.batch)
	} else {
		err = r.forward(ctx, peer, k)
	}
	if err != nil {
		k.free()
		return nil, err
	}
	return k.wait(ctx)
}

// forward sends the attempt to the peer. The command is looked at first, as a group does with its own: one that the peer
// cannot read would spoil the frame for all that share it.
func (r *road) forward(ctx context.Context, to *peer, k *call) error {
	if err := r.command.Validate(); err != nil {
		return err
	}
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(maxForward)
	}
	r.node.metrics.forwarded.Inc()
	return to.link.Forward(r.part.id, deadline, &k.batch)
}

// route is whom to ask: this node, a peer, or nobody. Raft's word counts, unless a peer says that it leads in a later
// term.
func (n *Node) route(part *partition) (local bool, to *peer) {
	lead := part.group.Lead()
	if leads(lead) {
		return true, nil
	}
	if c := n.table.claim(part.id); c != nil && (lead.Node == "" || c.term > lead.Term) {
		return false, n.peer(c.node)
	}
	return false, n.peer(lead.Node) // nil for nobody, and for this node while it is not ready
}

// judge notes what an attempt came to, and returns the error to end with, nil to try again.
func (r *road) judge(err error) error {
	switch {
	case errors.Is(err, raftlog.ErrOutcomeUnknown):
		r.node.metrics.retried.WithLabelValues("unknown").Inc()
		if !r.read {
			r.unknown = true
			if mutantNewKey {
				r.command.Request.Key[0]++
			}
			// From now on a refusal must be remembered: else an attempt that is still on its way could be decided after a
			// later one was refused and answered, and take places that the caller was told it does not have.
			r.command.Request.CallerKey = true
		}
	case errors.Is(err, raftlog.ErrOverloaded):
		// At first it is refused early. A command that waited out an election, or may be decided already, goes on.
		if r.pauses == 0 && !r.unknown {
			r.node.metrics.overloaded.Inc()
			return ErrOverloaded
		}
		r.refusal = ErrOverloaded
		r.node.metrics.retried.WithLabelValues("overloaded").Inc()
	case errors.Is(err, raftlog.ErrHalted):
		r.refusal = ErrHalted
		r.node.metrics.retried.WithLabelValues("halted").Inc()
	case errors.Is(err, raftlog.ErrNotLeader), errors.Is(err, raftlog.ErrClosed):
		r.refusal = ErrNoLeader
		r.node.metrics.retried.WithLabelValues("not_leader").Inc()
	case errors.Is(err, link.ErrUnreachable):
		r.refusal = ErrNoLeader
		r.node.metrics.retried.WithLabelValues("unreachable").Inc()
	case r.unknown:
		return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
	default:
		return fmt.Errorf("cluster: the command cannot be decided: %w", err)
	}
	return nil
}

// verdict is what the caller is told when there is no time left.
func (r *road) verdict() error {
	switch {
	case r.unknown:
		r.node.metrics.unknown.Inc()
		return ErrOutcomeUnknown
	case r.node.removed.Load() != nil:
		return errRemoved
	case r.node.closing(), r.node.retired():
		return errClosing
	case r.refusal != nil:
		return r.refusal
	}
	return ErrNoLeader
}

// changes are closed when the leader changes, as Raft or a peer tells. They are asked for before the leader is looked
// up, so that no change is missed.
type changes struct{ lead, claim <-chan struct{} }

func (n *Node) changes(part *partition) changes {
	return changes{lead: part.group.LeadChanged(), claim: n.table.changed()}
}

// pause waits before the next attempt, until the leader changes, but not for long.
func (r *road) pause(ctx context.Context, c changes) {
	d := min(firstPause<<min(r.pauses, 16), longestPause)
	r.pauses++
	start := time.Now()
	timer := time.NewTimer(d/2 + jitter(d/2))
	defer timer.Stop()
	select {
	case <-c.lead:
	case <-c.claim:
	case <-timer.C:
	case <-ctx.Done():
	case <-r.node.ctx.Done():
	}
	r.node.metrics.waited.Observe(time.Since(start).Seconds())
}
