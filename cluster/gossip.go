package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parterre/parterre/raftlog"
)

const (
	gossipInterval = 500 * time.Millisecond
	// gossipTimeout is no multiple of the interval: else it would end at the moment of a tick, and whether that tick still
	// counts would be chance.
	gossipTimeout = 950 * time.Millisecond
	// gossipPause keeps a node whose leads change all the time from doing nothing but telling so.
	gossipPause = 50 * time.Millisecond
	// maxClockTrip is the longest round trip that a clock is measured by: half of it is the error.
	maxClockTrip = 200 * time.Millisecond
)

// gossip exchanges reports with one peer, twice a second and when poked.
func (n *Node) gossip(p *peer) {
	ticker := time.NewTicker(gossipInterval)
	defer ticker.Stop()
	down := false
	for {
		err := n.exchange(p.ctx, p)
		if p.ctx.Err() != nil {
			n.table.forget(p.member.Node)
			return
		}
		if (err != nil) != down {
			down = !down
			n.tellReachability(p, err)
		}
		if poked, ended := p.awaitTurn(ticker.C); ended || poked && !sleep(p.ctx, gossipPause+p.apart) {
			return
		}
	}
}

// awaitTurn waits for the next round, or for a poke, which goes before a round that is due as well.
func (p *peer) awaitTurn(tick <-chan time.Time) (poked, ended bool) {
	select {
	case <-p.poke:
		return true, false
	default:
	}
	select {
	case <-p.ctx.Done():
		return false, true
	case <-tick:
		return false, false
	case <-p.poke:
		return true, false
	}
}

func (n *Node) tellReachability(p *peer, err error) {
	if err != nil {
		n.log.Warn("a peer is out of reach", "peer", p.member.Node, "address", p.member.Peer, "error", err)
		return
	}
	n.log.Info("a peer is within reach", "peer", p.member.Node, "address", p.member.Peer)
}

// exchange tells the peer how this node is, and notes how the peer is.
func (n *Node) exchange(ctx context.Context, p *peer) error {
	ctx, cancel := context.WithTimeout(ctx, gossipTimeout)
	defer cancel()
	before := time.Now()
	clockBefore := n.cfg.ClockMillis()
	var answer reply
	err := p.ask(ctx, message{Report: n.report()}, &answer)
	if err == nil && answer.Removed {
		n.leaveForGood(p.member.Node)
	}
	if err == nil && !answer.Report.valid(p.member.Node, n.meta.Partitions) {
		err = errors.New("cluster: the peer's report is not its own or of another cluster")
	}
	now := time.Now()
	if err != nil {
		n.table.lost(p.member.Node, now)
		return err
	}
	trip := now.Sub(before)
	middle := (clockBefore + n.cfg.ClockMillis()) / 2
	offset := time.Duration(answer.Report.ClockMillis-middle) * time.Millisecond
	n.table.answered(answer.Report, now, offset, trip <= maxClockTrip)
	n.pins.adopt(answer.Report, now)
	n.noteReport()
	return nil
}

// answer is the other side of ask. It runs on the link's reader and never waits.
func (n *Node) answer(payload []byte) []byte {
	b, err := encodeMessage(n.replyTo(payload))
	if err != nil {
		n.log.Error("a reply cannot be sent", "error", err)
	}
	return b
}

func (n *Node) replyTo(payload []byte) reply {
	var m message
	if err := decodeMessage(payload, &m); err != nil {
		return reply{Error: err.Error()}
	}
	switch {
	case m.Report != nil:
		if n.members().wasRemoved(m.Report.Node) {
			return reply{Removed: true, Error: fmt.Sprintf("node %s was removed from the cluster", m.Report.Node)}
		}
		if n.peer(m.Report.Node) == nil || !m.Report.valid(m.Report.Node, n.meta.Partitions) {
			return reply{Error: fmt.Sprintf("a report of %q, which is no peer of %s", m.Report.Node, n.meta.Node)}
		}
		now := time.Now()
		n.table.heard(m.Report, now)
		n.pins.adopt(m.Report, now)
		n.noteReport()
		return reply{Report: n.report()}
	case m.Transfer != nil:
		if err := n.orderTransfer(m.Transfer.Partition, m.Transfer.To); err != nil {
			return reply{Error: err.Error()}
		}
		return reply{}
	case m.Order != nil:
		return n.replyToOrder(m.Order)
	}
	return reply{Error: "this version does not know that message"}
}

// report is how this node is.
func (n *Node) report() *report {
	r := &report{
		Node: n.meta.Node, HTTP: n.cfg.HTTP, Version: n.cfg.Version, ClockMillis: n.cfg.ClockMillis(),
		Ready: n.Ready(), Draining: n.draining.Load() || n.closing(), ClockOff: n.clock.off(), Members: true,
		Partitions: make([]partitionReport, len(n.parts)),
	}
	now := time.Now()
	for i, part := range n.parts {
		s := part.group.Status()
		pinned, left := n.pins.of(part.id, now)
		r.Partitions[i] = partitionReport{
			Applied: s.Applied, Committed: s.Committed, HashIndex: s.HashIndex, Hash: s.Hash,
			Settled: part.settledVersion(s.Lead),
			Leader:  s.Lead.Node, Term: s.Lead.Term, Leads: leads(s.Lead) && s.Halted == "", Halted: s.Halted[:min(len(s.Halted), maxHaltedBytes)],
			Pinned: pinned, PinnedMillis: left.Milliseconds(),
		}
	}
	return r
}

func leads(l raftlog.Lead) bool { return l.Self && l.Ready }

// watchLead follows a group's lead. It tells the peers of a change at once, so that they need not wait for the next
// round, and gives up what was forwarded to a node that lost the lead, so that it is asked of the new one before its
// deadline: a leader that was cut off or stopped never says so itself.
func (n *Node) watchLead(part *partition) {
	for {
		changed := part.group.LeadChanged()
		if lead := part.group.Lead(); lead.Node != "" && sleep(n.ctx, abandonAfter) {
			for _, p := range n.members().peers {
				if c := n.table.claim(part.id); p.member.Node != lead.Node && (c == nil || c.node != p.member.Node) {
					p.link.Abandon(part.id)
				}
			}
		}
		select {
		case <-n.ctx.Done():
			return
		case <-changed:
			n.pokeAll()
		}
	}
}

func (n *Node) pokeAll() {
	for _, p := range n.members().peers {
		select {
		case p.poke <- struct{}{}:
		default: // one is under way already
		}
	}
}
