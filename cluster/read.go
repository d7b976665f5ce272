package cluster

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/raftlog"
)

// ReadBarrier returns when this node's replica has applied everything that was decided for the event's partition before
// the call, and what falls due with time: the holds of the event whose deadlines had passed by then have lapsed. It sends a
// command through the log, one that frees what is due and is answered whether or not there is such an event, and waits for
// its entry, because nothing short of that proves anything: a paused ex-leader passes every check of its own. ErrBehind if ctx
// ends while the replica is still catching up; see Submit for the rest.
func (n *Node) ReadBarrier(ctx context.Context, event string) error {
	if mutantLocalRead {
		return nil
	}
	return n.pass(ctx, n.parts[n.PartitionOf(event)], &command.Command{
		Kind: command.KindEvent, Event: event, Request: seatmap.Request{Op: seatmap.OpExpire, Limit: math.MaxInt32},
	})
}

// ChartBarrier is ReadBarrier for a chart's name.
func (n *Node) ChartBarrier(ctx context.Context, chart string) error {
	return n.barrier(ctx, n.parts[partitionOfChart(chart, n.meta.Partitions)])
}

// barrier returns when this node's replica has applied everything that was decided for the partition before the call.
func (n *Node) barrier(ctx context.Context, part *partition) error {
	return n.pass(ctx, part, &command.Command{Kind: command.KindRead})
}

// pass has a command that can do no harm decided, and waits until this node's replica has come as far.
func (n *Node) pass(ctx context.Context, part *partition, c *command.Command) error {
	r, err := n.decide(ctx, part, c)
	if err != nil {
		return err
	}
	switch err := part.group.WaitApplied(ctx, r.Index); {
	case err == nil:
		return nil
	case errors.Is(err, raftlog.ErrHalted):
		return fmt.Errorf("%w: %w", ErrHalted, err)
	case errors.Is(err, raftlog.ErrOverloaded):
		return ErrOverloaded
	default:
		return fmt.Errorf("%w: %w", ErrBehind, err)
	}
}

// Event finds an event in this node's replicas.
func (n *Node) Event(key string) (*actors.Event, bool) {
	return n.parts[n.PartitionOf(key)].machine.Event(key)
}

// Events lists this node's events of all partitions in order of their keys, after the given one, at most limit.
func (n *Node) Events(after string, limit int) []*actors.Event {
	var all []*actors.Event
	for _, part := range n.parts {
		all = append(all, part.machine.Events(after, limit)...)
	}
	slices.SortFunc(all, func(a, b *actors.Event) int { return strings.Compare(a.Key(), b.Key()) })
	return all[:min(max(limit, 0), len(all))]
}

// Chart finds a named chart in this node's replica of its home.
func (n *Node) Chart(name string) (*actors.StoredChart, bool) {
	return n.parts[partitionOfChart(name, n.meta.Partitions)].machine.Chart(name)
}

// Charts lists this node's named charts in order of their names, after the given one, at most limit.
func (n *Node) Charts(after string, limit int) []*actors.StoredChart {
	var all []*actors.StoredChart
	for _, part := range n.parts {
		all = append(all, part.machine.Charts(after, limit)...)
	}
	slices.SortFunc(all, func(a, b *actors.StoredChart) int { return strings.Compare(a.Name, b.Name) })
	return all[:min(max(limit, 0), len(all))]
}

// PartitionOf is the partition of an event, for ever.
func (n *Node) PartitionOf(event string) uint32 { return partitionOfEvent(event, n.meta.Partitions) }

// Name is this node's name.
func (n *Node) Name() string { return n.meta.Node }
