package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/nodes"
)

// benchRestartConfig is what `parterre bench restart` can be told.
type benchRestartConfig struct {
	state    filling
	rounds   int
	logStore string
	profiles string
}

func newBenchRestart(std streams) *cobra.Command {
	c := &benchRestartConfig{}
	cmd := &cobra.Command{
		Use:   "restart",
		Short: "Kill all three nodes and start them again with many events: time until all are ready",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return fail(exitFailure, benchRestart(cmd.Context(), c, std))
		},
	}
	f := cmd.Flags()
	f.IntVar(&c.state.events, "events", 1_000, "events on sale")
	f.IntVar(&c.state.seats, "seats", 30_000, "seats of each")
	f.Float64Var(&c.state.sold, "sold", 0.5, "share of the seats that is sold")
	f.Float64Var(&c.state.held, "held", 0.02, "share of the seats that is held")
	f.IntVar(&c.rounds, "rounds", 3, "restarts; the median is told")
	f.StringVar(&c.logStore, "log-store", "bolt", "bolt or wal")
	f.StringVar(&c.profiles, "profiles", "", "folder for CPU profiles of every node while it starts (10 s)")
	return cmd
}

func benchRestart(ctx context.Context, c *benchRestartConfig, std streams) error {
	if c.rounds < 1 || c.state.events < 1 || c.state.sold < 0 || c.state.held < 0 || c.state.sold+c.state.held > 1 {
		return errors.New("at least a round and an event, and shares that are not above 1 in all")
	}
	return withNodes(c.logStore, false, std, func(cluster *nodes.Cluster) error { return restartAgain(ctx, c, std, cluster) })
}

func restartAgain(ctx context.Context, c *benchRestartConfig, std streams, cluster *nodes.Cluster) error {
	if err := c.state.fill(ctx, cluster, std.out); err != nil {
		return err
	}
	defer c.state.api.Close()
	var measured []time.Duration
	for round := range c.rounds {
		took, err := restartAll(ctx, c, cluster)
		if err != nil {
			return err
		}
		measured = append(measured, took)
		fmt.Fprintf(std.out, "restart %d: all ready after %s", round+1, took.Round(time.Millisecond))
		for _, n := range cluster.Nodes {
			resident, err := gauge(ctx, n, "process_resident_memory_bytes")
			if err != nil {
				return err
			}
			cpu, err := gauge(ctx, n, "process_cpu_seconds_total")
			if err != nil {
				return err
			}
			fmt.Fprintf(std.out, "; %s: %.0f MiB resident, %.1f s of CPU", n.Name, resident/mebi, cpu)
		}
		fmt.Fprintln(std.out)
	}
	slices.Sort(measured)
	fmt.Fprintf(std.out, "restart of all nodes until all are ready, %s, %d rounds: median %s, min %s, max %s\n", c.logStore, c.rounds,
		measured[len(measured)/2].Round(time.Millisecond), measured[0].Round(time.Millisecond), measured[len(measured)-1].Round(time.Millisecond))
	return nil
}

// restartAll kills every node at once, as a power cut would, starts them, and waits until each says that it is ready.
func restartAll(ctx context.Context, c *benchRestartConfig, cluster *nodes.Cluster) (time.Duration, error) {
	if err := cluster.Close(); err != nil {
		return 0, err
	}
	begin := time.Now()
	for _, n := range cluster.Nodes {
		if err := n.Start(); err != nil {
			return 0, err
		}
	}
	profiled := make(chan error, 1)
	go func() { profiled <- profileStart(ctx, c.profiles, cluster) }()
	err := cluster.WaitReady(ctx)
	took := time.Since(begin)
	return took, errors.Join(err, <-profiled)
}

const (
	startProfile     = 10 * time.Second
	startProfileWait = 300 * time.Millisecond // until the admin listeners are there, which come first
)

func profileStart(ctx context.Context, folder string, cluster *nodes.Cluster) error {
	if folder == "" {
		return nil
	}
	time.Sleep(startProfileWait)
	return profile(ctx, benchHTTPConfig{profiles: folder, duration: startProfile}, cluster, "start")
}
