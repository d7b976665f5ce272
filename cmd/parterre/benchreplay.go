package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/audit"
	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/bench/replay"
	"github.com/parterre/parterre/bench/report"
)

// benchReplayConfig is what `parterre bench replay` can be told.
type benchReplayConfig struct {
	endpoints           []string
	own                 bool
	trace, event        string
	speed               string
	connections         int
	limit               int64
	until, killLeaderAt time.Duration
	logStore, output    string
	report, history     string
	clockSlack          time.Duration
	verbose             bool
	room                roomFlags
}

func newBenchReplay(std streams) *cobra.Command {
	c := benchReplayConfig{}
	cmd := &cobra.Command{
		Use:   "replay",
		Short: "Replay a trace in an open loop, on three fresh nodes or on a cluster, and audit every answer",
		Long: "Replay a trace in an open loop: every action is due at its time in the trace divided by the speed, whatever the\n" +
			"cluster does, and latency counts from there. Afterwards an audit compares what the clients saw with what every\n" +
			"node says. Exit code 1: a promise was broken, or the replay could not be done.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return benchReplay(cmd.Context(), c, std) },
	}
	f := cmd.Flags()
	f.StringSliceVar(&c.endpoints, "endpoints", nil, "HTTP addresses of all nodes of a cluster; without them three fresh nodes are started")
	f.BoolVar(&c.own, "nodes", false, "start three fresh nodes on this machine (so it is without --endpoints)")
	f.StringVar(&c.trace, "trace", "", "trace to replay, from `parterre bench trace` or `parterre serve --record`")
	f.StringVar(&c.event, "event", "", "name of the trace's first event on the cluster; one that exists is used if nothing is held or sold in it")
	f.StringVar(&c.speed, "speed", "1", "how many times faster than the trace, or max: as fast as the connections allow")
	f.IntVar(&c.connections, "connections", 1_024, "connections at most, spread over the nodes; opened when all others are busy")
	f.Int64Var(&c.limit, "limit", 0, "end after so many actions of the trace")
	f.DurationVar(&c.until, "until", 0, "end at this time in the trace")
	f.DurationVar(&c.killLeaderAt, "kill-leader-at", 0, "kill the event's leader with SIGKILL at this time after the opening in the trace, and start it again; own nodes only")
	f.StringVar(&c.logStore, "log-store", "bolt", "bolt or wal, of own nodes")
	f.StringVarP(&c.output, "output", "o", "table", "table or json")
	f.StringVar(&c.report, "report", "", "folder for the page: index.html, report.md and run.json")
	f.StringVar(&c.history, "history", "", "file for what every client saw")
	f.DurationVar(&c.clockSlack, "clock-slack", 10*time.Millisecond, "by how much the clocks of the nodes and of this machine may differ, for the audit")
	c.room.add(f)
	f.BoolVar(&c.verbose, "verbose", false, "print the nodes' logs")
	return cmd
}

// check finds mistakes in the call.
func (c *benchReplayConfig) check() (replay.Speed, error) {
	switch {
	case c.trace == "":
		return 0, errors.New("--trace: name the file to replay")
	case c.own && len(c.endpoints) > 0:
		return 0, errors.New("--nodes and --endpoints: choose one")
	case c.killLeaderAt > 0 && len(c.endpoints) > 0:
		return 0, errors.New("--kill-leader-at: only nodes that this command started can be killed; leave --endpoints out")
	case c.output != "table" && c.output != "json":
		return 0, fmt.Errorf("--output: %q is neither table nor json", c.output)
	case c.clockSlack <= 0:
		return 0, errors.New("--clock-slack: want a positive value")
	case c.connections < 1 || c.limit < 0 || c.until < 0 || c.killLeaderAt < 0:
		return 0, errors.New("--connections, --limit, --until, --kill-leader-at: want positive values")
	}
	speed, err := replay.ParseSpeed(c.speed)
	if err != nil {
		return 0, fmt.Errorf("--speed: %w", err)
	}
	if err := c.room.check(speed); err != nil {
		return 0, err
	}
	return speed, nil
}

func benchReplay(ctx context.Context, c benchReplayConfig, std streams) error {
	speed, err := c.check()
	if err != nil {
		return err
	}
	r := &replayRun{benchReplayConfig: c, std: std, speed: speed}
	if err := r.open(); err != nil {
		return fail(exitFailure, err)
	}
	if len(c.endpoints) > 0 {
		return fail(exitFailure, r.play(ctx))
	}
	return fail(exitFailure, withNodes(c.logStore, c.verbose, std, func(cluster *nodes.Cluster) error {
		if err := cluster.WaitReady(ctx); err != nil {
			return err
		}
		r.cluster, r.endpoints = cluster, cluster.Endpoints()
		return r.play(ctx)
	}))
}

// play sets the scene, replays, audits, and tells.
func (r *replayRun) play(ctx context.Context) error {
	run, err := r.begin()
	if err != nil {
		return err
	}
	stage, err := r.setUp(ctx)
	if err != nil {
		return err
	}
	defer r.api.Close()
	result, err := r.replay(ctx, stage)
	if err != nil {
		if result != nil {
			result.Print(r.std.err) // how far it came
		}
		return err
	}
	verdict, err := audit.Judge(ctx, stage.Run, audit.Options{Endpoints: r.endpoints, ClockSlack: r.clockSlack})
	if err != nil {
		return err
	}
	if result.Line != nil {
		verdict.JudgeRooms(result.Line, r.clockSlack)
	}
	r.finish(run, stage, result, verdict)
	if r.cluster != nil {
		entries, err := batches(ctx, r.cluster)
		if err != nil {
			return err
		}
		run.Replays[0].Batches = append(run.Replays[0].Batches, *entries)
	}
	if err := r.tell(run, stage, result, verdict); err != nil {
		return err
	}
	return verdict.Err()
}

// tell writes what came of it, where and as it was asked for.
func (r *replayRun) tell(run *report.Run, stage *replay.Stage, result *replay.Result, verdict *audit.Verdict) error {
	var errs []error
	if r.output == "json" {
		errs = append(errs, report.Encode(r.std.out, run))
	} else {
		result.Print(r.std.out)
		verdict.Print(r.std.out)
	}
	if r.report != "" {
		errs = append(errs, report.Write(r.report, run))
	}
	if r.history != "" {
		errs = append(errs, stage.Run.Save(r.history))
	}
	return errors.Join(errs...)
}
