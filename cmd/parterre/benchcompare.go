package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/compare"
	"github.com/parterre/parterre/bench/peers"
	"github.com/parterre/parterre/bench/report"
)

// benchCompareConfig is what `parterre bench compare` can be told.
type benchCompareConfig struct {
	peers, logStores, works []string
	clients                 []int
	rounds                  int
	duration                time.Duration
	seed                    uint64
	short                   bool
	report, workDir         string
}

func newBenchCompare(std streams) *cobra.Command {
	c := benchCompareConfig{}
	cmd := &cobra.Command{
		Use:   "compare",
		Short: "Parterre and the usual alternatives, the same orders on this machine in the same run, in turns",
		Long: "Starts each peer from its locally installed program in a temporary folder, and three nodes of Parterre, one system at a time;\n" +
			"sells the same seats with each, in rounds; checks that no seat was sold twice; and prints medians, spread and ratios.\n" +
			"docs/PEERS.md says how each peer is set up and driven, and why that is its best.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.check(cmd.Flags().Changed); err != nil {
				return fail(exitUsage, err)
			}
			return fail(exitFailure, benchCompare(cmd.Context(), &c, std))
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&c.peers, "peers", allPeers, "peers to compare with; one that cannot start is said to be absent")
	f.StringSliceVar(&c.logStores, "log-store", []string{"bolt", "wal"}, "Parterre's log stores")
	f.StringSliceVar(&c.works, "work", []string{string(compare.Chosen), string(compare.Best)}, "how parties get their seats: chosen, best")
	f.IntSliceVar(&c.clients, "clients", []int{64, 256}, "clients, each with one request under way")
	f.IntVar(&c.rounds, "rounds", 5, "rounds; medians and spread are told")
	f.DurationVar(&c.duration, "duration", 5*time.Second, "length of one measurement")
	f.Uint64Var(&c.seed, "seed", 1, "of what the parties want")
	f.BoolVar(&c.short, "short", false, "three short rounds, or as many as end within 8 minutes; best available with the fewest clients only")
	f.StringVar(&c.report, "report", "", "folder for the page, its Markdown twin and everything that was measured")
	f.StringVar(&c.workDir, "work-dir", "", "folder for everybody's data; an unprivileged account must be able to pass through it")
	return cmd
}

// The short form.
const (
	shortRounds   = 3
	shortDuration = time.Second
	shortWithin   = 8 * time.Minute
)

// check completes the configuration and refuses what cannot be.
func (c *benchCompareConfig) check(given func(flag string) bool) error {
	if c.short && !given("rounds") {
		c.rounds = shortRounds
	}
	if c.short && !given("duration") {
		c.duration = shortDuration
	}
	for _, name := range c.peers {
		if !slices.Contains(allPeers, name) {
			return fmt.Errorf("%w: %s; there are %s", compare.ErrPeers, name, strings.Join(allPeers, ", "))
		}
	}
	for _, w := range c.works {
		if w != string(compare.Chosen) && w != string(compare.Best) {
			return fmt.Errorf("--work %s: there are %s and %s", w, compare.Chosen, compare.Best)
		}
	}
	for _, s := range c.logStores {
		if s != "bolt" && s != "wal" {
			return fmt.Errorf("--log-store %s: there are bolt and wal", s)
		}
	}
	if c.rounds < 1 || c.duration <= 0 || len(c.clients) == 0 || slices.Min(c.clients) < 1 || len(c.works) == 0 || len(c.logStores) == 0 {
		return errors.New("at least one round, log store, kind of work and client, and a duration are needed")
	}
	return nil
}

func benchCompare(ctx context.Context, c *benchCompareConfig, std streams) (err error) {
	started := time.Now()
	dir, remove, err := peers.Workspace(c.workDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	machine, err := report.ThisMachine(dir)
	if err != nil {
		return err
	}
	o, err := c.options(dir, std)
	if err != nil {
		return err
	}
	logs := &tail{}
	o.Log = logs.add
	result, err := compare.Run(ctx, *o)
	if err != nil {
		logs.dump(std.err)
		return err
	}
	aims := c.aims(result)
	if err := result.WriteTable(std.out, aims); err != nil || c.report == "" {
		return err
	}
	run := report.New("", report.Command{
		Line: strings.Join(append([]string{"parterre"}, os.Args[1:]...), " "), StartedAt: started, Seconds: time.Since(started).Seconds(),
		Parterre: version, Machine: machine,
		Settings: report.Settings{
			Nodes: 3, Processes: "three processes on this machine", LogStore: strings.Join(c.logStores, ", "),
			Durability: "fsynced on two of three nodes before each answer",
			Others: []report.Setting{
				{Name: "rounds", Value: fmt.Sprint(c.rounds)},
				{Name: "one measurement", Value: c.duration.String()},
				{Name: "seed", Value: fmt.Sprint(c.seed)},
			},
		},
	})
	run.Comparisons, run.Aims = append(run.Comparisons, *result.Document()), aims
	return report.Write(c.report, &run)
}

// options says what is run.
func (c *benchCompareConfig) options(dir string, std streams) (*compare.Options, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, err
	}
	o := &compare.Options{
		Systems: c.systems(binary), Special: c.special(), Hall: peers.Arena, Clients: c.clients, Rounds: c.rounds, Duration: c.duration,
		Thin: c.short, Dir: dir, Seed: c.seed, Progress: func(line string) { fmt.Fprintln(std.err, line) },
	}
	if c.short {
		o.Within = shortWithin
	}
	for _, w := range c.works {
		o.Works = append(o.Works, compare.Work(w))
	}
	slices.SortFunc(o.Works, func(a, b compare.Work) int { return -cmp.Compare(a, b) }) // chosen first: it tries the pools
	return o, nil
}
