package parterre

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/bench/peers"
	"github.com/parterre/parterre/httpapi/client"
)

// Modes.
const (
	HTTP       = "http"        // one request a step, connections to all three nodes
	HTTPLeader = "http-leader" // to the leader's node only
	HTTPOthers = "http-others" // to the two others only
	HTTPSpread = "http-spread" // as HTTP, events over all partitions instead of one
	Batch16    = "batch-16"    // 16 operations a request, 16 connections
	Batch256   = "batch-256"   // 256 operations a request, 16 connections
	Stream64   = "stream-64"   // 64 clients with one operation under way each, on a few streams
	Stream4096 = "stream-4096" // 4,096 operations under way on a few streams
)

// Orders per second that are far above what was seen.
const (
	mostByHTTP     = 40_000
	mostByBatch16  = 100_000
	mostByStream64 = 100_000
	mostByMany     = 250_000
)

// streams are the numbers of streams that are tried for the clients that share them.
var streams = []int{1, 3, 6}

// Log stores.
const (
	Bolt = "bolt"
	WAL  = "wal"
)

// Peer is Parterre with one of its log stores.
type Peer struct {
	Binary   string
	LogStore string
}

// Facts say what an answer means.
func (p Peer) Facts() peers.Facts {
	library := map[string]string{Bolt: "raft-boltdb", WAL: "raft-wal"}[p.LogStore]
	return peers.Facts{
		Name: "parterre-" + p.LogStore, Title: "Parterre, three nodes, " + library, Copies: 2,
		Durability: "answered when the entry is fsynced on two of three nodes and applied",
		CanLose:    "nothing acknowledged by any one machine's loss",
		Settings:   []string{"three processes, --log-store " + p.LogStore + ", all else as it comes"},
		Modes: []peers.Mode{
			{Name: HTTP, Title: "HTTP, one request a step", Road: peers.Single, MostPerSecond: mostByHTTP},
			{Name: HTTPLeader, Title: "HTTP, through the leader's node", Road: peers.Single, MostPerSecond: mostByHTTP, Only: "special"},
			{Name: HTTPOthers, Title: "HTTP, through the other nodes", Road: peers.Single, MostPerSecond: mostByHTTP, Only: "special"},
			{Name: HTTPSpread, Title: "HTTP, events spread over the partitions", Road: peers.Single, MostPerSecond: mostByHTTP, Only: "special"},
			{
				Name: Batch16, Title: "batches of 16 operations", Road: peers.Batch, MostPerSecond: mostByBatch16,
				Width: 16, Clients: 16, Only: "chosen",
			},
			{
				Name: Batch256, Title: "batches of 256 operations", Road: peers.Batch, MostPerSecond: mostByMany,
				Width: 256, Clients: 16, Only: "chosen",
			},
			{
				Name: Stream64, Title: "stream, one operation outstanding a client", Road: peers.Stream, MostPerSecond: mostByStream64,
				Clients: 64, Pools: streams, Only: "chosen",
			},
			{
				Name: Stream4096, Title: "stream, 4,096 operations outstanding", Road: peers.Stream, MostPerSecond: mostByMany,
				Width: 64, Clients: 64, Pools: streams, Only: "chosen",
			},
		},
	}
}

// generations tells the events of one Fresh from those before, in the whole process.
var generations atomic.Int64

// server is three running nodes.
type server struct {
	setup      peers.Setup
	cluster    *nodes.Cluster
	api        *client.Client
	version    string
	generation int64
	names      []string // of the events
	made       []uint64 // their revisions before anything was sold
	labels     []string // of the hall's seats
	leader     string   // host:port of the node that leads the first event
}

const (
	nodeCount    = 3
	startTimeout = 30 * time.Second
)

// Start starts three nodes.
func (p Peer) Start(ctx context.Context, setup peers.Setup) (peers.Server, error) {
	cluster, err := nodes.Start(nodes.Options{
		Binary: p.Binary, Dir: setup.Dir, Count: nodeCount, Output: setup.Log,
		Args: []string{"--log-store", p.LogStore, "--log-level", "info", "--log-format", "text"},
	})
	if err != nil {
		return nil, err
	}
	s := &server{setup: setup, cluster: cluster}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *server) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := s.cluster.WaitReady(ctx); err != nil {
		return err
	}
	api, err := client.New(client.Options{Endpoints: s.cluster.Endpoints()})
	if err != nil {
		return err
	}
	s.api = api
	health, err := api.Health(ctx)
	if err != nil {
		return err
	}
	s.version = health.Version
	for seat := range int32(s.setup.Hall.Seats()) {
		s.labels = append(s.labels, string(appendLabel(nil, s.setup.Hall, seat)))
	}
	drawing, err := chart(s.setup.Hall)
	if err != nil {
		return err
	}
	_, err = api.PutChart(ctx, chartName, drawing)
	return err
}

// Version is the nodes'.
func (s *server) Version() string { return "Parterre " + s.version }

// Fresh makes events under names that were not used before; those of earlier measurements lie idle.
func (s *server) Fresh(ctx context.Context, mode string, events int, _ bool) error {
	s.generation, s.names = generations.Add(1), s.names[:0]
	ttl := int(s.setup.HoldTTL.Seconds())
	settings := client.Settings{Chart: chartName, Currency: "CHF", Prices: prices, State: "on_sale", HoldTTLSeconds: &ttl}
	group := "g" + strconv.FormatInt(s.generation, 10) + ":" // events of one group are in one partition
	if mode == HTTPSpread {
		group = "g" + strconv.FormatInt(s.generation, 10) + "."
	}
	for i := range events {
		s.names = append(s.names, group+strconv.Itoa(i))
	}
	if err := s.make(ctx, settings); err != nil {
		return err
	}
	first, err := s.api.Event(ctx, s.names[0])
	if err != nil {
		return err
	}
	leader := s.cluster.Node(first.Leader)
	if leader == nil {
		return fmt.Errorf("%w: event %s has leader %q", ErrAnswer, first.Event, first.Leader)
	}
	s.leader = leader.HTTP
	return nil
}

// makers is how many events are made at once.
const makers = 16

// make makes the events.
func (s *server) make(ctx context.Context, settings client.Settings) error {
	s.made = make([]uint64, len(s.names))
	errs := make([]error, makers)
	var all sync.WaitGroup
	for m := range makers {
		all.Go(func() {
			for i := m; i < len(s.names) && errs[m] == nil; i += makers {
				var receipt *client.Receipt
				if receipt, errs[m] = s.api.PutEvent(ctx, s.names[i], settings); errs[m] == nil {
					s.made[i] = receipt.Revision
				}
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// hosts are the nodes that a mode talks to.
func (s *server) hosts(mode string) ([]string, error) {
	var all, others []string
	for _, n := range s.cluster.Nodes {
		all = append(all, n.HTTP)
		if n.HTTP != s.leader {
			others = append(others, n.HTTP)
		}
	}
	switch mode {
	case HTTP, HTTPSpread:
		return all, nil
	case HTTPLeader:
		return []string{s.leader}, nil
	case HTTPOthers:
		return others, nil
	}
	return nil, fmt.Errorf("parterre: %w: %s", peers.ErrMode, mode)
}

// Open makes clients, a connection each.
func (s *server) Open(_ context.Context, mode string, clients, _ int) ([]peers.Client, error) {
	hosts, err := s.hosts(mode)
	if err != nil {
		return nil, err
	}
	list := make([]peers.Client, clients)
	for i := range list {
		list[i] = newHTTPClient(s, hosts, i)
	}
	return list, nil
}

// Close kills the nodes: nothing acknowledged is lost by that, and nothing is needed any more.
func (s *server) Close() error {
	if s.api != nil {
		s.api.Close()
	}
	return s.cluster.Close()
}
