package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/audit"
	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/bench/onsale"
	"github.com/parterre/parterre/httpapi/client"
)

// demoConfig is what `parterre demo` can be told.
type demoConfig struct {
	seats, buyers int
	seed          uint64
	logStore      string
	verbose       bool
	timeout       time.Duration
}

// demoDown is how long the killed node stays down.
const demoDown = time.Second

func newDemo(std streams) *cobra.Command {
	c := demoConfig{}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Sell an arena out on three real nodes, kill the leader half-way, audit every node",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return fail(exitFailure, demo(cmd.Context(), c, std))
		},
	}
	f := cmd.Flags()
	f.IntVar(&c.seats, "seats", 30_000, "numbered seats; standing places and tables come on top")
	f.IntVar(&c.buyers, "buyers", 200, "buyers at once, spread over all nodes")
	f.Uint64Var(&c.seed, "seed", 7, "seed of the buyers' choices")
	f.StringVar(&c.logStore, "log-store", "bolt", "bolt or wal")
	f.BoolVar(&c.verbose, "verbose", false, "print the nodes' logs")
	f.DurationVar(&c.timeout, "timeout", 4*time.Minute, "give up after this long")
	return cmd
}

// demo runs the whole show in a temporary folder and leaves nothing behind.
func demo(ctx context.Context, c demoConfig, std streams) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return withNodes(c.logStore, c.verbose, std, func(cluster *nodes.Cluster) error {
		start := time.Now()
		if err := cluster.WaitReady(ctx); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "three nodes on this machine are ready after %s, log store %s, every answer fsynced on two of three\n",
			time.Since(start).Round(time.Millisecond), c.logStore)
		return sellOut(ctx, c, std, cluster)
	})
}

// sellOut sets the sale up, runs it with a leader killed half-way, and prints the audit.
func sellOut(ctx context.Context, c demoConfig, std streams, cluster *nodes.Cluster) error {
	arena, err := arenaOf(c.seats)
	if err != nil {
		return err
	}
	api, err := client.New(client.Options{Endpoints: cluster.Endpoints(), Attempts: 1_000})
	if err != nil {
		return err
	}
	defer api.Close()
	sale := &onsale.Sale{
		Client: api, Event: "tour-2027:opening", Arena: arena, Buyers: c.buyers, Seed: c.seed,
	}
	if err := sale.Setup(ctx); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "an arena: %d seats in %d rows, %d standing places, %d tables; %d buyers at once on three nodes\n",
		c.seats, len(sale.Arena.Rows), sale.Arena.Standing(), len(sale.Arena.Tables), c.buyers)
	killed := make(chan error, 1)
	sale.AtHalf = func() { killed <- killLeader(ctx, sale, cluster, std) }
	outcome, err := sale.Run(ctx)
	if err != nil {
		return err
	}
	select {
	case err := <-killed:
		if err != nil {
			return err
		}
	case <-ctx.Done():
		return fmt.Errorf("the killed node did not come back: %w", ctx.Err())
	}
	verdict, err := audit.Judge(ctx, outcome.Run, audit.Options{Endpoints: cluster.Endpoints()})
	if err != nil {
		return err
	}
	outcome.Print(std.out, verdict)
	return verdict.Err()
}

// killLeader kills the process that leads the event's partition with SIGKILL, and starts it again a second later.
func killLeader(ctx context.Context, sale *onsale.Sale, cluster *nodes.Cluster, std streams) error {
	event, err := sale.Client.Event(ctx, sale.Event)
	if err != nil {
		return fmt.Errorf("find the leader: %w", err)
	}
	leader := cluster.Node(event.Leader)
	if leader == nil {
		return fmt.Errorf("the leader %q is none of the nodes", event.Leader)
	}
	if err := leader.Kill(); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "half of it is sold (%d places): %s, which leads the event, was killed with SIGKILL\n", sale.Sold(), leader.Name)
	time.Sleep(demoDown)
	if err := leader.Start(); err != nil {
		return err
	}
	if err := leader.WaitReady(ctx); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%s is back and has caught up\n", leader.Name)
	return nil
}
