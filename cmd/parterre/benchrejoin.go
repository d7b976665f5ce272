package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/load"
	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/httpapi/client"
)

// benchRejoinConfig is what `parterre bench rejoin` can be told.
type benchRejoinConfig struct {
	state       filling
	rate        int
	connections int
	window      time.Duration
	settle      time.Duration
	logStore    string
	args        []string
}

func newBenchRejoin(std streams) *cobra.Command {
	c := &benchRejoinConfig{}
	cmd := &cobra.Command{
		Use:   "rejoin",
		Short: "Lose a node with its disk and have another join in its place, under load: latencies before and meanwhile",
		Long: "Fills a cluster, drives orders at a fixed rate, kills a node and wipes its disk, removes it from the cluster, and has\n" +
			"another join in its place, which is sent the whole state. Tells the latencies of each phase: all nodes there, one\n" +
			"lost, the newcomer catching up, afterwards. All phases run on the same machine in one run, so their ratio holds\n" +
			"though the machine may be busy.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return fail(exitFailure, benchRejoin(cmd.Context(), c, std))
		},
	}
	f := cmd.Flags()
	f.IntVar(&c.state.events, "events", 480, "events sold out before; 480 of 50,000 seats make a snapshot of about 1 GiB")
	f.IntVar(&c.state.seats, "seats", 50_000, "seats of each")
	f.Float64Var(&c.state.sold, "sold", 1, "share of the seats that is sold before")
	f.IntVar(&c.rate, "rate", 300, "orders a second, meanwhile")
	f.IntVar(&c.connections, "connections", 32, "connections, to the nodes that stay")
	f.DurationVar(&c.window, "window", 20*time.Second, "length of each phase but the catching up")
	f.DurationVar(&c.settle, "settle", 30*time.Second, "pause after filling: disks that are paid by the burst make up for it in what follows")
	f.StringVar(&c.logStore, "log-store", "bolt", "bolt or wal")
	f.StringSliceVar(&c.args, "serve", nil, "further flags of each node, as --snapshot-send-bytes=8388608")
	return cmd
}

// rejoinFronts are the events that are sold meanwhile: several in each partition.
const rejoinFronts = 12

// rejoinPatience bounds the catching up.
const rejoinPatience = 30 * time.Minute

func benchRejoin(ctx context.Context, c *benchRejoinConfig, std streams) error {
	if c.rate < 1 || c.connections < 1 || c.state.events < 1 {
		return errors.New("a rate, connections and events are needed")
	}
	return withNodesOf(c.logStore, c.args, false, std, func(cluster *nodes.Cluster) error {
		if err := c.state.fill(ctx, cluster, std.out); err != nil {
			return err
		}
		defer c.state.api.Close()
		if err := sleep(ctx, c.settle); err != nil {
			return err
		}
		r := &rejoin{c: c, cluster: cluster, std: std}
		return r.run(ctx)
	})
}

// rejoin is one run: what is sold meanwhile, and what each phase measured.
type rejoin struct {
	c       *benchRejoinConfig
	cluster *nodes.Cluster
	std     streams
	taken   atomic.Int64
	healthy float64 // p99 with all nodes there, in milliseconds
}

func (r *rejoin) run(ctx context.Context) error {
	s := &r.c.state
	settings := client.Settings{Chart: "bench", Currency: "CHF", Prices: s.arena.Prices(), State: "on_sale"}
	for i := range rejoinFronts {
		if _, err := s.api.PutEvent(ctx, frontName(i), settings); err != nil {
			return err
		}
	}
	if err := r.phase(ctx, "three nodes", r.idle); err != nil {
		return err
	}
	lost := r.cluster.Nodes[2]
	if err := errors.Join(lost.Kill(), os.RemoveAll(lost.Dir)); err != nil {
		return err
	}
	remove := func(ctx context.Context) (*client.Member, error) { return s.api.RemoveMember(ctx, lost.Name) }
	if err := r.insist(ctx, remove); err != nil {
		return err
	}
	if err := r.phase(ctx, "two nodes", r.idle); err != nil {
		return err
	}
	next, err := r.cluster.PlanJoin("n4", nil, []string{r.cluster.Nodes[0].Advertised, r.cluster.Nodes[1].Advertised})
	if err != nil {
		return err
	}
	defer func() { _ = next.Kill() }()
	if err := r.phase(ctx, "catching up", func(ctx context.Context) error { return r.join(ctx, next) }); err != nil {
		return err
	}
	return r.phase(ctx, "with the newcomer", r.idle)
}

func (r *rejoin) idle(ctx context.Context) error { return sleep(ctx, r.c.window) }

// join has a node join, and ends when it votes everywhere.
func (r *rejoin) join(ctx context.Context, n *nodes.Node) error {
	begin := time.Now()
	if err := n.Start(); err != nil {
		return err
	}
	add := func(ctx context.Context) (*client.Member, error) {
		return r.c.state.api.AddMember(ctx, client.NewMember{Node: n.Name, Peer: n.Advertised, HTTP: n.HTTP, Role: "voter"})
	}
	if err := r.insist(ctx, add); err != nil {
		return err
	}
	if err := n.WaitReady(ctx); err != nil {
		return err
	}
	fmt.Fprintf(r.std.out, "the newcomer has caught up after %s", time.Since(begin).Round(10*time.Millisecond))
	promote := func(ctx context.Context) (*client.Member, error) { return r.c.state.api.PromoteMember(ctx, n.Name) }
	err := r.insist(ctx, promote)
	fmt.Fprintf(r.std.out, ", votes after %s\n", time.Since(begin).Round(10*time.Millisecond))
	return err
}

// insist gives an order until it is followed: one is refused while another is under way, or a node has not caught up.
func (r *rejoin) insist(ctx context.Context, order func(context.Context) (*client.Member, error)) error {
	ctx, cancel := context.WithTimeout(ctx, rejoinPatience)
	defer cancel()
	for {
		m, err := order(ctx)
		if err == nil && !m.UnderWay() {
			return nil
		}
		select {
		case <-time.After(memberPoll):
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		}
	}
}

// phase drives the load while something is done, and tells its latencies.
func (r *rejoin) phase(ctx context.Context, name string, do func(context.Context) error) error {
	loaded, cancel := context.WithCancel(ctx)
	defer cancel()
	begin, gap := time.Now(), &gaps{}
	var paced atomic.Int64
	type outcome struct {
		result *load.Result
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		result, err := load.Run(loaded, load.Work{
			Endpoints: r.c.state.hosts[:2], Connections: r.c.connections, Duration: rejoinPatience, Timeout: 10 * time.Second,
			Ordered: gap.ordered,
			Next: func(body []byte) (string, []byte, bool) {
				time.Sleep(time.Until(begin.Add(time.Duration(paced.Add(1)) * time.Second / time.Duration(r.c.rate))))
				return r.next(body)
			},
		})
		done <- outcome{result, err}
	}()
	err := do(ctx)
	cancel()
	ended := <-done
	if err := errors.Join(err, ended.err); err != nil {
		return err
	}
	r.tell(name, ended.result, gap.reset())
	return nil
}

func (r *rejoin) tell(name string, result *load.Result, gap time.Duration) {
	all := hdrhistogram.New(1, 60_000_000, 3)
	all.Merge(result.Hold)
	all.Merge(result.Confirm)
	ms := func(q float64) float64 { return float64(all.ValueAtQuantile(q)) / 1000 }
	if r.healthy == 0 {
		r.healthy = ms(99)
	}
	fmt.Fprintf(r.std.out, "%-18s %4.0f orders/s: p50 %.2f ms, p99 %.2f ms (%.2f times that of three nodes), p99.9 %.2f ms, max %.2f ms; "+
		"longest gap %s; %d asked again\n", name, result.OrdersPerSecond(), ms(50), ms(99), ms(99)/r.healthy, ms(99.9),
		float64(all.Max())/1000, gap.Round(time.Millisecond), result.Retried)
}

func frontName(i int) string { return "front-" + strconv.Itoa(i) }

// next is the hold of the next party of two, in one event after the other.
func (r *rejoin) next(body []byte) (event string, hold []byte, ok bool) {
	n := int(r.taken.Add(1)) - 1
	seat, labels := 2*(n/rejoinFronts), r.c.state.labels
	if seat+1 >= len(labels) {
		return "", body, false
	}
	body = append(body, `{"seats":[`...)
	body = strconv.AppendQuote(body, labels[seat])
	body = append(body, ',')
	body = strconv.AppendQuote(body, labels[seat+1])
	return frontName(n % rejoinFronts), append(body, `]}`...), true
}
