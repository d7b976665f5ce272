package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/bench/replay"
	"github.com/parterre/parterre/httpapi/client"
)

// killedFor is how long a node that a replay killed stays down.
const killedFor = 3 * time.Second

// leaderKill kills the leader of an event, and brings it back.
type leaderKill struct {
	api     *client.Client
	cluster *nodes.Cluster
	event   string
	back    chan error // nil until it was killed
}

// kill kills the leader with SIGKILL; a goroutine starts it again, and wait waits for that.
func (k *leaderKill) kill(ctx context.Context) (string, error) {
	leader, err := k.leader(ctx)
	if err != nil {
		return "", err
	}
	if err := leader.Kill(); err != nil {
		return "", err
	}
	k.back = make(chan error, 1)
	go func() {
		select {
		case <-ctx.Done():
		case <-time.After(killedFor):
		}
		k.back <- leader.Start()
	}()
	return fmt.Sprintf("leader %s killed with SIGKILL, started again %s later", leader.Name, killedFor), nil
}

// leaderPatience is how long a leader may be missing, as on a busy machine just after another election.
const leaderPatience = 20 * time.Second

// leader finds the event's leader, waiting for one if there is none.
func (k *leaderKill) leader(ctx context.Context) (*nodes.Node, error) {
	for until := time.Now().Add(leaderPatience); ; {
		event, err := k.api.Event(ctx, k.event)
		if err == nil {
			if leader := k.cluster.Node(event.Leader); leader != nil {
				return leader, nil
			}
			err = fmt.Errorf("the leader %q is none of the nodes", event.Leader)
		}
		if time.Now().After(until) {
			return nil, fmt.Errorf("find the leader: %w", err)
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// wait waits until the killed node has caught up. The replay must be over.
func (k *leaderKill) wait(ctx context.Context) error {
	if k.back == nil {
		return nil
	}
	if err := <-k.back; err != nil {
		return err
	}
	return k.cluster.WaitReady(ctx)
}

// progressOn tells on a terminal, in one line, how a replay stands; nil elsewhere.
func progressOn(w io.Writer) func(replay.Progress) {
	f, ok := w.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return func(p replay.Progress) {
		const restart = "\r\x1b[K"
		if p.Done {
			fmt.Fprint(f, restart)
			return
		}
		fmt.Fprintf(f, restart+"%s  trace %s  %d answers/s  %d accepted  %d refused  %d × 429  %d open  free %d held %d sold %d",
			p.Elapsed.Round(time.Second), p.Traced.Round(time.Second), p.PerSecond, p.Accepted, p.Refused, p.TurnedAway, p.Open,
			p.Stock.Free, p.Stock.Held, p.Stock.Sold)
		if p.Room != nil {
			fmt.Fprintf(f, "  waiting %d inside %d", p.Room.Waiting, p.Room.Inside)
		}
	}
}
