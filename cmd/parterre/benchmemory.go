package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/load"
	"github.com/parterre/parterre/bench/nodes"
)

// benchMemoryConfig is what `parterre bench memory` can be told.
type benchMemoryConfig struct {
	events, seats int
	sell          time.Duration
	logStore      string
}

func newBenchMemory(std streams) *cobra.Command {
	c := benchMemoryConfig{}
	cmd := &cobra.Command{
		Use:   "memory",
		Short: "Resident memory of every node with many events open, before and after some are sold",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return fail(exitFailure, benchMemory(cmd.Context(), c, std))
		},
	}
	f := cmd.Flags()
	f.IntVar(&c.events, "events", 1_000, "events on sale")
	f.IntVar(&c.seats, "seats", 50_000, "seats of each")
	f.DurationVar(&c.sell, "sell", 10*time.Second, "then sell seats for this long")
	f.StringVar(&c.logStore, "log-store", "bolt", "bolt or wal")
	return cmd
}

func benchMemory(ctx context.Context, c benchMemoryConfig, std streams) error {
	return withNodes(c.logStore, false, std, func(cluster *nodes.Cluster) error { return fillMemory(ctx, c, std, cluster) })
}

func fillMemory(ctx context.Context, c benchMemoryConfig, std streams, cluster *nodes.Cluster) error {
	stock, err := newStock(ctx, cluster, c.seats, c.events)
	if err != nil {
		return err
	}
	defer stock.api.Close()
	if err := printMemory(ctx, cluster, std, fmt.Sprintf("%d events of %d seats, nothing sold", c.events, c.seats)); err != nil {
		return err
	}
	result, err := load.Run(ctx, load.Work{
		Endpoints: stock.hosts, Connections: 64, Duration: c.sell, Timeout: 10 * time.Second, Next: stock.next,
	})
	if err != nil {
		return err
	}
	return printMemory(ctx, cluster, std, fmt.Sprintf("the same, %d orders later", result.Orders))
}

func printMemory(ctx context.Context, cluster *nodes.Cluster, std streams, when string) error {
	for _, n := range cluster.Nodes {
		resident, err := gauge(ctx, n, "process_resident_memory_bytes")
		if err != nil {
			return err
		}
		heap, err := gauge(ctx, n, "go_memstats_heap_inuse_bytes")
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "%s: %s: resident %.0f MiB, heap in use %.0f MiB\n", when, n.Name, resident/mebi, heap/mebi)
	}
	return nil
}

// gauge scrapes one unlabelled series of a node.
func gauge(ctx context.Context, n *nodes.Node, name string) (float64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.Admin+"/metrics", http.NoBody)
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("%s tells no %s", n.Name, name)
}
