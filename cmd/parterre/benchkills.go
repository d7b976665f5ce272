package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/audit"
	"github.com/parterre/parterre/bench/load"
	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/httpapi/client"
)

// benchKillsConfig is what `parterre bench kills` can be told.
type benchKillsConfig struct {
	kills, connections, seats int
	between                   time.Duration
	logStore                  string
}

func newBenchKills(std streams) *cobra.Command {
	c := benchKillsConfig{}
	cmd := &cobra.Command{
		Use:   "kills",
		Short: "Kill the leader with SIGKILL under load, again and again: the gap between successful orders, false elections",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return fail(exitFailure, benchKills(cmd.Context(), c, std))
		},
	}
	f := cmd.Flags()
	f.IntVar(&c.kills, "kills", 10, "number of kills")
	f.IntVar(&c.connections, "connections", 64, "connections, each with one request under way")
	f.IntVar(&c.seats, "seats", 50_000, "seats of an event; a fresh event follows when one is sold out")
	f.DurationVar(&c.between, "between", 3*time.Second, "time of load before each kill, and after the node is back")
	f.StringVar(&c.logStore, "log-store", "bolt", "bolt or wal")
	return cmd
}

// gaps writes down when orders were acknowledged.
type gaps struct {
	mu   sync.Mutex
	last time.Time
	// longest is the longest gap since reset.
	longest time.Duration
}

func (g *gaps) ordered(at time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.last.IsZero() {
		g.longest = max(g.longest, at.Sub(g.last))
	}
	if at.After(g.last) {
		g.last = at
	}
}

func (g *gaps) reset() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	longest := g.longest
	g.longest = 0
	return longest
}

func benchKills(ctx context.Context, c benchKillsConfig, std streams) error {
	return withNodes(c.logStore, false, std, func(cluster *nodes.Cluster) error { return killAgainAndAgain(ctx, c, std, cluster) })
}

func killAgainAndAgain(ctx context.Context, c benchKillsConfig, std streams, cluster *nodes.Cluster) error {
	stock, err := newStock(ctx, cluster, c.seats, killsEvents)
	if err != nil {
		return err
	}
	defer stock.api.Close()
	loaded, cancel := context.WithCancel(ctx)
	defer cancel()
	seen, history := &gaps{}, stock.history()
	done := make(chan error, 1)
	go func() {
		result, err := load.Run(loaded, load.Work{
			Endpoints: stock.hosts, Connections: c.connections, Timeout: 10 * time.Second, Next: stock.next, Ordered: seen.ordered,
			Duration: time.Duration(c.kills) * (2*c.between + time.Minute), History: history,
		})
		if err == nil {
			fmt.Fprintf(std.out, "%d orders, %d refused, %d requests asked again\n", result.Orders, result.Refused, result.Retried)
		}
		done <- err
	}()
	var measured []time.Duration
	falseElections := 0
	for kill := range c.kills {
		gap, elections, err := oneKill(ctx, c, cluster, stock.api, seen)
		if err != nil {
			return err
		}
		if gap == 0 {
			return errors.New("no two orders were seen about a kill: everything is sold, or nothing is decided any more")
		}
		measured, falseElections = append(measured, gap), falseElections+elections
		fmt.Fprintf(std.out, "kill %d: %s without an order; %d elections that no kill caused\n", kill+1, gap.Round(time.Millisecond), elections)
	}
	cancel()
	if err := <-done; err != nil {
		return err
	}
	slices.Sort(measured)
	fmt.Fprintf(std.out, "gap between successful orders over %d kills: median %s, min %s, max %s; false elections: %d\n", c.kills,
		measured[len(measured)/2].Round(time.Millisecond), measured[0].Round(time.Millisecond),
		measured[len(measured)-1].Round(time.Millisecond), falseElections)
	verdict, err := audit.Judge(ctx, history, audit.Options{Endpoints: cluster.Endpoints()})
	if err != nil {
		return err
	}
	verdict.Print(std.out)
	return verdict.Err()
}

// oneKill loads, kills the leader of the event, measures the gap, and brings the node back. Elections are counted by the
// partition's term while nobody was killed.
func oneKill(ctx context.Context, c benchKillsConfig, cluster *nodes.Cluster, api *client.Client, seen *gaps) (gap time.Duration, elections int, err error) {
	first, err := api.Event(ctx, eventName(0))
	if err != nil {
		return 0, 0, err
	}
	before, err := termOf(ctx, api, first.Partition)
	if err != nil {
		return 0, 0, err
	}
	time.Sleep(c.between)
	event, err := api.Event(ctx, eventName(0))
	if err != nil {
		return 0, 0, err
	}
	after, err := termOf(ctx, api, event.Partition)
	if err != nil {
		return 0, 0, err
	}
	leader := cluster.Node(event.Leader)
	if leader == nil {
		return 0, 0, fmt.Errorf("the leader %q is none of the nodes", event.Leader)
	}
	seen.reset()
	if err := leader.Kill(); err != nil {
		return 0, 0, err
	}
	time.Sleep(c.between)
	gap = seen.reset()
	if err := leader.Start(); err != nil {
		return 0, 0, err
	}
	// Handing leaderships back to the returned node is no false election: wait until the balancer has settled.
	if err := leader.WaitReady(ctx); err != nil {
		return 0, 0, err
	}
	return gap, int(after - before), settle(ctx, api, event.Partition)
}

// settleFor is how long a term must stand before the next kill is prepared.
const settleFor = 6 * time.Second

// settle waits until the partition's term has stood for settleFor.
func settle(ctx context.Context, api *client.Client, partition uint32) error {
	term, since := uint64(0), time.Now()
	for time.Since(since) < settleFor {
		now, err := termOf(ctx, api, partition)
		if err != nil {
			return err
		}
		if now != term {
			term, since = now, time.Now()
		}
		time.Sleep(200 * time.Millisecond)
	}
	return ctx.Err()
}

func termOf(ctx context.Context, api *client.Client, partition uint32) (uint64, error) {
	status, err := api.Cluster(ctx)
	if err != nil {
		return 0, err
	}
	return status.Partitions[partition].Term, nil
}
