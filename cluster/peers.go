package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/parterre/parterre/cluster/link"
	"github.com/parterre/parterre/cluster/peerport"
	"github.com/parterre/parterre/raftlog"
)

// abandonAfter is how long forwarded commands may still be answered by a node that has lost the lead to another.
const abandonAfter = 100 * time.Millisecond

// peer is another member and the link to it.
type peer struct {
	member raftlog.Member
	link   *link.Client
	poke   chan struct{}   // asks for an exchange now
	apart  time.Duration   // how much longer than the other peers' its pauses are; only in a simulator, see gossipApart
	ctx    context.Context // ends when it is no member any more, or the node closes
	cancel context.CancelFunc
}

func (p *peer) open(n *Node) { p.link = n.linkTo(p) }

func (p *peer) close() error {
	p.cancel()
	return p.link.Close()
}

// dialLink dials a peer for its link. A peer that says that this node was removed is believed.
func (n *Node) dialLink(m raftlog.Member) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) {
		conn, err := n.dial(ctx, m, peerport.KindLink)
		if errors.Is(err, peerport.ErrRemoved) {
			n.leaveForGood(m.Node)
		}
		return conn, err
	}
}

// ask sends one message and reads the reply.
func (p *peer) ask(ctx context.Context, m message, answer *reply) error {
	payload, err := encodeMessage(m)
	if err != nil {
		return err
	}
	b, err := p.link.Exchange(ctx, payload)
	if err != nil {
		return err
	}
	if err := decodeMessage(b, answer); err != nil {
		return fmt.Errorf("cluster: a reply that cannot be read: %w", err)
	}
	return nil
}

// serveLink answers a peer's forwarded commands and messages, for as long as the connection lives. Before the groups are
// open there is nothing to answer.
func (n *Node) serveLink(ctx context.Context, conn net.Conn) {
	if !n.opened.Load() {
		return
	}
	err := link.Serve(ctx, conn, submitter{n}, link.ServeOptions{
		Commands: n.cfg.Limits.ForwardCommands, Exchange: n.answer, Logger: n.log, Metrics: n.linkMetrics,
	})
	if err != nil {
		n.log.Debug("a link ended", "from", conn.RemoteAddr().String(), "error", err)
	}
}

// submitter is what peers may reach of this node.
type submitter struct{ node *Node }

// SubmitLocal gives forwarded commands to this node's group, and to nobody else: a command is forwarded once.
func (s submitter) SubmitLocal(partition uint32, b *raftlog.Batch) error {
	if int(partition) >= len(s.node.parts) {
		return raftlog.ErrNotLeader
	}
	return s.node.parts[partition].group.Submit(b)
}
