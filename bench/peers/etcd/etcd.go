package etcd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"

	"github.com/parterre/parterre/bench/peers"
)

// Txn is the one mode.
const Txn = "txn"

// members are the nodes.
var members = []string{"e1", "e2", "e3"}

// connections are the numbers of connections that are tried.
var connections = []int{1, 4, 16}

// mostPerSecond is far above what was seen.
const mostPerSecond = 15_000

const debianPackage = "etcd-server"

// Peer is etcd with three nodes.
type Peer struct{}

// Facts say what an answer means.
func (Peer) Facts() peers.Facts {
	return peers.Facts{
		Name: "etcd", Title: "etcd, three nodes", Copies: 2,
		Durability: "answered when the log entry is fsynced on two of three nodes and applied",
		CanLose:    "nothing acknowledged by any one machine's loss",
		Settings: []string{
			"three processes, quota-backend-bytes=8GiB, no automatic compaction", "requests go to the leader, plain text",
		},
		Modes: []peers.Mode{{
			Name: Txn, Title: "one transaction a step", Road: peers.Single, MostPerSecond: mostPerSecond, Pools: connections,
		}},
	}
}

type server struct {
	setup     peers.Setup
	processes []*peers.Process
	urls      []string
	leader    string
	control   *clientv3.Client
	version   string
	blocks    *blocks
}

const (
	startTimeout = 30 * time.Second
	dialTimeout  = 5 * time.Second
	quotaBytes   = 8 << 30
)

// Start starts three nodes and finds their leader.
func (Peer) Start(ctx context.Context, setup peers.Setup) (peers.Server, error) {
	binary, err := peers.Binary("etcd", debianPackage)
	if err != nil {
		return nil, err
	}
	s := &server{setup: setup}
	if err := s.launch(binary); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := peers.Await(ctx, startTimeout, s.findLeader, s.processes...); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *server) launch(binary string) error {
	cluster := make([]string, len(members))
	links := make([]string, len(members))
	for i, name := range members {
		client, clientErr := peers.FreeAddr()
		link, linkErr := peers.FreeAddr()
		if err := errors.Join(clientErr, linkErr); err != nil {
			return err
		}
		s.urls, links[i] = append(s.urls, "http://"+client), "http://"+link
		cluster[i] = name + "=" + links[i]
	}
	for i, name := range members {
		p, err := peers.Launch(peers.Command{
			Name: "etcd " + name, Path: binary, Dir: s.setup.Dir, StopSignal: syscall.SIGKILL, StopTimeout: dialTimeout, Log: s.setup.Log,
			Args: []string{
				"--name", name, "--data-dir", filepath.Join(s.setup.Dir, name),
				"--listen-client-urls", s.urls[i], "--advertise-client-urls", s.urls[i],
				"--listen-peer-urls", links[i], "--initial-advertise-peer-urls", links[i],
				"--initial-cluster", strings.Join(cluster, ","), "--initial-cluster-state", "new",
				"--quota-backend-bytes", fmt.Sprint(int64(quotaBytes)), "--auto-compaction-retention", "0",
				"--logger", "zap", "--log-level", "warn",
			},
		})
		if err != nil {
			return err
		}
		s.processes = append(s.processes, p)
	}
	return nil
}

func connect(url string) (*clientv3.Client, error) {
	return clientv3.New(clientv3.Config{Endpoints: []string{url}, DialTimeout: dialTimeout, Logger: zap.NewNop()})
}

// findLeader asks all nodes; every one must know the leader.
func (s *server) findLeader(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	if s.control == nil {
		control, err := connect(s.urls[0])
		if err != nil {
			return err
		}
		s.control = control
	}
	leader := ""
	for _, url := range s.urls {
		status, err := s.control.Status(ctx, url)
		if err != nil {
			return err
		}
		if status.Leader == 0 {
			return fmt.Errorf("etcd: %w: no leader", peers.ErrNotReady)
		}
		s.version = status.Version
		if status.Leader == status.Header.MemberId {
			leader = url
		}
	}
	if leader == "" {
		return fmt.Errorf("etcd: %w: the leader is unknown", peers.ErrNotReady)
	}
	s.leader = leader
	return nil
}

// Version is the running nodes'.
func (s *server) Version() string { return "etcd " + s.version }

// Close kills the nodes: nothing acknowledged is lost by that, and nothing is needed any more.
func (s *server) Close() error {
	var errs []error
	if s.control != nil {
		errs = append(errs, s.control.Close())
	}
	for _, p := range s.processes {
		errs = append(errs, p.Stop())
	}
	return errors.Join(errs...)
}

// Open makes clients on so many connections.
func (s *server) Open(_ context.Context, mode string, clients, size int) ([]peers.Client, error) {
	if mode != Txn {
		return nil, fmt.Errorf("etcd: %w: %s", peers.ErrMode, mode)
	}
	if size <= 0 || size > clients {
		size = clients
	}
	var shared []*clientv3.Client
	list := make([]peers.Client, 0, clients)
	for i := range clients {
		k := &client{ttl: s.setup.HoldTTL, blocks: s.blocks, owner: i < size}
		if k.owner {
			c, err := connect(s.leader)
			if err != nil {
				for _, c := range shared {
					err = errors.Join(err, c.Close())
				}
				return nil, err
			}
			shared = append(shared, c)
		}
		k.etcd = shared[i%size]
		list = append(list, k)
	}
	return list, nil
}
