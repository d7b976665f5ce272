package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/pflag"

	"github.com/parterre/parterre/raftlog"
)

// serveConfig is everything that `parterre serve` can be told: by flag, else by environment (PARTERRE_ and the flag's
// name in capitals with underscores), else by the file, else by default. YAML keys are the flags' names.
type serveConfig struct {
	Node       string `yaml:"node"`
	Data       string `yaml:"data"`
	HTTP       string `yaml:"http"`
	Peer       string `yaml:"peer"`
	Admin      string `yaml:"admin"`
	Cluster    string `yaml:"cluster"`
	Join       string `yaml:"join"`
	Role       string `yaml:"role"`
	Advertise  string `yaml:"advertise"`
	Partitions int    `yaml:"partitions"`
	LogStore   string `yaml:"log-store"`

	RaftHeartbeat     time.Duration `yaml:"raft-heartbeat"`
	RaftElection      time.Duration `yaml:"raft-election"`
	RaftLease         time.Duration `yaml:"raft-lease"`
	RaftCommit        time.Duration `yaml:"raft-commit"`
	SnapshotBytes     int64         `yaml:"snapshot-bytes"`
	SnapshotSendBytes int64         `yaml:"snapshot-send-bytes"`

	QueueCommands      int           `yaml:"queue-commands"`
	EventCommands      int           `yaml:"event-commands"`
	ConcurrentRequests int           `yaml:"concurrent-requests"`
	Streams            int           `yaml:"streams"`
	StreamOperations   int           `yaml:"stream-operations"`
	RequestTimeout     time.Duration `yaml:"request-timeout"`
	FastFail           bool          `yaml:"fast-fail"`
	PublicURLs         string        `yaml:"public-urls"`

	Record          string        `yaml:"record"`
	RecordFileBytes int64         `yaml:"record-file-bytes"`
	RecordFileAge   time.Duration `yaml:"record-file-age"`

	PeerCert string `yaml:"peer-cert"`
	PeerKey  string `yaml:"peer-key"`
	PeerCA   string `yaml:"peer-ca"`

	DrainTimeout time.Duration `yaml:"drain-timeout"`
	DrainDelay   time.Duration `yaml:"drain-delay"`
	LogLevel     string        `yaml:"log-level"`
	LogFormat    string        `yaml:"log-format"`

	// FaultDisk and FaultClock are hidden: files that make this node's disk and clock bad (see package bench/chaos).
	FaultDisk  string `yaml:"-"`
	FaultClock string `yaml:"-"`
}

func defaultServeConfig() serveConfig {
	return serveConfig{
		HTTP: "127.0.0.1:8080", Peer: "127.0.0.1:7080", Admin: "127.0.0.1:9080", Data: "data",
		Partitions: 3, LogStore: "bolt", Role: "voter",
		RaftHeartbeat: raftlog.DefaultHeartbeat, RaftElection: raftlog.DefaultElection,
		RaftLease: raftlog.DefaultLeaderLease, RaftCommit: raftlog.DefaultCommit, SnapshotBytes: 64 << 20,
		SnapshotSendBytes: raftlog.DefaultSnapshotSendBytes,
		QueueCommands:     16_384, EventCommands: 8_192, ConcurrentRequests: 8_192, RequestTimeout: 10 * time.Second,
		Streams: 256, StreamOperations: 8_192,
		FastFail: true, RecordFileBytes: 256 << 20, RecordFileAge: time.Hour,
		DrainTimeout: 15 * time.Second, LogLevel: "info", LogFormat: "auto",
	}
}

// register makes a flag of every setting.
func (c *serveConfig) register(f *pflag.FlagSet) {
	f.StringVar(&c.Node, "node", c.Node, "this node's name, one of --cluster")
	f.StringVar(&c.Data, "data", c.Data, "data folder, this node's own")
	f.StringVar(&c.HTTP, "http", c.HTTP, "address of the HTTP API")
	f.StringVar(&c.Peer, "peer", c.Peer, "address of the peer port, where the other nodes reach this one")
	f.StringVar(&c.Admin, "admin", c.Admin, "address of metrics and pprof; empty = none")
	f.StringVar(&c.Cluster, "cluster", c.Cluster,
		"founding nodes as name=host:port,… (peer ports); only for a node without data (default: this node alone)")
	f.StringVar(&c.Join, "join", c.Join,
		"members of a running cluster as host:port,… (peer ports) that a node without data joins, once 'parterre member add' has named it")
	f.StringVar(&c.Role, "role", c.Role, "of a node that joins: voter (learns, then votes once promoted) or gateway (never votes)")
	f.StringVar(&c.Advertise, "advertise", c.Advertise, "of a node that joins: where the others reach its peer port (default: --peer)")
	f.IntVar(&c.Partitions, "partitions", c.Partitions, "number of Raft groups; fixed when the cluster is founded")
	f.StringVar(&c.LogStore, "log-store", c.LogStore, "bolt (raft-boltdb) or wal (raft-wal)")
	f.DurationVar(&c.RaftHeartbeat, "raft-heartbeat", c.RaftHeartbeat, "a follower that hears nothing for this long asks for an election")
	f.DurationVar(&c.RaftElection, "raft-election", c.RaftElection, "a candidate that wins nothing for this long tries again")
	f.DurationVar(&c.RaftLease, "raft-lease", c.RaftLease, "a leader that hears no majority for this long steps down")
	f.DurationVar(&c.RaftCommit, "raft-commit", c.RaftCommit, "an idle leader tells its followers what is committed this often")
	f.Int64Var(&c.SnapshotSendBytes, "snapshot-send-bytes", c.SnapshotSendBytes, "send a follower this much of a partition's snapshot in a second")
	f.Int64Var(&c.SnapshotBytes, "snapshot-bytes", c.SnapshotBytes, "take a snapshot after this many bytes of log")
	f.IntVar(&c.QueueCommands, "queue-commands", c.QueueCommands, "commands that may wait for a partition's proposer before 429")
	f.IntVar(&c.EventCommands, "event-commands", c.EventCommands, "commands that may be under way for one event before 429")
	f.IntVar(&c.ConcurrentRequests, "concurrent-requests", c.ConcurrentRequests, "HTTP requests that may be under way before 429")
	f.IntVar(&c.Streams, "streams", c.Streams, "streams that may be open before 429")
	f.IntVar(&c.StreamOperations, "stream-operations", c.StreamOperations, "operations of one stream that may be under way before it is read no further")
	f.DurationVar(&c.RequestTimeout, "request-timeout", c.RequestTimeout, "a command that is not decided by then is answered 503 or 504")
	f.BoolVar(&c.FastFail, "fast-fail", c.FastFail, "refuse sold seats from the leader's view, without logging the attempt")
	f.StringVar(&c.PublicURLs, "public-urls", c.PublicURLs,
		"where browsers reach the nodes, as https://host,…: the waiting room's page goes from one to the next (default: the nodes' --http)")
	f.StringVar(&c.Record, "record", c.Record, "folder for traces of what shoppers do here, for bench replay; empty = none")
	f.Int64Var(&c.RecordFileBytes, "record-file-bytes", c.RecordFileBytes, "size at which the next trace is begun")
	f.DurationVar(&c.RecordFileAge, "record-file-age", c.RecordFileAge, "age at which the next trace is begun")
	f.StringVar(&c.PeerCert, "peer-cert", c.PeerCert, "certificate for mutual TLS between nodes (PEM)")
	f.StringVar(&c.PeerKey, "peer-key", c.PeerKey, "its key (PEM)")
	f.StringVar(&c.PeerCA, "peer-ca", c.PeerCA, "authority that signs the nodes' certificates (PEM)")
	f.DurationVar(&c.DrainTimeout, "drain-timeout", c.DrainTimeout, "time to hand over and finish after SIGTERM")
	f.DurationVar(&c.DrainDelay, "drain-delay", c.DrainDelay, "time between becoming unready and handing over, for load balancers to notice")
	f.StringVar(&c.LogLevel, "log-level", c.LogLevel, "debug, info, warn or error")
	f.StringVar(&c.LogFormat, "log-format", c.LogFormat, "json, text, or auto (text on a terminal)")
	c.registerFaults(f)
}

// envName is the environment variable of a flag.
func envName(flag string) string {
	return "PARTERRE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// resolve fills in what the flags did not say from the environment and the file. c was filled by parsing f.
func (c *serveConfig) resolve(f *pflag.FlagSet, file string, getenv func(string) (string, bool)) error {
	said := map[string]string{} // set by flag or environment: stronger than the file
	var errs []error
	f.VisitAll(func(flag *pflag.Flag) {
		if flag.Changed {
			said[flag.Name] = flag.Value.String()
		} else if value, ok := getenv(envName(flag.Name)); ok && flag.Name != "config" {
			said[flag.Name] = value
		}
	})
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("config: %w", err)
		}
		if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(c); err != nil {
			return fmt.Errorf("config: %s: %w", file, err)
		}
	}
	for name, value := range said {
		if err := f.Set(name, value); err != nil {
			errs = append(errs, fmt.Errorf("config: %s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}
