package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/nodes"
)

// devConfig is what `parterre dev` can be told.
type devConfig struct {
	data                  string
	nodes                 int
	http, peer, admin     int
	logStore, logLevel    string
	drainTimeout, forming time.Duration
}

func newDev(std streams) *cobra.Command {
	c := devConfig{drainTimeout: 20 * time.Second, forming: time.Minute}
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Run three nodes on this machine until Ctrl-C; the data stays in a folder",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return fail(exitFailure, dev(cmd.Context(), c, std))
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.data, "data", "data", "folder below which each node keeps its own")
	f.IntVar(&c.nodes, "nodes", 3, "number of nodes")
	f.IntVar(&c.http, "http-port", 8081, "HTTP port of the first node; the others follow")
	f.IntVar(&c.peer, "peer-port", 7081, "peer port of the first node; the others follow")
	f.IntVar(&c.admin, "admin-port", 9081, "admin port of the first node; the others follow")
	f.StringVar(&c.logStore, "log-store", "bolt", "bolt or wal")
	f.StringVar(&c.logLevel, "log-level", "warn", "debug, info, warn or error")
	return cmd
}

// dev starts the nodes, prints their output with each line's node before it, and drains them when ctx ends.
func dev(ctx context.Context, c devConfig, std streams) error {
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	var line sync.Mutex
	cluster, err := nodes.Start(nodes.Options{
		Binary: binary, Dir: c.data, Count: c.nodes,
		FirstHTTP: c.http, FirstPeer: c.peer, FirstAdmin: c.admin,
		Args: []string{"--log-store", c.logStore, "--log-level", c.logLevel, "--log-format", "text"},
		Output: func(node, text string) {
			line.Lock()
			defer line.Unlock()
			fmt.Fprintf(std.err, "%s | %s\n", node, text)
		},
	})
	if err != nil {
		return err
	}
	defer cluster.Close()
	forming, cancel := context.WithTimeout(ctx, c.forming)
	defer cancel()
	if err := cluster.WaitReady(forming); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	fmt.Fprintf(std.out, "%d nodes are ready: %s (Ctrl-C drains)\n", c.nodes, strings.Join(cluster.Endpoints(), " "))
	ended := firstExit(ctx, cluster)
	if ended != nil {
		return fmt.Errorf("%s ended: %w", ended.Name, ended.ExitErr())
	}
	fmt.Fprintln(std.out, "draining")
	draining, cancelDrain := context.WithTimeout(context.Background(), c.drainTimeout)
	defer cancelDrain()
	if err := cluster.Stop(draining); err != nil {
		return errors.Join(errors.New("the nodes did not drain cleanly"), err)
	}
	fmt.Fprintln(std.out, "drained; the data stays in", c.data)
	return nil
}

// firstExit waits until ctx ends (nil) or a node does.
func firstExit(ctx context.Context, cluster *nodes.Cluster) *nodes.Node {
	ended := make(chan *nodes.Node, len(cluster.Nodes))
	for _, n := range cluster.Nodes {
		go func() {
			select {
			case <-n.Exited():
				ended <- n
			case <-ctx.Done():
			}
		}()
	}
	select {
	case n := <-ended:
		return n
	case <-ctx.Done():
		return nil
	}
}
