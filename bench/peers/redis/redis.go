package redis

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/parterre/parterre/bench/peers"
)

// Modes.
const (
	Pooled    = "pooled"
	Pipelined = "pipelined"
)

// pipes are the numbers of connections that are tried for pipelining.
var pipes = []int{1, 2, 4}

// Fsync is Redis's policy for its append-only file.
type Fsync string

// Fsync policies.
const (
	Always   Fsync = "always"
	EverySec Fsync = "everysec"
)

// mostPerSecond is far above what was seen.
const mostPerSecond = 100_000

const debianPackage = "redis-server"

// Peer is Redis under one policy.
type Peer struct{ Fsync Fsync }

// Facts say what an answer of this setting means.
func (p Peer) Facts() peers.Facts {
	f := peers.Facts{
		Name: "redis-always", Title: "Redis, one copy, appendfsync always", Copies: 1,
		Durability: "answered when the append-only file is fsynced on the one machine, once for all that came together",
		CanLose:    "every order, with that machine's disk",
		Settings: []string{
			"appendonly yes, appendfsync " + string(p.Fsync), "save '' and no rewrite of the file within a measurement",
			"scripts by EVALSHA, unix socket",
		},
		Modes: []peers.Mode{
			{Name: Pooled, Title: "a connection for each client", Road: peers.Single, MostPerSecond: mostPerSecond},
			{Name: Pipelined, Title: "pipelined", Road: peers.Pipelined, MostPerSecond: mostPerSecond, Pools: pipes},
		},
	}
	if p.Fsync == EverySec {
		f.Name, f.Title = "redis-everysec", "Redis, one copy, appendfsync everysec"
		f.Durability = "answered from memory; the append-only file is fsynced once a second"
		f.CanLose = "the last second's orders with a power cut, every order with that machine's disk"
	}
	return f
}

type server struct {
	setup   peers.Setup
	socket  string
	process *peers.Process
	control *redis.Client
	version string
}

const startTimeout = 15 * time.Second

// Start starts one server.
func (p Peer) Start(ctx context.Context, setup peers.Setup) (peers.Server, error) {
	binary, err := peers.Binary("redis-server", debianPackage)
	if err != nil {
		return nil, err
	}
	s := &server{setup: setup, socket: filepath.Join(setup.Dir, "redis.sock")}
	s.process, err = peers.Launch(peers.Command{
		Name: "redis", Path: binary, Dir: setup.Dir, StopSignal: syscall.SIGTERM, StopTimeout: 10 * time.Second, Log: setup.Log,
		Args: []string{
			"--port", "0", "--unixsocket", s.socket, "--dir", setup.Dir, "--daemonize", "no", "--save", "",
			"--appendonly", "yes", "--appendfsync", string(p.Fsync), "--auto-aof-rewrite-percentage", "0",
		},
	})
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// prepare waits for the server and loads the scripts.
func (s *server) prepare(ctx context.Context) error {
	s.control = redis.NewClient(&redis.Options{Network: "unix", Addr: s.socket, MaintNotificationsConfig: noNotifications})
	err := peers.Await(ctx, startTimeout, func(ctx context.Context) error { return s.control.Ping(ctx).Err() }, s.process)
	if err != nil {
		return err
	}
	info, err := s.control.Info(ctx, "server").Result()
	if err != nil {
		return err
	}
	for line := range strings.Lines(info) {
		if version, ok := strings.CutPrefix(line, "redis_version:"); ok {
			s.version = strings.TrimSpace(version)
		}
	}
	for _, script := range scripts {
		if err := s.control.ScriptLoad(ctx, script).Err(); err != nil {
			return err
		}
	}
	return nil
}

// Version is the running server's.
func (s *server) Version() string { return "Redis " + s.version }

func (s *server) caller() caller {
	return caller{hall: s.setup.Hall, ttlSeconds: int64(s.setup.HoldTTL.Seconds())}
}

// Open makes clients.
func (s *server) Open(_ context.Context, mode string, clients, pool int) ([]peers.Client, error) {
	switch mode {
	case Pooled:
		return s.openPooled(clients)
	case Pipelined:
		return s.openPipelined(clients, min(pool, clients))
	}
	return nil, fmt.Errorf("redis: %w: %s", peers.ErrMode, mode)
}

// Close ends the server.
func (s *server) Close() error {
	var err error
	if s.control != nil {
		err = s.control.Close()
	}
	return errors.Join(err, s.process.Stop())
}
