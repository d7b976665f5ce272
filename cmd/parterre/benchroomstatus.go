package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/bench/wire"
)

const (
	statusVisitors    = 500
	statusConnections = 64
	statusesWanted    = 20_000
)

// status measures how many visitors one node tells their place, by its own processor time: on a machine that it shares, that is
// what a core of its own would do.
func (b *roomBench) status(ctx context.Context) error {
	return b.withRoomNodes(func(cluster *nodes.Cluster) error {
		s, err := roomEvent(ctx, cluster, map[string]any{"mode": "fifo", "max_inside": 1, "admit_per_minute": 1, "target_commit_ms": 0})
		if err != nil {
			return err
		}
		defer s.api.Close()
		node := cluster.Nodes[0]
		door := newRoomDoor(node, s.names[0])
		defer door.conn.Close()
		visitors, err := door.join(statusVisitors)
		if err != nil {
			return err
		}
		before, err := gauge(ctx, node, "process_cpu_seconds_total")
		if err != nil {
			return err
		}
		start := time.Now()
		answers, err := tellPlaces(ctx, node.HTTP, door.path, visitors, b.duration)
		if err != nil {
			return err
		}
		took := time.Since(start).Seconds()
		after, err := gauge(ctx, node, "process_cpu_seconds_total")
		if err != nil {
			return err
		}
		perCore := float64(answers) / (after - before)
		b.say("  status over HTTP from one node with GOMAXPROCS=1, %d connections: %.0f/s beside the load generator; %.0f a second of the node's processor time",
			statusConnections, float64(answers)/took, perCore)
		b.atLeast("Waiting room, one node on one core", "status answers a second of its processor time", statusesWanted, "answers/s", perCore)
		return nil
	})
}

// tellPlaces asks for places as fast as they are told.
func tellPlaces(ctx context.Context, addr, path string, visitors []roomStanding, d time.Duration) (int64, error) {
	until := time.Now().Add(d)
	var answers atomic.Int64
	errs := make([]error, statusConnections)
	var all sync.WaitGroup
	for i := range statusConnections {
		all.Go(func() {
			conn := wire.New(addr, wire.Options{})
			defer conn.Close()
			r := &wire.Request{Method: wire.Get, Path: []byte(path + "/visitors/me")}
			for n := i; time.Now().Before(until) && ctx.Err() == nil; n++ {
				r.Visitor = append(r.Visitor[:0], visitors[n%len(visitors)].Token...)
				answer, err := conn.Do(r)
				if err != nil {
					errs[i] = err
					return
				}
				if answer.Status == 200 {
					answers.Add(1)
				}
			}
		})
	}
	all.Wait()
	return answers.Load(), errors.Join(errs...)
}

// withRoomNodes runs do with three fresh nodes, of which the first has one processor.
func (b *roomBench) withRoomNodes(do func(*nodes.Cluster) error) (err error) {
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "parterre-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	logs := &tail{}
	if b.verbose {
		logs.also = b.std.err
	}
	cluster, err := nodes.Start(nodes.Options{
		Binary: binary, Dir: filepath.Join(dir, "nodes"), Count: 3, Output: logs.add,
		Args: []string{"--log-store", b.logStore, "--log-level", "info", "--log-format", "text"},
		PrefixOf: func(node string) []string {
			if node == "n1" {
				return []string{"env", "GOMAXPROCS=1"}
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	err = errors.Join(do(cluster), cluster.Close())
	if err != nil && !b.verbose {
		logs.dump(b.std.err)
	}
	return err
}
