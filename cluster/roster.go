package cluster

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/parterre/parterre/cluster/link"
	"github.com/parterre/parterre/cluster/peerport"
	"github.com/parterre/parterre/raftlog"
)

// farewell is how long the links of a removed node live on, so that answers under way reach it, and it is told.
const farewell = 2 * time.Second

// roster is the members as this node deals with them: a directory, and the links to the others. It is never changed, only
// followed by the next, so that it is read without a lock.
type roster struct {
	*directory
	peers  []*peer // the other members
	byName map[string]*peer
}

// doorman lets members into the peer port. It stands there before there is a node behind it.
type doorman struct {
	node      string
	directory atomic.Pointer[directory] // nil while it is not known yet
}

var _ peerport.Door = (*doorman)(nil)

// Introduce says who this node is.
func (d *doorman) Introduce() (node string, version uint64) {
	if known := d.directory.Load(); known != nil {
		version = known.Version
	}
	return d.node, version
}

// Admit lets in who is a member, and who knows a newer directory than this node: it may be a member that this node has
// not heard of. Who was removed stays removed, whatever it knows. A node without a name runs a version from before the
// first change of members.
func (d *doorman) Admit(k peerport.Kind, from string, version uint64) error {
	known := d.directory.Load()
	switch {
	case known == nil:
		return peerport.ErrStranger
	case known.wasRemoved(from) && k != peerport.KindJoin: // who asks to join is told in words
		return peerport.ErrRemoved
	case k == peerport.KindJoin, known.member(from) != nil, from != "" && version > known.Version, from == "" && known.Version == 0:
		return nil
	}
	return peerport.ErrStranger
}

// members is the roster of this moment.
func (n *Node) members() *roster { return n.roster.Load() }

// peer is a member that is not this node, nil if there is none of that name.
func (n *Node) peer(node string) *peer { return n.members().byName[node] }

// enroll makes the roster of a directory, with the links that there are, and begins and ends the others. The node's start
// calls it, and then only the tender.
func (n *Node) enroll(d *directory) {
	n.enrolling.Lock()
	defer n.enrolling.Unlock()
	if n.closing() { // Close ends the links of the roster that there is
		return
	}
	old := n.roster.Load()
	next := &roster{directory: d, byName: map[string]*peer{}}
	var begun, ended []*peer
	for _, m := range d.Members {
		if m.Node == n.meta.Node {
			continue
		}
		var p *peer
		if old != nil {
			p = old.byName[m.Node]
		}
		if p == nil {
			p = &peer{member: raftlog.Member{Node: m.Node, Peer: m.Peer}, poke: make(chan struct{}, 1)}
			p.ctx, p.cancel = context.WithCancel(n.ctx)
			begun = append(begun, p)
		}
		next.peers = append(next.peers, p)
		next.byName[m.Node] = p
	}
	if old != nil {
		for _, p := range old.peers {
			if next.byName[p.member.Node] == nil {
				ended = append(ended, p)
			}
		}
	}
	for _, p := range begun {
		p.open(n)
	}
	n.door.directory.Store(d)
	n.roster.Store(next)
	for _, p := range begun {
		if n.running.Load() {
			n.spawn(func() { n.gossip(p) })
		}
	}
	for _, p := range ended {
		n.partWith(p)
	}
}

// partWith ends what binds this node to a removed one: at once what it says, and after a farewell its connections.
func (n *Node) partWith(p *peer) {
	p.cancel()
	n.table.forget(p.member.Node)
	n.log.Info("a node is no member any more", "removed", p.member.Node)
	end := func() {
		sleep(n.ctx, farewell)
		n.port.SeverFrom(p.member.Node)
		if n.opened.Load() {
			for _, part := range n.parts {
				part.group.RenewConnections()
			}
		}
		if err := p.close(); err != nil {
			n.log.Warn("the link to a removed node does not close", "removed", p.member.Node, "error", err)
		}
	}
	if !n.spawn(end) {
		end()
	}
}

// linkTo is the client of the link to a peer.
func (n *Node) linkTo(p *peer) *link.Client {
	return link.NewClient(link.ClientOptions{
		Peer: p.member.Node, Dial: n.dialLink(p.member),
		ForwardCommands: n.cfg.Limits.ForwardCommands, Logger: n.log, Metrics: n.linkMetrics,
	})
}
