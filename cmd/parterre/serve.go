package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/httpapi"
	"github.com/parterre/parterre/raftlog"
)

func newServe(std streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run one node until SIGTERM, then drain",
		Long: "Run one node. A node without data waits for all founding nodes of --cluster, founds the cluster with them and\n" +
			"serves; or, with --join, waits until a running cluster counts it as a member. A node with data starts at once. SIGTERM drains: unready, leaderships handed over, queues emptied.",
		Args: cobra.NoArgs,
	}
	settings, file := serveFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := settings.resolve(cmd.Flags(), *file, os.LookupEnv); err != nil {
			return err
		}
		if err := settings.validate(); err != nil {
			return err
		}
		log, err := newLogger(std.err, settings.LogFormat, settings.LogLevel)
		if err != nil {
			return err
		}
		return fail(exitFailure, serve(cmd.Context(), settings, log))
	}
	return cmd
}

// serve runs a node until ctx ends (drain) or the node must stop (a disk fault).
func serve(ctx context.Context, c *serveConfig, log *slog.Logger) error {
	defer paceGC(gcHeadroomBytes)()
	var belonging cluster.Config
	if err := c.belonging(&belonging); err != nil {
		return err
	}
	peerTLS, err := c.peerTLS()
	if err != nil {
		return err
	}
	registry, err := newRegistry()
	if err != nil {
		return err
	}
	if !raftMetrics {
		log.Warn("built without tag hashicorpmetrics: no raft_* metrics", "remedy", "make build")
	}
	config := cluster.Config{
		Node: c.Node, Dir: c.Data, Members: belonging.Members, Partitions: belonging.Partitions,
		Join: belonging.Join, Role: belonging.Role, Peer: belonging.Peer, TLS: peerTLS, Version: buildVersion(),
		LogStore: c.LogStore,
		Timing: raftlog.Timing{
			Heartbeat: c.RaftHeartbeat, Election: c.RaftElection, LeaderLease: c.RaftLease, Commit: c.RaftCommit,
		},
		Limits: cluster.Limits{
			QueueCommands: c.QueueCommands, EventCommands: c.EventCommands, SnapshotBytes: c.SnapshotBytes,
			SnapshotSendBytes: c.SnapshotSendBytes,
		},
		NoFastFail: !c.FastFail, Logger: log, Registerer: registry,
	}
	heal, err := c.breakOnPurpose(&config, log)
	if err != nil {
		return err
	}
	defer heal()
	listeners, err := c.listen()
	if err != nil {
		return err
	}
	fatal := make(chan error, 1)
	front := startFront(listeners, registry, log)
	config.Listener, config.HTTP = listeners.peer, listeners.http.Addr().String()
	config.OnFatal = func(err error) { fatal <- err }
	node, err := cluster.Start(ctx, config)
	if err != nil {
		front.close()
		if ctx.Err() != nil {
			return nil // stopped while it waited for the others
		}
		return err
	}
	recorder, err := c.startRecorder(node, registry, log)
	if err != nil {
		front.close()
		return errors.Join(err, node.Close())
	}
	defer closeRecorder(recorder, log)
	publicURLs, err := c.publicURLs()
	if err != nil {
		front.close()
		return errors.Join(err, node.Close())
	}
	front.serveNode(httpapi.Options{
		Node: node, NodeName: c.Node, Version: buildVersion(), Logger: log, Registerer: registry, Recorder: recorderOf(recorder),
		PublicURLs: publicURLs,
		Limits: httpapi.Limits{
			ConcurrentRequests: c.ConcurrentRequests, RequestTimeout: c.RequestTimeout,
			Streams: c.Streams, StreamOperations: c.StreamOperations,
		},
	})
	log.Info("serving", "node", c.Node, "http", listeners.http.Addr().String(), "peer", listeners.peer.Addr().String(),
		"version", buildVersion())
	select {
	case err := <-fatal:
		// Fail-stop: nothing more may be promised, so nothing is drained. The peer port is closed already.
		front.close()
		return fmt.Errorf("this node had to stop: %w", err)
	case err := <-front.failed:
		return errors.Join(err, node.Close())
	case <-ctx.Done():
	}
	return drain(c, node, front, fatal, log)
}

// drain ends a node in order: unready, leaderships handed over, requests finished, groups closed. The listeners stay open
// meanwhile, and requests that still arrive are forwarded to the new leaders. A second signal ends the process at once.
func drain(c *serveConfig, node *cluster.Node, front *front, fatal <-chan error, log *slog.Logger) error {
	impatient := exitOnSecondSignal()
	defer impatient()
	log.Info("draining", "timeout", c.DrainTimeout)
	ctx, cancel := context.WithTimeout(context.Background(), c.DrainTimeout+c.DrainDelay)
	defer cancel()
	front.unready()
	select {
	case <-time.After(c.DrainDelay):
	case err := <-fatal:
		front.close()
		return fmt.Errorf("this node had to stop: %w", err)
	}
	front.endStreams()
	drainErr := node.Drain(ctx)
	shutdownErr := front.shutdown(ctx)
	if err := errors.Join(drainErr, shutdownErr, node.Close()); err != nil {
		return fmt.Errorf("drain: %w", err)
	}
	log.Info("drained")
	return nil
}

// listeners are a node's three ports, bound before anything else so that a port in use is told at once.
type listeners struct{ http, peer, admin net.Listener }

func (c *serveConfig) listen() (*listeners, error) {
	l := &listeners{}
	for _, port := range []struct {
		flag, addr string
		into       *net.Listener
	}{{"http", c.HTTP, &l.http}, {"peer", c.Peer, &l.peer}, {"admin", c.Admin, &l.admin}} {
		if port.addr == "" {
			continue
		}
		listener, err := net.Listen("tcp", port.addr)
		if err != nil {
			l.close()
			return nil, fmt.Errorf("--%s: %w", port.flag, err)
		}
		*port.into = listener
	}
	return l, nil
}

func (l *listeners) close() {
	for _, listener := range []net.Listener{l.http, l.peer, l.admin} {
		if listener != nil {
			_ = listener.Close()
		}
	}
}
