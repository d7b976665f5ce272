package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
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
	rounds      int
	rate        int
	connections int
	window      time.Duration
	settle      time.Duration
	logStore    string
	profiles    string
	args        []string
}

func newBenchRejoin(std streams) *cobra.Command {
	c := &benchRejoinConfig{}
	cmd := &cobra.Command{
		Use:   "rejoin",
		Short: "Lose a node with its disk and have another join in its place, under load: latencies before and meanwhile",
		Long: "Fills a cluster, drives orders at a fixed rate, kills a node, takes its disk away, removes it from the cluster, and has\n" +
			"another join in its place, which is sent the whole state. Tells the latencies of each phase: all nodes there, one\n" +
			"lost, the newcomer catching up, afterwards. The next round loses the newcomer. All phases run on the same machine\n" +
			"in one run, so their ratio holds though the machine may be busy. A hold's latency counts from when it was due.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return fail(exitFailure, benchRejoin(cmd.Context(), c, std))
		},
	}
	f := cmd.Flags()
	f.IntVar(&c.state.events, "events", 480, "events sold out before; 480 of 50,000 seats make a snapshot of about 1 GiB")
	f.IntVar(&c.state.seats, "seats", 50_000, "seats of each")
	f.Float64Var(&c.state.sold, "sold", 1, "share of the seats that is sold before")
	f.IntVar(&c.rounds, "rounds", 3, "nodes lost one after the other; the median is told")
	f.IntVar(&c.rate, "rate", 300, "orders a second, meanwhile")
	f.IntVar(&c.connections, "connections", 32, "connections, to the nodes that stay")
	f.DurationVar(&c.window, "window", 20*time.Second, "length of each phase but the catching up")
	f.DurationVar(&c.settle, "settle", 30*time.Second, "pause after filling: disks that are paid by the burst make up for it in what follows")
	f.StringVar(&c.logStore, "log-store", "bolt", "bolt or wal")
	f.StringVar(&c.profiles, "profiles", "", "folder for CPU profiles of every node in each phase, of the window's length")
	f.StringSliceVar(&c.args, "serve", nil, "further flags of each node, as --snapshot-send-bytes=8388608")
	return cmd
}

// rejoinFronts are the events that are sold meanwhile: several in each partition.
const rejoinFronts = 12

// rejoinPatience bounds the catching up.
const rejoinPatience = 30 * time.Minute

func benchRejoin(ctx context.Context, c *benchRejoinConfig, std streams) error {
	if c.rounds < 1 || c.rate < 1 || c.connections < 1 || c.state.events < 1 || c.window < time.Second {
		return errors.New("a round, a rate, connections, events and a window of a second at the least are needed")
	}
	return withNodesOf(c.logStore, c.args, false, std, func(cluster *nodes.Cluster) error {
		if err := c.state.fill(ctx, cluster, std.out); err != nil {
			return err
		}
		defer c.state.api.Close()
		if err := sleep(ctx, c.settle); err != nil {
			return err
		}
		r := &rejoin{c: c, cluster: cluster, std: std, third: cluster.Nodes[2]}
		defer func() { _ = r.third.Kill() }() // the cluster ends those it began with
		return r.run(ctx)
	})
}

// rejoin is one run: what is sold meanwhile, and what each phase measured.
type rejoin struct {
	c       *benchRejoinConfig
	cluster *nodes.Cluster
	std     streams
	third   *nodes.Node // beside the two that stay
	taken   atomic.Int64
	round   int
	healthy float64   // this round's p99 with all nodes there, in milliseconds
	ratios  []float64 // of each round: p99 of the catching up to that
}

func (r *rejoin) run(ctx context.Context) error {
	s := &r.c.state
	settings := client.Settings{Chart: "bench", Currency: "CHF", Prices: s.arena.Prices(), State: "on_sale"}
	for i := range rejoinFronts {
		if _, err := s.api.PutEvent(ctx, frontName(i), settings); err != nil {
			return err
		}
	}
	for r.round = 1; r.round <= r.c.rounds; r.round++ {
		if err := r.replace(ctx); err != nil {
			return fmt.Errorf("round %d: %w", r.round, err)
		}
	}
	slices.Sort(r.ratios)
	fmt.Fprintf(r.std.out, "p99 while a newcomer catches up, times that of three nodes, %s, %d rounds: median %.2f, min %.2f, max %.2f\n",
		r.c.logStore, r.c.rounds, r.ratios[len(r.ratios)/2], r.ratios[0], r.ratios[len(r.ratios)-1])
	return nil
}

// replace is one round: the third node is lost, and another comes in its place.
func (r *rejoin) replace(ctx context.Context) error {
	r.healthy = 0
	healthy, err := r.phase(ctx, "three nodes", r.idle)
	if err != nil {
		return err
	}
	r.healthy = healthy
	lost := r.third
	// Its disk is lost and not wiped: to delete gigabytes would keep the disk busy that the nodes which stay share here.
	if err := errors.Join(lost.Kill(), os.Rename(lost.Dir, lost.Dir+".lost")); err != nil {
		return err
	}
	remove := func(ctx context.Context) (*client.Member, error) { return r.c.state.api.RemoveMember(ctx, lost.Name) }
	if err := r.insist(ctx, remove); err != nil {
		return err
	}
	if _, err := r.phase(ctx, "two nodes", r.idle); err != nil {
		return err
	}
	stay := r.cluster.Nodes[:2]
	r.third, err = r.cluster.PlanJoin(fmt.Sprintf("n%d", len(r.cluster.Nodes)+r.round), nil, []string{stay[0].Advertised, stay[1].Advertised})
	if err != nil {
		return err
	}
	joining, err := r.phase(ctx, "catching up", func(ctx context.Context) error { return r.join(ctx, r.third) })
	if err != nil {
		return err
	}
	r.ratios = append(r.ratios, joining/r.healthy)
	_, err = r.phase(ctx, "with the newcomer", r.idle)
	return err
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

// phase drives the load while something is done, tells its latencies, and returns the p99 in milliseconds.
func (r *rejoin) phase(ctx context.Context, name string, do func(context.Context) error) (p99 float64, err error) {
	loaded, cancel := context.WithCancel(ctx)
	defer cancel()
	begin, gap := time.Now(), &gaps{}
	var paced atomic.Int64
	type outcome struct {
		result *load.Result
		err    error
	}
	done, profiled := make(chan outcome, 1), make(chan error, 1)
	go func() {
		result, err := load.Run(loaded, load.Work{
			Endpoints: r.c.state.hosts[:2], Connections: r.c.connections, Duration: rejoinPatience, Timeout: 10 * time.Second,
			Ordered: gap.ordered, Next: r.next,
			Pace: func() time.Time {
				return begin.Add(time.Duration(paced.Add(1)) * time.Second / time.Duration(r.c.rate))
			},
		})
		done <- outcome{result, err}
	}()
	go func() { profiled <- r.profile(loaded, name) }()
	err = do(ctx)
	err = errors.Join(err, <-profiled)
	cancel()
	ended := <-done
	if err := errors.Join(err, ended.err); err != nil {
		return 0, err
	}
	return r.tell(name, ended.result, gap.reset()), nil
}

// profile has every node that runs in a phase tell where its time goes.
func (r *rejoin) profile(ctx context.Context, phase string) error {
	if r.c.profiles == "" {
		return nil
	}
	if err := sleep(ctx, startProfileWait); err != nil {
		return err
	}
	running := slices.Clone(r.cluster.Nodes[:2])
	select {
	case <-r.third.Exited():
	default:
		running = append(running, r.third)
	}
	return profile(ctx, benchHTTPConfig{profiles: r.c.profiles, duration: r.c.window}, &nodes.Cluster{Nodes: running},
		fmt.Sprintf("%d-%s", r.round, strings.ReplaceAll(phase, " ", "-")))
}

func (r *rejoin) tell(name string, result *load.Result, gap time.Duration) (p99 float64) {
	all := hdrhistogram.New(1, 60_000_000, 3)
	all.Merge(result.Hold)
	all.Merge(result.Confirm)
	ms := func(q float64) float64 { return float64(all.ValueAtQuantile(q)) / 1000 }
	ratio := ""
	if r.healthy != 0 {
		ratio = fmt.Sprintf(" (%.2f times that of three nodes)", ms(99)/r.healthy)
	}
	fmt.Fprintf(r.std.out, "round %d, %-18s %4.0f orders/s: p50 %.2f ms, p99 %.2f ms%s, p99.9 %.2f ms, max %.2f ms; "+
		"longest gap %s; %d asked again\n", r.round, name+":", result.OrdersPerSecond(), ms(50), ms(99), ratio, ms(99.9),
		float64(all.Max())/1000, gap.Round(time.Millisecond), result.Retried)
	return ms(99)
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
