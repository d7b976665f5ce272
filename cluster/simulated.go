package cluster

import (
	"context"
	"net"
	"time"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/cluster/link"
	"github.com/parterre/parterre/raftlog"
)

// Simulated is what a node of the simulator (cluster/simulator) is made of.
type Simulated struct {
	Node        string
	Members     []raftlog.Member // this node among them
	Groups      []*raftlog.Simulated
	Machines    []*actors.Partition
	ClockMillis func() int64
	NoFastFail  bool
	// Dial opens a connection for a link to a peer.
	Dial func(ctx context.Context, peer string) (net.Conn, error)
	// Turn returns when a group of commands that was woken, maybe together with others, may be asked for again.
	Turn func()
}

// SimulatedNode is a node without peer port and data folder, over simulated groups and connections: the roads of commands,
// the links, the reports that nodes exchange and the following of leads are those of any node. Formation, membership,
// balancing and draining are left out.
type SimulatedNode struct {
	*Node
	groups []*raftlog.Simulated
}

// NewSimulated starts a node.
func NewSimulated(s Simulated) *SimulatedNode {
	c := Config{Node: s.Node, Members: s.Members, ClockMillis: s.ClockMillis, NoFastFail: s.NoFastFail}.withDefaults()
	m := &meta{Node: s.Node, Partitions: len(s.Groups), Members: s.Members, Stage: stageFormed}
	n := newNode(c, &folder{meta: m, stage: stageFormed, unlock: func() {}}, nil, &doorman{node: s.Node})
	for i, g := range s.Groups {
		n.parts = append(n.parts, &partition{id: uint32(i), group: g.Group, machine: s.Machines[i]})
	}
	n.turn = s.Turn
	n.whole.Store(true)
	n.opened.Store(true)
	for _, p := range n.members().peers {
		p.link = link.NewClient(link.ClientOptions{
			Peer: p.member.Node, Dial: func(ctx context.Context) (net.Conn, error) { return s.Dial(ctx, p.member.Node) },
			ForwardCommands: n.cfg.Limits.ForwardCommands, Logger: n.log, Metrics: n.linkMetrics,
		})
	}
	n.running.Store(true)
	for i, p := range n.members().peers {
		n.loops.Go(func() { n.gossipApart(p, time.Duration(i+1)) })
	}
	for _, part := range n.parts {
		n.loops.Go(func() { n.watchLead(part) })
	}
	return &SimulatedNode{Node: n, groups: s.Groups}
}

// gossipApart begins the link to a peer, then the exchange of reports over it, each at a moment of its own, and lets all
// pauses end at such: the runtime orders timers that fall together by its own chance.
func (n *Node) gossipApart(p *peer, i time.Duration) {
	const apart = 1_371_113 * time.Nanosecond
	p.apart = i * apart / 7
	begun, cancel := context.WithCancel(p.ctx)
	cancel()
	if sleep(p.ctx, i*apart) {
		_, _ = p.link.Exchange(begun, nil) // nobody waits for the answer
	}
	if sleep(p.ctx, i*apart/3) {
		n.gossip(p)
	}
}

// ServeLink serves a peer's link until the connection ends.
func (n *SimulatedNode) ServeLink(ctx context.Context, conn net.Conn) { n.serveLink(ctx, conn) }

// Close stops the node. Its connections must be closed, and every future of its simulated Rafts answered.
func (n *SimulatedNode) Close() {
	n.ending.Lock()
	n.cancel()
	n.ending.Unlock()
	for _, p := range n.members().peers {
		_ = p.close() // a link's close does not fail
	}
	for _, g := range n.groups {
		_ = g.Close() // nor does that of a group without files
	}
	n.loops.Wait()
	for _, part := range n.parts {
		part.machine.Stop()
	}
	n.metrics.unregister()
}
