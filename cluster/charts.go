package cluster

import (
	"context"
	"fmt"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// createAttempts bounds how often CreateEvent installs the plan and tries again: once for a replica of this node that
// was behind or ahead of the partition's leader, and once to spare.
const createAttempts = 3

// PutChart names a drawing, at the chart's home partition, which its name picks. See Submit for errors.
func (n *Node) PutChart(ctx context.Context, c *command.Chart) (*command.Result, error) {
	chart := *c
	if err := fillKey(&chart.Key); err != nil {
		return nil, err
	}
	part := n.parts[partitionOfChart(chart.Name, n.meta.Partitions)]
	return n.decide(ctx, part, &command.Command{Kind: command.KindPutChart, Chart: &chart})
}

// CreateEvent looks the chart up at its home, installs its plan in the event's partition if it is not there yet, then
// makes the event. Each step is harmless when repeated, and only the last one makes anything that can be seen. See
// Submit for errors; a chart that does not exist is a Result with CodeUnknownChart.
func (n *Node) CreateEvent(ctx context.Context, event, chart string, config *seatmap.Config, key seatmap.Key) (*command.Result, error) {
	slot := n.inflight.enter(event)
	if slot == nil {
		n.metrics.overloaded.Inc()
		return nil, ErrOverloaded
	}
	defer leave(slot)
	stored, err := n.chartForSure(ctx, chart)
	if err != nil {
		return nil, err
	}
	if stored == nil {
		return &command.Result{NowMillis: n.cfg.ClockMillis(), Answer: seatmap.Answer{
			Code: seatmap.CodeUnknownChart, Field: "chart", Reason: "there is no chart of that name",
		}}, nil
	}
	if err := fillKey(&key); err != nil {
		return nil, err
	}
	part := n.parts[n.PartitionOf(event)]
	create := &command.Command{Kind: command.KindCreateEvent, Event: event, Create: &command.Create{
		Chart: stored.Name, Plan: stored.Plan, Config: *config, Key: key,
	}}
	installed := part.machine.HasPlan(stored.Plan)
	for range createAttempts {
		if !installed {
			if r, err := n.install(ctx, part, stored); err != nil || r.Answer.Code != seatmap.CodeOK {
				return r, err
			}
		}
		r, err := n.decide(ctx, part, create)
		if err != nil || r.Answer.Code != seatmap.CodeUnknownChart {
			return r, err
		}
		installed = false
	}
	return nil, fmt.Errorf("%w: partition %d does not keep the plan of chart %s", ErrNoLeader, part.id, chart)
}

// chartForSure finds a chart: at this node's replica, else at the replica once it shows all that was decided.
func (n *Node) chartForSure(ctx context.Context, name string) (*actors.StoredChart, error) {
	if c, ok := n.Chart(name); ok {
		return c, nil
	}
	if err := n.ChartBarrier(ctx, name); err != nil {
		return nil, err
	}
	c, _ := n.Chart(name)
	return c, nil
}

// install keeps the compiled chart in the partition, for the events there.
func (n *Node) install(ctx context.Context, part *partition, stored *actors.StoredChart) (*command.Result, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	return n.decide(ctx, part, &command.Command{Kind: command.KindInstallChart, Chart: &command.Chart{
		Content: stored.Content, Plan: stored.Plan, PlanCode: stored.PlanCode, Key: key,
	}})
}

func fillKey(key *seatmap.Key) (err error) {
	if *key == (seatmap.Key{}) {
		*key, err = newKey()
	}
	return err
}
