package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/report"
)

// benchRoomConfig is what `parterre bench room` can be told.
type benchRoomConfig struct {
	parts    []string
	kills    int
	report   string
	logStore string
	verbose  bool
	duration time.Duration
}

// The parts, in their order.
const (
	partCore   = "core"
	partStatus = "status"
	partPlaces = "places"
	partRush   = "rush"
	partKills  = "kills"
)

var roomParts = []string{partCore, partStatus, partPlaces, partRush, partKills}

func newBenchRoom(std streams) *cobra.Command {
	c := benchRoomConfig{}
	cmd := &cobra.Command{
		Use:   "room",
		Short: "Measure the waiting room: joins, state, status answers, freed places, the shop behind it, leader kills",
		Long: "Measure the waiting room, part by part:\n" +
			"  core    in process: joins a second; a million join within a minute and poll; the state at 100,000 inside\n" +
			"  status  a node that has one processor tells visitors their place: answers a second of its processor time\n" +
			"  places  how long after a place was freed the next visitor is called\n" +
			"  rush    ten times more shoppers than seats, with the room and without: the shop's latencies, and existing customers' reads\n" +
			"  kills   a rush through leaders killed with SIGKILL, judged: no number twice, nobody passed, nobody in twice, never too many inside\n" +
			"Exit code 1: a promise was broken, or a part could not be measured.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, p := range c.parts {
				if !slices.Contains(roomParts, p) {
					return fmt.Errorf("--parts: %q is none of %v", p, roomParts)
				}
			}
			if c.kills < 1 || c.duration <= 0 {
				return errors.New("--kills, --duration: want positive values")
			}
			return fail(exitFailure, (&roomBench{benchRoomConfig: c, std: std}).run(cmd.Context()))
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&c.parts, "parts", roomParts, "parts to measure")
	f.IntVar(&c.kills, "kills", 10, "leaders killed in part kills")
	f.DurationVar(&c.duration, "duration", 10*time.Second, "how long parts status and places take")
	f.StringVar(&c.report, "report", "", "folder for the page of the rushes: index.html, report.md and run.json")
	f.StringVar(&c.logStore, "log-store", "bolt", "bolt or wal")
	f.BoolVar(&c.verbose, "verbose", false, "print the nodes' logs")
	return cmd
}

// roomBench is one `parterre bench room`.
type roomBench struct {
	benchRoomConfig
	std streams
	all report.Run
}

func (b *roomBench) run(ctx context.Context) error {
	start := time.Now()
	machine, err := report.ThisMachine(os.TempDir())
	if err != nil {
		return err
	}
	b.all = report.New("Parterre: the waiting room", report.Command{
		Line: "parterre bench room", StartedAt: start, Parterre: buildVersion(), Machine: machine,
		Settings: report.Settings{
			Nodes: 3, Processes: "three processes on this machine, beside the load", LogStore: b.logStore,
			Durability: "fsynced on two of three nodes before each answer",
		},
	})
	b.say("machine: %s, %d cores, %s, fsync of %d bytes %.0f µs (median); durability: every answer to a write is fsynced on two of three nodes",
		machine.CPU, machine.Cores, machine.Go, machine.FsyncBytes, machine.FsyncMicros)
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{{partCore, b.core}, {partStatus, b.status}, {partPlaces, b.places}, {partRush, b.rush}, {partKills, b.killLeaders}} {
		if !slices.Contains(b.parts, part.name) {
			continue
		}
		began := time.Now()
		b.say("%s", part.name)
		if perr := part.run(ctx); perr != nil {
			err = errors.Join(err, fmt.Errorf("part %s: %w", part.name, perr))
			b.say("  could not be measured, or was broken: %v", perr)
		}
		b.say("  (%.0f s)", time.Since(began).Seconds())
	}
	b.all.Commands[0].Seconds = time.Since(start).Seconds()
	for i := range b.all.Aims {
		a := &b.all.Aims[i]
		verdict := "MISSED"
		if a.Met() {
			verdict = "met"
		}
		b.say("aim: %s: %s: %s", a.Work, a.Figure, verdict)
	}
	if b.report != "" {
		err = errors.Join(err, report.Write(b.report, &b.all))
	}
	return err
}

func (b *roomBench) say(format string, args ...any) { fmt.Fprintf(b.std.out, format+"\n", args...) }

// atLeast and atMost note an aim with what was measured.
func (b *roomBench) atLeast(work, figure string, want float64, unit string, measured float64) {
	b.all.Aims = append(b.all.Aims, report.AtLeast(work, figure, want, unit, report.SpreadOf(measured)))
}

func (b *roomBench) atMost(work, figure string, want float64, unit string, measured float64) {
	b.all.Aims = append(b.all.Aims, report.AtMost(work, figure, want, unit, report.SpreadOf(measured)))
}
