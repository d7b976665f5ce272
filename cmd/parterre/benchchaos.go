package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/chaos"
)

// benchChaosConfig is what `parterre bench chaos` can be told.
type benchChaosConfig struct {
	seed      uint64
	minutes   float64
	faults    string
	nodes     int
	logStore  string
	keep      string
	oldBinary string
	round     time.Duration
	gap       time.Duration
	alone     int
	think     time.Duration
	record    string
	netns     bool
	loop      bool
	// availability is how often each kind is measured alone, 0 = not.
	availability int
}

func newBenchChaos(std streams) *cobra.Command {
	c := benchChaosConfig{}
	cmd := &cobra.Command{
		Use:   "chaos",
		Short: "Break real nodes on purpose, by a schedule that a seed makes, and judge what their clients saw",
		Long: "Start three or five nodes, load all of them with every operation, and kill, stop, cut off, slow down, fill and confuse\n" +
			"them by a schedule made from --seed, one fault at a time and many together. Then heal the cluster, and audit it. Exit\n" +
			"code 1: a promise was broken, or there is no verdict; logs, data and history of such a run are kept.\n\n" +
			"--faults names kinds, groups of kinds (kill, stop, term, operator, net, disk, clock, member) or all; -word leaves one out:\n  " +
			wrapKinds() + ",\n  and, with --loop, by its name only, disk-fill",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return benchChaos(cmd.Context(), c, std) },
	}
	f := cmd.Flags()
	f.Uint64Var(&c.seed, "seed", 0, "what the schedule is made from; 0 = a new one, which is printed")
	f.Float64Var(&c.minutes, "minutes", 10, "how long faults are injected")
	f.StringVar(&c.faults, "faults", "all", "kinds of fault")
	f.IntVar(&c.nodes, "nodes", 3, "3 or 5")
	f.StringVar(&c.logStore, "log-store", "bolt", "bolt or wal")
	f.StringVar(&c.keep, "keep", "", "folder that takes logs, data and history of a run that failed; default: a new one in the temporary folder")
	f.StringVar(&c.oldBinary, "old-binary", "", "begin with most nodes on this binary of another version, and bring them to this one half-way")
	f.DurationVar(&c.round, "round", 0, "length of a round of faults, after which the cluster is healed; 0 = 12s")
	f.DurationVar(&c.gap, "gap", 0, "mean time between two faults that may overlap; 0 = 700ms")
	f.IntVar(&c.alone, "alone", 0, "how many of 100 rounds have one fault at a time; 0 = 40")
	f.DurationVar(&c.think, "think", chaos.DefaultThink, "mean time between two calls of one of the load's workers")
	f.StringVar(&c.record, "record", "", "file to which a line of JSON about the run is added, for bench chaos-sum")
	f.BoolVar(&c.netns, "netns", false, "put the nodes into network namespaces (root, Linux) instead of a proxy between their peer ports")
	f.BoolVar(&c.loop, "loop", false, "give each node a small file system of its own, on a loop device (root, Linux), which disk-fill needs")
	f.IntVar(&c.availability, "availability", 0, "instead of a schedule, measure each kind alone, so many times: the gap, and the requests that failed")
	return cmd
}

func wrapKinds() string {
	var b strings.Builder
	for i, k := range chaos.Kinds() {
		switch {
		case i > 0 && i%8 == 0:
			b.WriteString(",\n  ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(k))
	}
	return b.String()
}

// again is the command that makes the same schedule again.
func (c *benchChaosConfig) again() string {
	words := fmt.Sprintf("parterre bench chaos --seed %d --minutes %g --faults %s --nodes %d --log-store %s", c.seed, c.minutes, c.faults,
		c.nodes, c.logStore)
	if c.round > 0 {
		words += " --round " + c.round.String()
	}
	if c.gap > 0 {
		words += " --gap " + c.gap.String()
	}
	if c.alone > 0 {
		words += fmt.Sprintf(" --alone %d", c.alone)
	}
	if c.think != chaos.DefaultThink {
		words += " --think " + c.think.String()
	}
	if c.netns {
		words += " --netns"
	}
	if c.loop {
		words += " --loop"
	}
	if c.availability > 0 {
		words += fmt.Sprintf(" --availability %d", c.availability)
	}
	if c.oldBinary != "" {
		words += " --old-binary " + c.oldBinary
	}
	return words
}

// options checks the words and makes a run of them.
func (c *benchChaosConfig) options(std streams) (*chaos.Options, error) {
	kinds, err := chaos.ParseKinds(c.faults)
	switch {
	case err != nil:
		return nil, err
	case c.nodes != 3 && c.nodes != 5:
		return nil, errors.New("--nodes: 3 or 5")
	case c.logStore != "bolt" && c.logStore != "wal":
		return nil, fmt.Errorf("--log-store: %q is neither bolt nor wal", c.logStore)
	case c.alone < 0 || c.alone > 100:
		return nil, errors.New("--alone: 0 to 100")
	case c.think <= 0:
		return nil, errors.New("--think: want more than none")
	case c.minutes <= 0:
		return nil, errors.New("--minutes: want more than none")
	}
	if c.netns {
		kinds = chaos.WithoutProxy(kinds)
	}
	if c.seed == 0 {
		c.seed = rand.Uint64N(1 << 32)
	}
	binary, err := os.Executable()
	if err != nil {
		return nil, err
	}
	o := &chaos.Options{
		Binary: binary, Nodes: c.nodes, LogStore: c.logStore, Seed: c.seed, Kinds: kinds,
		OldBinary: c.oldBinary,
		Duration:  time.Duration(c.minutes * float64(time.Minute)), RoundLength: c.round, Gap: c.gap, Alone: c.alone,
		Singles: chaos.DefaultSingles, Batches: chaos.DefaultBatches, Streams: chaos.DefaultStreams, Think: c.think,
		Netns: c.netns, Loop: c.loop, Out: std.out,
	}
	if c.availability > 0 { // single requests only, at a pace that shows short gaps
		o.Singles, o.Batches, o.Streams, o.Think, o.Patient = availabilityWorkers, 0, 0, availabilityThink, true
	}
	return o, nil
}

// The load while availability is measured.
const (
	availabilityWorkers = 24
	availabilityThink   = 20 * time.Millisecond
)

func benchChaos(ctx context.Context, c benchChaosConfig, std streams) error {
	o, err := c.options(std)
	if err != nil {
		return err
	}
	if o.Dir, err = c.folder(); err != nil {
		return fail(exitFailure, err)
	}
	o.Judge = judgeNight(std.out, o.Dir)
	fmt.Fprintln(std.out, c.again())
	var result *chaos.Result
	if c.availability > 0 {
		result, err = chaos.Availability(ctx, *o, c.availability)
	} else {
		result, err = chaos.Run(ctx, *o)
	}
	if result != nil {
		result.Print(std.out)
		err = errors.Join(err, result.Err(), addRecord(c.record, result.Record(o, c.again())))
	}
	fmt.Fprintln(std.out, "the same again:", c.again())
	if err == nil {
		return fail(exitFailure, os.RemoveAll(o.Dir))
	}
	fmt.Fprintln(std.out, "kept:", o.Dir)
	return fail(exitFailure, err)
}

// folder is a new one for the run.
func (c *benchChaosConfig) folder() (string, error) {
	if c.keep == "" {
		return os.MkdirTemp("", "parterre-chaos-")
	}
	dir := filepath.Join(c.keep, fmt.Sprintf("seed-%d-%s", c.seed, c.logStore))
	if err := os.MkdirAll(c.keep, 0o750); err != nil {
		return "", err
	}
	return dir, os.Mkdir(dir, 0o750)
}
