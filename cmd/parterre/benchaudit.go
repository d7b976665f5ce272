package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/audit"
	"github.com/parterre/parterre/bench/history"
)

// benchAuditConfig is what `parterre bench audit` can be told.
type benchAuditConfig struct {
	history    string
	endpoints  []string
	clockSlack time.Duration
	orders     int
	output     string
}

func newBenchAudit(std streams) *cobra.Command {
	c := benchAuditConfig{}
	cmd := &cobra.Command{
		Use:   "audit --history FILE [--endpoints …]",
		Short: "Judge a run by what its clients saw and by what every node says",
		Long: "Judge a run by the history that its clients wrote (bench replay --history FILE) and by what every node says now: one\n" +
			"owner for every seat, every acknowledged order there, nothing refused that was free, counts and hashes equal.\n" +
			"Without --endpoints, the history alone is judged. The audit changes nothing. Exit code 1: a promise was broken, or\n" +
			"the audit could not be done.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return benchAudit(cmd.Context(), c, std) },
	}
	f := cmd.Flags()
	f.StringVar(&c.history, "history", "", "file with what every client saw")
	f.StringSliceVar(&c.endpoints, "endpoints", nil, "HTTP addresses of all nodes of the cluster")
	f.DurationVar(&c.clockSlack, "clock-slack", 10*time.Millisecond, "by how much the clocks of the nodes and of the load's machine may differ")
	f.IntVar(&c.orders, "orders", 0, "read so many orders back from each node, spread evenly; 0 = all")
	f.StringVarP(&c.output, "output", "o", "table", "table or json")
	return cmd
}

func benchAudit(ctx context.Context, c benchAuditConfig, std streams) error {
	switch {
	case c.history == "":
		return errors.New("--history: name the file to judge")
	case c.output != "table" && c.output != "json":
		return fmt.Errorf("--output: %q is neither table nor json", c.output)
	case c.clockSlack <= 0 || c.orders < 0:
		return errors.New("--clock-slack, --orders: want positive values")
	}
	run, err := history.Load(c.history)
	if err != nil {
		return fail(exitFailure, err)
	}
	verdict, err := audit.Judge(ctx, run, audit.Options{Endpoints: c.endpoints, ClockSlack: c.clockSlack, OrdersPerNode: c.orders})
	if err != nil {
		return fail(exitFailure, err)
	}
	if c.output == "json" {
		encoder := json.NewEncoder(std.out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(auditReport(c.history, verdict))
	} else {
		verdict.Print(std.out)
	}
	return fail(exitFailure, errors.Join(err, verdict.Err()))
}

// auditQuietly judges a run of a measurement: a line if all is well, the whole verdict if not.
func auditQuietly(ctx context.Context, run *history.Run, endpoints []string, std streams) error {
	if run == nil {
		return nil
	}
	verdict, err := audit.Judge(ctx, run, audit.Options{Endpoints: endpoints})
	if err != nil {
		return err
	}
	if verdict.Err() != nil {
		verdict.Print(std.err)
		return verdict.Err()
	}
	fmt.Fprintf(std.err, "audit: %d operations, %d orders on every node, %d refusals: every promise held\n", verdict.Operations,
		verdict.Orders, verdict.FreeSeats.Checked)
	return nil
}
