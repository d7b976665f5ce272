package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/many"
	"github.com/parterre/parterre/bench/nodes"
)

// benchManyConfig is what `parterre bench many` can be told.
type benchManyConfig struct {
	logStores   []string
	batch       int
	stream      bool
	outstanding int
	connections int
	msgpack     bool
	keyless     bool
	rounds      int
	duration    time.Duration
	seats       int
	leaderOnly  bool
	profiles    string
}

// manyEvents are more than one measurement of some seconds can sell.
const manyEvents = 64

func newBenchMany(std streams) *cobra.Command {
	c := benchManyConfig{}
	cmd := &cobra.Command{
		Use:   "many",
		Short: "Orders a second by batches or streams: hold, then confirm, every answer fsynced on a quorum",
		Long: "Orders a second of many operations at once. With --batch, each connection sends a batch of holds and then the\n" +
			"batch of their confirmations. With --stream, each order's confirmation follows its hold on the stream, and\n" +
			"--outstanding operations are under way on all streams together.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.stream == (c.batch > 0) {
				return errors.New("say either --stream or --batch N")
			}
			return fail(exitFailure, benchMany(cmd.Context(), c, std))
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&c.logStores, "log-store", []string{"bolt", "wal"}, "log stores to measure, in turn within each round")
	f.IntVar(&c.batch, "batch", 0, "operations of a batch (1 to 1000)")
	f.BoolVar(&c.stream, "stream", false, "measure streams")
	f.IntVar(&c.outstanding, "outstanding", 4096, "operations under way on all streams together")
	f.IntVar(&c.connections, "connections", 16, "connections, each one batch after the other, or one stream")
	f.BoolVar(&c.msgpack, "msgpack", false, "streams in msgpack, not JSON")
	f.BoolVar(&c.keyless, "keyless", false, "let the nodes make the idempotency keys")
	f.IntVar(&c.rounds, "rounds", 3, "rounds; medians and spread are told")
	f.DurationVar(&c.duration, "duration", 5*time.Second, "length of one measurement")
	f.IntVar(&c.seats, "seats", 50_000, "seats of an event; a fresh event follows when one is sold out")
	f.StringVar(&c.profiles, "profiles", "", "folder for CPU profiles of every node; profiling costs a little")
	f.BoolVar(&c.leaderOnly, "leader-only", false, "connect to the event's leader only, not to all three nodes")
	return cmd
}

func benchMany(ctx context.Context, c benchManyConfig, std streams) error {
	samples := map[string][]*many.Result{}
	for round := range c.rounds {
		for _, store := range c.logStores {
			r, err := measureMany(ctx, c, store, std)
			if err != nil {
				return err
			}
			samples[store] = append(samples[store], r)
			fmt.Fprintf(std.err, "round %d: %s: %.0f orders/s, %.0f tickets/s\n", round+1, store, r.OrdersPerSecond(), r.TicketsPerSecond())
		}
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LOG STORE\tTICKETS/S MEDIAN\tMIN\tMAX\tORDERS/S\tHOLD P50\tP99\tCONFIRM P50\tP99\tANSWERS A READ\tREFUSED\tRETRIED")
	for _, store := range c.logStores {
		list := slices.SortedFunc(slices.Values(samples[store]), func(a, b *many.Result) int {
			return cmp.Compare(a.TicketsPerSecond(), b.TicketsPerSecond())
		})
		m := list[(len(list)-1)/2] // of two the lower, which flatters nobody
		us := func(v int64) time.Duration { return (time.Duration(v) * time.Microsecond).Round(10 * time.Microsecond) }
		answers := float64(m.Hold.TotalCount()+m.Confirm.TotalCount()) / float64(max(1, m.Reads))
		fmt.Fprintf(table, "%s\t%.0f\t%.0f\t%.0f\t%.0f\t%s\t%s\t%s\t%s\t%.0f\t%d\t%d\n", store, m.TicketsPerSecond(),
			list[0].TicketsPerSecond(), list[len(list)-1].TicketsPerSecond(), m.OrdersPerSecond(),
			us(m.Hold.ValueAtQuantile(50)), us(m.Hold.ValueAtQuantile(99)), us(m.Confirm.ValueAtQuantile(50)),
			us(m.Confirm.ValueAtQuantile(99)), answers, m.Refused, m.Retried)
	}
	return table.Flush()
}

// measureMany runs one measurement on a fresh cluster of three processes.
func measureMany(ctx context.Context, c benchManyConfig, store string, std streams) (r *many.Result, err error) {
	err = withNodes(store, false, std, func(cluster *nodes.Cluster) error {
		stock, err := newStock(ctx, cluster, c.seats, manyEvents)
		if err != nil {
			return err
		}
		defer stock.api.Close()
		w := many.Work{
			Endpoints: stock.hosts, Connections: c.connections, Batch: c.batch, Msgpack: c.msgpack, Keyless: c.keyless,
			Duration: c.duration, Timeout: 10 * time.Second,
			Next: func(o *many.Order) (ok bool) {
				o.Event, o.Seats, ok = stock.take()
				return ok
			},
		}
		if c.stream {
			w.Outstanding = c.outstanding
		}
		if c.leaderOnly {
			w.Endpoints = []string{stock.leader}
		}
		profiled := make(chan error, 1)
		go func() {
			profiled <- profile(ctx, benchHTTPConfig{profiles: c.profiles, duration: c.duration}, cluster, filepath.Base(store)+"-many")
		}()
		r, err = many.Run(ctx, w)
		return errors.Join(err, <-profiled)
	})
	return r, err
}
