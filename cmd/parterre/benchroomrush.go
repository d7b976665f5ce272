package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/parterre/parterre/bench/audit"
	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/bench/replay"
	"github.com/parterre/parterre/bench/trace"
)

// A rush is a theatre's on-sale at ten times its speed: its first minutes, and as long again for those inside.
const (
	rushSeats   = 2_000
	rushUsers   = 10 * rushSeats
	calmUsers   = 300
	rushLasts   = 5 * time.Minute
	rushSpeed   = 10
	withinTimes = 2.0
)

// rushRoom is the room of a rush, in the trace's time.
var rushRoom = roomFlags{
	mode: replay.Random, maxInside: "400", admitPerMinute: "400", before: 20 * time.Second, enter: 2 * time.Minute, idle: 5 * time.Minute,
	stay: 15 * time.Minute, patience: 2 * time.Minute,
}

// rushed is what a rush came to.
type rushed struct {
	shop  map[string]float64 // p99 in ms by operation
	reads float64            // existing customers' p99 in ms
}

// rush compares the shop unloaded, behind the room, and without it, and the reads of existing customers beside.
func (b *roomBench) rush(ctx context.Context) error {
	var calm, room, none *rushed
	for _, r := range []struct {
		name  string
		users int
		room  string
		into  **rushed
	}{
		{"unloaded: few shoppers, no room", calmUsers, "off", &calm},
		{"ten times more shoppers than seats, through the room", rushUsers, replay.Random, &room},
		{"ten times more shoppers than seats, no room", rushUsers, "off", &none},
	} {
		flags := rushRoom
		flags.mode = r.room
		var err error
		if *r.into, err = b.oneRush(ctx, r.name, r.users, rushLasts, flags, nil); err != nil {
			return err
		}
	}
	b.compare("hold", "confirm", calm, room, none)
	b.say("  existing customers' reads, p99: %.1f ms unloaded, %.1f ms behind the room (× %.2f), %.1f ms without it (× %.2f)",
		calm.reads, room.reads, room.reads/calm.reads, none.reads, none.reads/calm.reads)
	b.atMost("Waiting room, ten times more shoppers than seats", "existing customers' reads p99 ÷ idle", withinTimes, "×", room.reads/calm.reads)
	return nil
}

func (b *roomBench) compare(hold, confirm string, calm, room, none *rushed) {
	for _, op := range []string{hold, "hold best available", confirm} {
		b.say("  %s, p99 of the service time: %.1f ms unloaded, %.1f ms behind the room (× %.2f), %.1f ms without it (× %.2f)",
			op, calm.shop[op], room.shop[op], room.shop[op]/calm.shop[op], none.shop[op], none.shop[op]/calm.shop[op])
		b.atMost("Waiting room, ten times more shoppers than seats", op+" p99 ÷ unloaded", withinTimes, "×", room.shop[op]/calm.shop[op])
	}
}

// oneRush replays a rush on three fresh nodes and audits it.
func (b *roomBench) oneRush(
	ctx context.Context, name string, users int, lasts time.Duration, room roomFlags, faults func(*replayRun) []replay.Fault,
) (*rushed, error) {
	var out *rushed
	err := withNodes(b.logStore, b.verbose, b.std, func(cluster *nodes.Cluster) error {
		if err := cluster.WaitReady(ctx); err != nil {
			return err
		}
		file := filepath.Join(filepath.Dir(cluster.Nodes[0].Dir), "rush.trace")
		if err := rushTrace(ctx, file, users, lasts); err != nil {
			return err
		}
		r := &replayRun{
			benchReplayConfig: benchReplayConfig{
				endpoints: cluster.Endpoints(), trace: file, speed: fmt.Sprint(rushSpeed), connections: 1_024, logStore: b.logStore, output: "table", clockSlack: 10 * time.Millisecond, room: room,
			},
			std: b.std, speed: rushSpeed, cluster: cluster, name: name,
		}
		if faults != nil {
			r.faults = faults(r)
		}
		var err error
		out, err = b.play(ctx, r)
		return err
	})
	return out, err
}

// play replays, with customers reading their orders beside, and tells what came of it.
func (b *roomBench) play(ctx context.Context, r *replayRun) (*rushed, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	stage, err := r.setUp(ctx)
	if err != nil {
		return nil, err
	}
	defer r.api.Close()
	reads, err := readOrders(ctx, r.api, r.cluster)
	if err != nil {
		return nil, err
	}
	result, err := r.replay(ctx, stage)
	p99, rerr := reads.end()
	if err = errors.Join(err, rerr); err != nil {
		return nil, err
	}
	verdict, err := audit.Judge(ctx, stage.Run, audit.Options{Endpoints: r.endpoints, ClockSlack: r.clockSlack})
	if err != nil {
		return nil, err
	}
	if result.Line != nil {
		verdict.JudgeRooms(result.Line, r.clockSlack)
	}
	b.say("  --- %s", r.name)
	result.Print(b.std.out)
	verdict.Print(b.std.out)
	r.start = b.all.Commands[0].StartedAt
	r.finish(&b.all, stage, result, verdict)
	out := &rushed{shop: map[string]float64{}, reads: p99}
	for _, o := range result.Operations() {
		out.shop[o.Name] = float64(o.Service.ValueAtQuantile(99)) / 1000
	}
	return out, verdict.Err()
}

// rushTrace writes the trace of a rush.
func rushTrace(ctx context.Context, file string, users int, lasts time.Duration) error {
	c := benchTraceConfig{parameters: trace.DefaultParameters(), venue: "theatre", venueSeed: 1, seats: rushSeats, standing: -1}
	p := &c.parameters
	p.Seed, p.Users, p.WriteSeconds, p.DurationSeconds = 7, users, lasts.Seconds(), lasts.Seconds()
	p.BotRequests = 0 // scrapers look at the map from outside: that is no room's affair
	if users == calmUsers {
		p.AtOpen, p.Tail = 0, 1 // one after the other, at any time
	}
	v, chart, err := c.open()
	if err != nil {
		return err
	}
	_, err = writeTrace(file, func(w *bufio.Writer) (*trace.Summary, error) {
		return trace.Generate(ctx, w, *p, cmp.Or(chart, "rush"), v)
	})
	return err
}
