package parterre

import (
	"context"
	"errors"
	"fmt"
	"strconv"
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
)

// mostByHTTP is far above what was seen.
const mostByHTTP = 40_000

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
	s.generation, s.names, s.made = generations.Add(1), s.names[:0], s.made[:0]
	ttl := int(s.setup.HoldTTL.Seconds())
	settings := client.Settings{Chart: chartName, Currency: "CHF", Prices: prices, State: "on_sale", HoldTTLSeconds: &ttl}
	group := "g" + strconv.FormatInt(s.generation, 10) + ":" // events of one group are in one partition
	if mode == HTTPSpread {
		group = "g" + strconv.FormatInt(s.generation, 10) + "."
	}
	for i := range events {
		name := group + strconv.Itoa(i)
		receipt, err := s.api.PutEvent(ctx, name, settings)
		if err != nil {
			return err
		}
		s.names, s.made = append(s.names, name), append(s.made, receipt.Revision)
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
