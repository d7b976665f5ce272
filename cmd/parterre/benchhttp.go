package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/load"
	"github.com/parterre/parterre/bench/nodes"
)

// benchHTTPConfig is what `parterre bench http` can be told.
type benchHTTPConfig struct {
	logStores   []string
	connections []int
	rounds      int
	duration    time.Duration
	seats       int
	events      int
	leaderOnly  bool
	wish        bool
	profiles    string
	audit       bool
}

func newBenchHTTP(std streams) *cobra.Command {
	c := benchHTTPConfig{}
	cmd := &cobra.Command{
		Use:   "http",
		Short: "Orders a second over HTTP: hold, then confirm, one request a step, every answer fsynced on a quorum",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return fail(exitFailure, benchHTTP(cmd.Context(), c, std))
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&c.logStores, "log-store", []string{"bolt", "wal"}, "log stores to measure, in turn within each round")
	f.IntSliceVar(&c.connections, "connections", []int{64, 256}, "connections, each with one request under way")
	f.IntVar(&c.rounds, "rounds", 3, "rounds; medians and spread are told")
	f.DurationVar(&c.duration, "duration", 5*time.Second, "length of one measurement")
	f.IntVar(&c.seats, "seats", 50_000, "seats of an event; a fresh event follows when one is sold out")
	f.IntVar(&c.events, "events", 1, "events on sale at once, spread evenly over the partitions; more than one are sold in turn, a party each")
	f.StringVar(&c.profiles, "profiles", "", "folder for CPU profiles of every node; profiling costs a little")
	f.BoolVar(&c.leaderOnly, "leader-only", false, "connect to the event's leader only, not to all three nodes")
	f.BoolVar(&c.audit, "audit", true, "judge every measurement by what its clients saw and what every node says")
	f.BoolVar(&c.wish, "wish", false, "measure best available, too, in turn with chosen seats, and print the ratio")
	return cmd
}

// How the parties of a measurement get their seats.
const (
	chosenSeats   = "chosen seats"
	bestAvailable = "best available"
)

// works are the measurements of one round: both kinds one after the other, in every second round the other way round, so
// that a machine that slows down favours neither.
func (c *benchHTTPConfig) works(round int) []string {
	switch {
	case !c.wish:
		return []string{chosenSeats}
	case round%2 == 0:
		return []string{chosenSeats, bestAvailable}
	}
	return []string{bestAvailable, chosenSeats}
}

// sample is one measurement.
type sample struct {
	ordersPerSecond float64
	holdP50, holdP99, confirmP50, confirmP99,
	refused, retried int64
}

func benchHTTP(ctx context.Context, c benchHTTPConfig, std streams) error {
	samples := map[string][]sample{} // by work, in the order of the rounds
	var setups []string
	for round := range c.rounds {
		for _, store := range c.logStores {
			for _, connections := range c.connections {
				setup := fmt.Sprintf("%s, %d connections", store, connections)
				if round == 0 {
					setups = append(setups, setup)
				}
				for _, work := range c.works(round) {
					s, err := measureHTTP(ctx, c, store, connections, work, std)
					if err != nil {
						return err
					}
					name := setup + ", " + work
					samples[name] = append(samples[name], *s)
					fmt.Fprintf(std.err, "round %d: %s: %.0f orders/s\n", round+1, name, s.ordersPerSecond)
				}
			}
		}
	}
	if err := printOrders(c, setups, samples, std); err != nil || !c.wish {
		return err
	}
	return printRatios(setups, samples, std)
}

// printOrders prints a line for each work: medians over the rounds.
func printOrders(c benchHTTPConfig, setups []string, samples map[string][]sample, std streams) error {
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WORK\tORDERS/S MEDIAN\tMIN\tMAX\tHOLD P50\tP99\tCONFIRM P50\tP99\tREFUSED\tRETRIED")
	for _, setup := range setups {
		for _, work := range c.works(0) {
			name := setup + ", " + work
			list := slices.SortedFunc(slices.Values(samples[name]), func(a, b sample) int {
				return cmp.Compare(a.ordersPerSecond, b.ordersPerSecond)
			})
			m := list[len(list)/2]
			us := func(v int64) time.Duration { return (time.Duration(v) * time.Microsecond).Round(10 * time.Microsecond) }
			fmt.Fprintf(table, "%s\t%.0f\t%.0f\t%.0f\t%s\t%s\t%s\t%s\t%d\t%d\n", name, m.ordersPerSecond, list[0].ordersPerSecond,
				list[len(list)-1].ordersPerSecond, us(m.holdP50), us(m.holdP99), us(m.confirmP50), us(m.confirmP99), m.refused, m.retried)
		}
	}
	return table.Flush()
}

// printRatios prints how many orders best available sells for each one of chosen seats: each round is a pair.
func printRatios(setups []string, samples map[string][]sample, std streams) error {
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nBEST AVAILABLE / CHOSEN SEATS\tMEDIAN\tMIN\tMAX")
	for _, setup := range setups {
		var ratios []float64
		for i, s := range samples[setup+", "+bestAvailable] {
			ratios = append(ratios, s.ordersPerSecond/samples[setup+", "+chosenSeats][i].ordersPerSecond)
		}
		slices.Sort(ratios)
		middle := ratios[(len(ratios)-1)/2] // of two the lower, which flatters nobody
		fmt.Fprintf(table, "%s\t%.2f\t%.2f\t%.2f\n", setup, middle, ratios[0], ratios[len(ratios)-1])
	}
	return table.Flush()
}

// measureHTTP runs one measurement on a fresh cluster of three processes.
func measureHTTP(ctx context.Context, c benchHTTPConfig, store string, connections int, work string, std streams) (s *sample, err error) {
	err = withNodes(store, false, std, func(cluster *nodes.Cluster) error {
		s, err = measureNodes(ctx, c, cluster, store, connections, work, std)
		return err
	})
	return s, err
}

// stock is one hot event, with others to follow it, or many at once.
func (c *benchHTTPConfig) stock(ctx context.Context, cluster *nodes.Cluster) (*stock, error) {
	if c.events > 1 {
		return newWideStock(ctx, cluster, c.seats, c.events)
	}
	return newStock(ctx, cluster, c.seats, httpEvents)
}

func measureNodes(
	ctx context.Context, c benchHTTPConfig, cluster *nodes.Cluster, store string, connections int, work string, std streams,
) (*sample, error) {
	stock, err := c.stock(ctx, cluster)
	if err != nil {
		return nil, err
	}
	defer stock.api.Close()
	endpoints := stock.hosts
	if c.leaderOnly {
		endpoints = []string{stock.leader}
	}
	next := stock.next
	if work == bestAvailable {
		next = stock.nextWish
	}
	var seen *history.Run
	if c.audit {
		seen = stock.history()
	}
	profiled := make(chan error, 1)
	go func() {
		profiled <- profile(ctx, c, cluster, fmt.Sprintf("%s-%d-%s", store, connections, strings.ReplaceAll(work, " ", "-")))
	}()
	result, err := load.Run(ctx, load.Work{
		Endpoints: endpoints, Connections: connections, Duration: c.duration, Timeout: 10 * time.Second, Next: next,
		History: seen,
	})
	if err = errors.Join(err, <-profiled); err != nil {
		return nil, err
	}
	if err := auditQuietly(ctx, seen, cluster.Endpoints(), std); err != nil {
		return nil, err
	}
	return &sample{
		ordersPerSecond: result.OrdersPerSecond(), refused: result.Refused, retried: result.Retried,
		holdP50: result.Hold.ValueAtQuantile(50), holdP99: result.Hold.ValueAtQuantile(99),
		confirmP50: result.Confirm.ValueAtQuantile(50), confirmP99: result.Confirm.ValueAtQuantile(99),
	}, nil
}
