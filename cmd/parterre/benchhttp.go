package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/load"
	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/bench/venue"
	"github.com/parterre/parterre/httpapi/client"
)

// benchHTTPConfig is what `parterre bench http` can be told.
type benchHTTPConfig struct {
	logStores   []string
	connections []int
	rounds      int
	duration    time.Duration
	seats       int
	leaderOnly  bool
	wish        bool
	profiles    string
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
	f.StringVar(&c.profiles, "profiles", "", "folder for CPU profiles of every node; profiling costs a little")
	f.BoolVar(&c.leaderOnly, "leader-only", false, "connect to the event's leader only, not to all three nodes")
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
		s, err = measureNodes(ctx, c, cluster, store, connections, work)
		return err
	})
	return s, err
}

func measureNodes(
	ctx context.Context, c benchHTTPConfig, cluster *nodes.Cluster, store string, connections int, work string,
) (*sample, error) {
	stock, err := newStock(ctx, cluster, c.seats, httpEvents)
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
	profiled := make(chan error, 1)
	go func() {
		profiled <- profile(ctx, c, cluster, fmt.Sprintf("%s-%d-%s", store, connections, strings.ReplaceAll(work, " ", "-")))
	}()
	result, err := load.Run(ctx, load.Work{
		Endpoints: endpoints, Connections: connections, Duration: c.duration, Timeout: 10 * time.Second, Next: next,
	})
	if err = errors.Join(err, <-profiled); err != nil {
		return nil, err
	}
	return &sample{
		ordersPerSecond: result.OrdersPerSecond(), refused: result.Refused, retried: result.Retried,
		holdP50: result.Hold.ValueAtQuantile(50), holdP99: result.Hold.ValueAtQuantile(99),
		confirmP50: result.Confirm.ValueAtQuantile(50), confirmP99: result.Confirm.ValueAtQuantile(99),
	}, nil
}

// stock hands out the seats of one event after another, each seat once, in parties of 1 to 4 (mean 2.3).
type stock struct {
	api    *client.Client
	hosts  []string // host:port of all nodes
	leader string   // host:port of the node that leads the events
	arena  *venue.Arena
	labels []string
	names  []string // of the events

	mu    sync.Mutex
	event int
	seat  int
	party int
}

// The events of a measurement are made before it. They are of one group, hence of one partition, and are sold one after
// another, so that the work is that of one hot event.
const (
	httpEvents  = 16 // more than one measurement of some seconds can sell
	killsEvents = 96
)

// parties is the cycle of party sizes: mean 2.3.
var parties = [...]int{2, 1, 4, 2, 3, 2, 1, 4, 2, 2}

func newStock(ctx context.Context, cluster *nodes.Cluster, seats, events int) (*stock, error) {
	if err := cluster.WaitReady(ctx); err != nil {
		return nil, err
	}
	api, err := client.New(client.Options{Endpoints: cluster.Endpoints()})
	if err != nil {
		return nil, err
	}
	s := &stock{api: api, arena: venue.NewArena(seats)}
	for _, row := range s.arena.Rows {
		s.labels = append(s.labels, row.Labels...)
	}
	if _, err := api.PutChart(ctx, "bench", s.arena.Document); err != nil {
		return nil, err
	}
	settings := client.Settings{Chart: "bench", Currency: "CHF", Prices: venue.Prices(), State: "on_sale"}
	for i := range events {
		s.names = append(s.names, eventName(i))
		if _, err := api.PutEvent(ctx, eventName(i), settings); err != nil {
			return nil, err
		}
	}
	event, err := api.Event(ctx, eventName(0))
	if err != nil {
		return nil, err
	}
	for _, n := range cluster.Nodes {
		s.hosts = append(s.hosts, n.HTTP)
		if n.Name == event.Leader {
			s.leader = n.HTTP
		}
	}
	return s, nil
}

func eventName(i int) string { return fmt.Sprintf("bench:%d", i) }

// next is a hold of chosen seats: a party after the other, along the rows.
func (s *stock) next(body []byte) (event string, hold []byte, ok bool) {
	event, seats, ok := s.take()
	body = append(body, `{"seats":[`...)
	for i, label := range seats {
		if i > 0 {
			body = append(body, ',')
		}
		body = strconv.AppendQuote(body, label)
	}
	return event, append(body, `]}`...), ok
}

// nextWish is a hold of the best available seats for the same parties: an event has as many parties as with chosen seats.
func (s *stock) nextWish(body []byte) (event string, hold []byte, ok bool) {
	event, seats, ok := s.take()
	body = append(body, `{"best_available":{"quantity":`...)
	return event, append(strconv.AppendInt(body, int64(len(seats)), 10), `}}`...), ok
}

// take takes the next party's seats off the stock.
func (s *stock) take() (event string, seats []string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	want := parties[s.party%len(parties)]
	s.party++
	if s.seat+want > len(s.labels) {
		s.event, s.seat = s.event+1, 0
	}
	if s.event == len(s.names) {
		return "", nil, false
	}
	s.seat += want
	return s.names[s.event], s.labels[s.seat-want : s.seat], true
}
