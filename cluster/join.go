package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/parterre/parterre/cluster/peerport"
	"github.com/parterre/parterre/raftlog"
)

const (
	joinFormat       = 1
	joinPollInterval = 200 * time.Millisecond
	// joinTimeout bounds one question, with what the answering node asks of its log.
	joinTimeout  = 3 * time.Second
	maxJoinBytes = 256 << 10
)

// joinRequest is what a node without data asks a member: what cluster is this, and am I counted?
type joinRequest struct {
	Format int    `json:"format"`
	Node   string `json:"node"`
	Peer   string `json:"peer"`
	Role   Role   `json:"role"`
}

// joinAnswer tells everything that a folder says about its cluster, or why not.
type joinAnswer struct {
	Format     int            `json:"format"`
	Cluster    string         `json:"cluster"`
	Partitions int            `json:"partitions"`
	Founders   []memberRecord `json:"founders"`
	Directory  *directory     `json:"directory"`
	Error      string         `json:"error,omitempty"`
}

// serveJoin answers one joinRequest.
func (n *Node) serveJoin(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	defer bindConn(ctx, conn, joinTimeout)()
	var q joinRequest
	if err := readFrame(conn, maxHelloBytes, &q); err != nil {
		n.log.Debug("a question to join failed", "from", conn.RemoteAddr().String(), "error", err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	if err := writeFrame(conn, n.answerJoin(ctx, q)); err != nil {
		n.log.Debug("an answer to join failed", "to", q.Node, "error", err)
	}
}

// answerJoin tells the directory as it is at this moment, by the log: an old one could count a node as a learner that has
// long had a vote, and let it start from nothing.
func (n *Node) answerJoin(ctx context.Context, q joinRequest) joinAnswer {
	a := joinAnswer{Format: joinFormat}
	if q.Format != joinFormat {
		a.Error = fmt.Sprintf("this node reads questions of format %d, not %d", joinFormat, q.Format)
		return a
	}
	if !n.opened.Load() || n.Removed() {
		a.Error = n.cfg.Node + " is not serving"
		return a
	}
	// To tell a node that it must wait costs no entry of the log.
	if known := n.members(); known.member(q.Node) != nil {
		if err := n.barrier(ctx, n.parts[0]); err != nil {
			a.Error = err.Error()
			return a
		}
	}
	d, err := n.latest()
	if err != nil {
		a.Error = err.Error()
		return a
	}
	a.Cluster, a.Partitions, a.Directory = n.meta.Cluster, n.meta.Partitions, d
	for _, m := range n.meta.Members {
		a.Founders = append(a.Founders, memberRecord(m))
	}
	return a
}

// join asks the members until one says that this node is counted, and writes what it needs to know of the cluster.
func (f *folder) join(ctx context.Context, c *Config, port *peerport.Port) error {
	tell, seen := time.Now(), ""
	for {
		for _, addr := range c.Join {
			a, err := askToJoin(ctx, c, port, addr)
			if err == nil {
				var m *meta
				if m, err = a.meta(c); err == nil {
					return f.joined(m, port)
				}
			}
			var final *StartError
			if errors.As(err, &final) {
				return err
			}
			if ctx.Err() == nil || seen == "" { // an attempt that was cut off says less than the one before
				seen = fmt.Sprintf("%s: %v", addr, err)
			}
		}
		if time.Now().After(tell) {
			c.Logger.Warn("waiting to be a member", "seen", seen)
			tell = time.Now().Add(formTellInterval)
		}
		if !sleep(ctx, joinPollInterval) {
			return &StartError{
				Problem: "this node did not join: waited in vain to be a member (" + seen + ")", Err: ctx.Err(),
				Remedy: addRemedy(c),
			}
		}
	}
}

func addRemedy(c *Config) string {
	return fmt.Sprintf("Tell the cluster of it: `parterre member add %s --peer %s --role %s`", c.Node, c.Peer, c.Role)
}

func askToJoin(ctx context.Context, c *Config, port *peerport.Port, addr string) (*joinAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	conn, err := port.Dial(ctx, addr, peerport.KindJoin, 0)
	if errors.Is(err, peerport.ErrOtherCluster) || errors.Is(err, peerport.ErrUnknownKind) {
		return nil, fmt.Errorf("%w: a version that does not know of joining, or a node that starts", err)
	}
	if err != nil {
		return nil, err
	}
	if conn, err = c.Dialed("", conn); err != nil {
		return nil, err
	}
	defer conn.Close()
	defer bindConn(ctx, conn, joinTimeout)()
	if err := writeFrame(conn, joinRequest{Format: joinFormat, Node: c.Node, Peer: c.Peer, Role: c.Role}); err != nil {
		return nil, err
	}
	var a joinAnswer
	if err := readFrame(conn, maxJoinBytes, &a); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("it gave no answer")
		}
		return nil, err
	}
	if a.Error != "" {
		return nil, errors.New(a.Error)
	}
	return &a, nil
}

// errNotCounted says that a node waits to be added.
var errNotCounted = errors.New("it does not count this node as a member yet")

// meta is what the folder of a node will say that joins; errNotCounted if it may not yet, a StartError if it never may.
func (a *joinAnswer) meta(c *Config) (*meta, error) {
	m := &meta{
		Node: c.Node, Cluster: a.Cluster, Partitions: a.Partitions, LogStore: c.LogStore, Stage: stageJoining, Directory: a.Directory,
	}
	setDefault(&m.LogStore, defaultLogStore)
	for _, r := range a.Founders {
		m.Members = append(m.Members, raftlog.Member(r))
	}
	if a.Format != joinFormat || a.Directory == nil {
		return nil, fmt.Errorf("cluster: an answer of format %d, this version reads %d", a.Format, joinFormat)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("cluster: an answer that no member gives: %w", err)
	}
	if c.Partitions != 0 && c.Partitions != m.Partitions {
		return nil, &StartError{
			Problem: fmt.Sprintf("the cluster has %d partitions, and %d were asked for", m.Partitions, c.Partitions),
			Remedy:  "Leave --partitions out: the cluster tells it",
		}
	}
	return m, a.Directory.admits(c)
}

// admits is nil if a node with nothing may start under its name, as what it says it is.
func (d *directory) admits(c *Config) error {
	m := d.member(c.Node)
	switch {
	case d.wasRemoved(c.Node):
		return removedError(c.Node, c.Dir)
	case m == nil:
		return errNotCounted
	case m.Peer != c.Peer || m.Role != c.Role:
		return &StartError{
			Problem: fmt.Sprintf("the cluster counts %s as a %s at %s, and it was started as a %s at %s", c.Node, m.Role, m.Peer, c.Role, c.Peer),
			Remedy:  "Start it with that --peer and --role, or remove it and add it under a new name",
		}
	case m.State != MemberJoining && m.State != MemberLearner && m.State != MemberGateway:
		return &StartError{
			Problem: fmt.Sprintf("the data folder %s of node %s is empty, but the cluster counts %s as a voter (%s): its disk was lost or replaced, or the wrong --data was given",
				c.Dir, c.Node, c.Node, m.State),
			Remedy: "This node will not start from nothing under that name. Start it with its folder, or remove it and add another under a new name",
		}
	}
	return nil
}

// joined writes the folder's file: from here on the node knows its cluster, and starts without being told.
func (f *folder) joined(m *meta, port *peerport.Port) error {
	if err := m.write(f.dir); err != nil {
		return err
	}
	f.meta, f.stage = m, m.Stage
	_, number := clusterID(m.Members, m.Partitions)
	port.SetCluster(number)
	return nil
}

// JoinAddresses splits what --join says.
func JoinAddresses(text string) ([]string, error) {
	var all []string
	for addr := range strings.SplitSeq(text, ",") {
		addr = strings.TrimSpace(addr)
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return nil, fmt.Errorf("%q is not host:port: %w", addr, err)
		}
		all = append(all, addr)
	}
	return all, nil
}
