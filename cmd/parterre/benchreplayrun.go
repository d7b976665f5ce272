package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/parterre/parterre/bench/audit"
	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/bench/replay"
	"github.com/parterre/parterre/bench/report"
	"github.com/parterre/parterre/bench/trace"
	"github.com/parterre/parterre/httpapi/client"
)

// replayRun is one `parterre bench replay`.
type replayRun struct {
	benchReplayConfig
	std     streams
	speed   replay.Speed
	cluster *nodes.Cluster // nil where the nodes are somebody else's
	api     *client.Client

	name   string         // of the replay on the page; "" = by the trace and the speed
	faults []replay.Fault // broken besides

	header *trace.Header
	charts []trace.Chart
	events []trace.Event
	digest string
	start  time.Time
}

// open reads the trace's front, and whatever else must be known before the first record.
func (r *replayRun) open() error {
	f, err := os.Open(r.trace)
	if err != nil {
		return err
	}
	defer f.Close()
	digest := sha256.New()
	if _, err := io.Copy(digest, f); err != nil {
		return err
	}
	r.digest = hex.EncodeToString(digest.Sum(nil))
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if r.charts, r.events, err = trace.ReadEvents(bufio.NewReader(f)); err != nil {
		return fmt.Errorf("%s: %w", r.trace, err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	reader, err := trace.NewReader(bufio.NewReader(f))
	if err != nil {
		return fmt.Errorf("%s: %w", r.trace, err)
	}
	r.header = reader.Header()
	return nil
}

// begin says what is run where, while nothing else runs.
func (r *replayRun) begin() (*report.Run, error) {
	r.start = time.Now()
	c := report.Command{Line: r.line(), StartedAt: r.start, Parterre: buildVersion()}
	c.Settings = report.Settings{Nodes: len(r.endpoints), Processes: "a cluster that was there"}
	c.Settings.Others = append(c.Settings.Others, report.Setting{Name: "connections at most", Value: strconv.Itoa(r.connections)})
	if r.cluster != nil {
		c.Settings.Processes, c.Settings.LogStore = "three processes on this machine, beside the load", r.logStore
		c.Settings.Durability = "fsynced on two of three nodes before each answer"
	}
	if r.report != "" || r.output == "json" { // measuring the disk takes a moment
		dir := os.TempDir()
		if r.cluster != nil {
			dir = filepath.Dir(r.cluster.Nodes[0].Dir)
		}
		var err error
		if c.Machine, err = report.ThisMachine(dir); err != nil {
			return nil, err
		}
	}
	run := report.New("", c)
	return &run, nil
}

// line is the command as a reader can type it.
func (r *replayRun) line() string {
	line := "parterre bench replay --trace " + filepath.Base(r.trace) + " --speed " + r.speed.String() +
		" --connections " + strconv.Itoa(r.connections)
	if r.limit > 0 {
		line += " --limit " + strconv.FormatInt(r.limit, 10)
	}
	if r.until > 0 {
		line += " --until " + r.until.String()
	}
	if r.killLeaderAt > 0 {
		line += " --kill-leader-at " + r.killLeaderAt.String()
	}
	line += r.room.line()
	if r.cluster != nil {
		return line + " --log-store " + r.logStore
	}
	return line + " --endpoints …"
}

// setUp makes the trace's events on the cluster.
func (r *replayRun) setUp(ctx context.Context) (*replay.Stage, error) {
	api, err := client.New(client.Options{Endpoints: r.endpoints})
	if err != nil {
		return nil, fmt.Errorf("--endpoints: %w", err)
	}
	stage, err := replay.Setup(ctx, replay.Scene{
		Client: api, Header: r.header, Charts: r.charts, Events: r.events, Event: r.event, Speed: r.speed,
	})
	if errors.Is(err, replay.ErrNotFresh) {
		err = fmt.Errorf("%w with --event", err)
	}
	if err != nil {
		api.Close()
		return nil, err
	}
	r.api = api
	return stage, nil
}

// replay plays the trace, with a leader killed where that was asked for.
func (r *replayRun) replay(ctx context.Context, stage *replay.Stage) (*replay.Result, error) {
	f, err := os.Open(r.trace)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	reader, err := trace.NewReader(bufio.NewReaderSize(f, 256<<10))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.trace, err)
	}
	o := replay.Options{
		Stage: stage, Source: reader, Retry: r.header.Retry, Endpoints: r.endpoints, Speed: r.speed,
		Connections: r.connections, Limit: r.limit, Until: r.until, Progress: progressOn(r.std.err),
	}
	o.Faults = append(o.Faults, r.faults...)
	o.Rooms = r.room.rooms(stage.Places())
	k := &leaderKill{api: r.api, cluster: r.cluster, event: stage.Events[0].Name}
	if r.killLeaderAt > 0 {
		o.Faults = append(o.Faults, replay.Fault{At: r.killLeaderAt, Break: k.kill})
	}
	result, err := replay.Play(ctx, o)
	return result, errors.Join(err, k.wait(ctx))
}

// finish puts the result into the report.
func (r *replayRun) finish(run *report.Run, stage *replay.Stage, result *replay.Result, verdict *audit.Verdict) {
	run.Commands[0].Seconds = time.Since(r.start).Seconds()
	name := cmp.Or(r.name, filepath.Base(r.trace)+" at speed "+r.speed.String())
	p := result.Replay(name, report.Trace{
		File: filepath.Base(r.trace), Digest: r.digest, Seed: r.header.Seed, Places: stage.Places(), Actions: result.Records,
	})
	p.Audit = auditReport(name, verdict)
	run.Replays = append(run.Replays, p)
	if r.speed == 1 {
		run.Aims = append(run.Aims, firstMinuteAims(result)...)
	}
}

// firstMinuteAims are what the first minute of an on-sale at speed 1 must show.
func firstMinuteAims(result *replay.Result) []report.Aim {
	f := result.FirstMinute()
	const work = "first minute of an on-sale, speed 1"
	return []report.Aim{
		report.AtMost(work, "slowest accepted request", 1, "s", report.SpreadOf(f.Slowest.Seconds())),
		report.AtMost(work, "refusals that are neither 409 nor 429", 0, "requests", report.SpreadOf(float64(f.Others()))),
	}
}
