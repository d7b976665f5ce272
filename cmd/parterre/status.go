package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/httpapi/client"
)

// statusConfig is what `parterre status` can be told.
type statusConfig struct {
	endpoints []string
	timeout   time.Duration
	output    string
}

func newStatus(std streams) *cobra.Command {
	c := statusConfig{}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show nodes, partitions, leaders and lag",
		Long: "Show nodes, partitions, leaders and lag, as one node sees them.\n" +
			"Exit code 0: all is well; 1: a node is unreachable, a partition has no leader or is halted; 3: no node answered.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return status(cmd.Context(), c, std)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&c.endpoints, "endpoints", []string{"http://127.0.0.1:8081", "http://127.0.0.1:8082", "http://127.0.0.1:8083"},
		"HTTP addresses of the nodes; the first that answers is asked")
	f.DurationVar(&c.timeout, "timeout", 5*time.Second, "give up after this long")
	f.StringVarP(&c.output, "output", "o", "table", "table or json")
	return cmd
}

func status(ctx context.Context, c statusConfig, std streams) error {
	if c.output != "table" && c.output != "json" {
		return fmt.Errorf("--output: %q is neither table nor json", c.output)
	}
	api, err := client.New(client.Options{
		Endpoints: c.endpoints, Attempts: len(c.endpoints), AttemptTimeout: c.timeout,
	})
	if err != nil {
		return fmt.Errorf("--endpoints: %w", err)
	}
	defer api.Close()
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	seen, err := api.Cluster(ctx)
	if err != nil {
		return fail(exitUnreachable, fmt.Errorf("no node answered: %w", err))
	}
	if c.output == "json" {
		encoder := json.NewEncoder(std.out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(seen)
	} else {
		err = printStatus(std.out, seen)
	}
	return fail(exitFailure, errors.Join(err, troubles(seen)))
}

func printStatus(w io.Writer, s *client.ClusterStatus) error {
	fmt.Fprintf(w, "cluster %s\n\n", s.Cluster)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NODE\tHTTP\tPEER\tVERSION\tREACHABLE\tCLOCK\tLEADS")
	for _, n := range s.Nodes {
		reachable := "yes"
		if !n.Reachable {
			reachable = "NO"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%+d ms\t%s\n",
			n.Node, n.HTTP, n.Peer, n.Version, reachable, n.ClockOffsetMS, ledBy(s, n.Node))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	table = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PARTITION\tLEADER\tTERM\tREPLICA\tAPPLIED\tLAG\tCHECKPOINT\tSTATE HASH\tHALTED")
	for _, p := range s.Partitions {
		newest := uint64(0)
		for _, r := range p.Replicas {
			newest = max(newest, r.Committed)
		}
		leader := p.Leader
		if leader == "" {
			leader = "NONE"
		}
		for _, r := range p.Replicas {
			fmt.Fprintf(table, "%d\t%s\t%d\t%s\t%d\t%d\t%d\t%s\t%s\n", p.Partition, leader, p.Term, r.Node,
				r.Applied, newest-min(newest, r.Applied), r.HashIndex, r.StateHash, r.Halted)
		}
	}
	return table.Flush()
}

// ledBy lists the partitions that a node leads.
func ledBy(s *client.ClusterStatus, node string) string {
	var led []string
	for _, p := range s.Partitions {
		if p.Leader == node {
			led = append(led, fmt.Sprint(p.Partition))
		}
	}
	return strings.Join(led, ",")
}

// troubles is nil if all is well.
func troubles(s *client.ClusterStatus) error {
	var errs []error
	for _, n := range s.Nodes {
		if !n.Reachable {
			errs = append(errs, fmt.Errorf("%s is unreachable", n.Node))
		}
	}
	for _, p := range s.Partitions {
		if p.Leader == "" {
			errs = append(errs, fmt.Errorf("partition %d has no leader", p.Partition))
		}
		for _, r := range p.Replicas {
			if r.Halted != "" {
				errs = append(errs, fmt.Errorf("partition %d is halted on %s: %s", p.Partition, r.Node, r.Halted))
			}
		}
	}
	return errors.Join(errs...)
}
