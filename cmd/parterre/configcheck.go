package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/raftlog"
)

// validate tells everything that is wrong with the settings at once, by the flags' names.
func (c *serveConfig) validate() error {
	var errs []error
	wrong := func(flag, format string, args ...any) {
		errs = append(errs, fmt.Errorf("--%s: %s", flag, fmt.Sprintf(format, args...)))
	}
	if c.Node == "" {
		wrong("node", "missing: every node needs a name")
	} else if strings.ContainsAny(c.Node, "=, \t\n") {
		wrong("node", "%q has a character that --cluster could not tell apart", c.Node)
	}
	if c.Data == "" {
		wrong("data", "missing: every node needs a folder of its own")
	}
	for flag, addr := range map[string]string{"http": c.HTTP, "peer": c.Peer} {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			wrong(flag, "want host:port: %v", err)
		}
	}
	if c.LogStore != "bolt" && c.LogStore != "wal" {
		wrong("log-store", "%q is neither bolt nor wal", c.LogStore)
	}
	for flag, n := range map[string]int{
		"partitions": c.Partitions, "queue-commands": c.QueueCommands, "event-commands": c.EventCommands,
		"concurrent-requests": c.ConcurrentRequests, "streams": c.Streams, "stream-operations": c.StreamOperations,
	} {
		if n < 1 {
			wrong(flag, "must be at least 1")
		}
	}
	for flag, d := range map[string]time.Duration{
		"raft-heartbeat": c.RaftHeartbeat, "raft-election": c.RaftElection, "raft-lease": c.RaftLease,
		"raft-commit": c.RaftCommit, "request-timeout": c.RequestTimeout, "drain-timeout": c.DrainTimeout, "record-file-age": c.RecordFileAge,
	} {
		if d <= 0 {
			wrong(flag, "must be positive")
		}
	}
	if c.RecordFileBytes < 1 {
		wrong("record-file-bytes", "must be at least 1")
	}
	if c.RaftLease > c.RaftHeartbeat {
		wrong("raft-lease", "must not exceed --raft-heartbeat: a leader must step down before others may elect")
	}
	if c.RaftElection < c.RaftHeartbeat {
		wrong("raft-election", "must not be below --raft-heartbeat")
	}
	if tls := []string{c.PeerCert, c.PeerKey, c.PeerCA}; strings.Join(tls, "") != "" &&
		(tls[0] == "" || tls[1] == "" || tls[2] == "") {
		wrong("peer-cert", "mutual TLS needs --peer-cert, --peer-key and --peer-ca")
	}
	if c.Role != "voter" && c.Role != "gateway" {
		wrong("role", "%q is neither voter nor gateway", c.Role)
	}
	if c.Join != "" && c.Cluster != "" {
		wrong("join", "not with --cluster: a node founds a cluster or joins one")
	} else if c.Join == "" && c.Role == "gateway" && !cluster.HasData(c.Data) {
		wrong("role", "a gateway joins a running cluster: name its members with --join")
	}
	if _, err := c.joins(); err != nil {
		errs = append(errs, err)
	}
	if _, err := c.publicURLs(); err != nil {
		errs = append(errs, err)
	}
	if _, err := c.members(); err != nil {
		errs = append(errs, err)
	}
	// The maps above have no order of their own.
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

// joins are the addresses of --join.
func (c *serveConfig) joins() ([]string, error) {
	if c.Join == "" {
		return nil, nil
	}
	addrs, err := cluster.JoinAddresses(c.Join)
	if err != nil {
		return nil, fmt.Errorf("--join: %w", err)
	}
	return addrs, nil
}

// publicURLs are the origins of --public-urls.
func (c *serveConfig) publicURLs() ([]string, error) {
	var origins []string
	for part := range strings.SplitSeq(c.PublicURLs, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		u, err := url.Parse(part)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Scheme+"://"+u.Host != part {
			return nil, fmt.Errorf("--public-urls: %q is not http://host or https://host", part)
		}
		origins = append(origins, part)
	}
	return origins, nil
}

// belonging is how the node comes to its cluster: it founds one, joins one, or has been in one before. Then its folder
// knows everything, and what was said at its first start is not asked for.
func (c *serveConfig) belonging(into *cluster.Config) error {
	var err error
	if c.Cluster == "" && (c.Join != "" || cluster.HasData(c.Data)) {
		into.Role, into.Peer = cluster.Role(c.Role), c.Peer
		if c.Advertise != "" {
			into.Peer = c.Advertise
		}
		into.Join, err = c.joins()
		return err
	}
	into.Partitions = c.Partitions
	into.Members, err = c.members()
	return err
}

// members are the founding nodes of --cluster; none means this node alone.
func (c *serveConfig) members() ([]raftlog.Member, error) {
	if c.Cluster == "" {
		return []raftlog.Member{{Node: c.Node, Peer: c.Peer}}, nil
	}
	var members []raftlog.Member
	seen, self := map[string]bool{}, false
	for part := range strings.SplitSeq(c.Cluster, ",") {
		name, addr, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || name == "" || addr == "" {
			return nil, fmt.Errorf("--cluster: %q is not name=host:port", part)
		}
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return nil, fmt.Errorf("--cluster: %s: %w", name, err)
		}
		if seen[name] || seen[addr] {
			return nil, fmt.Errorf("--cluster: %q stands there twice", part)
		}
		seen[name], seen[addr] = true, true
		self = self || name == c.Node
		members = append(members, raftlog.Member{Node: name, Peer: addr})
	}
	if !self {
		return nil, fmt.Errorf("--cluster: does not name this node, %q", c.Node)
	}
	return members, nil
}
