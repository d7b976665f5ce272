package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
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
	return cmd
}

// sample is one measurement.
type sample struct {
	ordersPerSecond float64
	holdP50, holdP99, confirmP50, confirmP99,
	retried int64
}

func benchHTTP(ctx context.Context, c benchHTTPConfig, std streams) error {
	samples := map[string][]sample{}
	var names []string
	for round := range c.rounds {
		for _, store := range c.logStores {
			for _, connections := range c.connections {
				name := fmt.Sprintf("%s, %d connections", store, connections)
				if round == 0 {
					names = append(names, name)
				}
				s, err := measureHTTP(ctx, c, store, connections, std)
				if err != nil {
					return err
				}
				samples[name] = append(samples[name], *s)
				fmt.Fprintf(std.err, "round %d: %s: %.0f orders/s\n", round+1, name, s.ordersPerSecond)
			}
		}
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WORK\tORDERS/S MEDIAN\tMIN\tMAX\tHOLD P50\tP99\tCONFIRM P50\tP99\tRETRIED")
	for _, name := range names {
		list := samples[name]
		slices.SortFunc(list, func(a, b sample) int { return int(a.ordersPerSecond - b.ordersPerSecond) })
		m := list[len(list)/2]
		us := func(v int64) time.Duration { return (time.Duration(v) * time.Microsecond).Round(10 * time.Microsecond) }
		fmt.Fprintf(table, "%s\t%.0f\t%.0f\t%.0f\t%s\t%s\t%s\t%s\t%d\n", name, m.ordersPerSecond, list[0].ordersPerSecond,
			list[len(list)-1].ordersPerSecond, us(m.holdP50), us(m.holdP99), us(m.confirmP50), us(m.confirmP99), m.retried)
	}
	return table.Flush()
}

// measureHTTP runs one measurement on a fresh cluster of three processes.
func measureHTTP(ctx context.Context, c benchHTTPConfig, store string, connections int, std streams) (s *sample, err error) {
	dir, err := os.MkdirTemp("", "parterre-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cluster, logs, err := startNodes(dir, store, false, std)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err = errors.Join(err, cluster.Close()); err != nil {
			logs.dump(std.err)
		}
	}()
	stock, err := newStock(ctx, cluster, c.seats, httpEvents)
	if err != nil {
		return nil, err
	}
	defer stock.api.Close()
	endpoints := stock.hosts
	if c.leaderOnly {
		endpoints = []string{stock.leader}
	}
	profiled := make(chan error, 1)
	go func() { profiled <- profile(ctx, c, cluster, fmt.Sprintf("%s-%d", store, connections)) }()
	result, err := load.Run(ctx, load.Work{
		Endpoints: endpoints, Connections: connections, Duration: c.duration, Timeout: 10 * time.Second, Next: stock.next,
	})
	if err = errors.Join(err, <-profiled); err != nil {
		return nil, err
	}
	return &sample{
		ordersPerSecond: result.OrdersPerSecond(), retried: result.Retried,
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

	events int

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
	s := &stock{api: api, arena: venue.NewArena(seats), events: events}
	for _, row := range s.arena.Rows {
		s.labels = append(s.labels, row.Labels...)
	}
	if _, err := api.PutChart(ctx, "bench", s.arena.Document); err != nil {
		return nil, err
	}
	settings := client.Settings{Chart: "bench", Currency: "CHF", Prices: venue.Prices(), State: "on_sale"}
	for i := range events {
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

func (s *stock) next() (event string, seats []string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	want := parties[s.party%len(parties)]
	s.party++
	if s.seat+want > len(s.labels) {
		s.event, s.seat = s.event+1, 0
	}
	if s.event == s.events {
		return "", nil, false
	}
	s.seat += want
	return eventName(s.event), s.labels[s.seat-want : s.seat], true
}
