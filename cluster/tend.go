package cluster

import (
	"context"
	"errors"
	"time"

	"github.com/parterre/parterre/raftlog"
)

const (
	tendInterval = 250 * time.Millisecond
	// tendTimeout bounds one thing that the tender does: a barrier, a change of a configuration, a write of the register.
	tendTimeout = 5 * time.Second
	// stepsAtOnce bounds the changes of one configuration that are made in a row.
	stepsAtOnce = 4
)

// settlement is a leader's word that its partition's configuration is what a directory asks for, and is committed.
type settlement struct{ version, term uint64 }

// settledVersion is the directory's version that the partition's configuration agrees with, 0 if this node does not lead
// it or does not know.
func (p *partition) settledVersion(lead raftlog.Lead) uint64 {
	if s := p.settled.Load(); s != nil && leads(lead) && s.term == lead.Term {
		return s.version
	}
	return 0
}

// tend follows the member directory, and brings about what it asks for: in the partitions that this node leads. Doc.go
// says why any leader may, at any time.
func (n *Node) tend() {
	ticker := time.NewTicker(tendInterval)
	defer ticker.Stop()
	for {
		changed := n.parts[0].group.RegisterChanged()
		n.follow()
		if n.members().Version > 0 && !n.Removed() {
			for _, part := range n.parts {
				n.settle(part)
			}
			n.complete()
		}
		select {
		case <-n.ctx.Done():
			return
		case <-changed:
		case <-n.stir:
		case <-ticker.C:
		}
	}
}

// noteReport wakes the tender if it may wait for what a peer has just told.
func (n *Node) noteReport() {
	if n.members().underWay() == nil {
		return
	}
	select {
	case n.stir <- struct{}{}:
	default:
	}
}

// latest is the newest directory that this node's replica has applied, or that its folder knew.
func (n *Node) latest() (*directory, error) {
	known, r := n.members().directory, n.parts[0].group.Register()
	if r.Version <= known.Version {
		return known, nil
	}
	return directoryOf(r)
}

// follow takes the newest directory over. It is on the disk first, so that a restart knows whom to talk to.
func (n *Node) follow() {
	d, err := n.latest()
	if err != nil {
		n.log.Error("the members are not known any more", "error", err)
		return
	}
	if d == n.members().directory {
		return
	}
	if err := n.folder.keep(d); err != nil {
		n.failStop(err)
		return
	}
	n.enroll(d)
	n.log.Info("the members have changed", "version", d.Version, "members", len(d.Members), "state", string(n.state()))
	if d.wasRemoved(n.meta.Node) {
		n.leaveForGood("its own log")
	}
	n.pokeAll()
}

// settle brings a partition's configuration to what the directory asks for, if this node leads it.
func (n *Node) settle(part *partition) {
	lead := part.group.Lead()
	if !leads(lead) {
		return
	}
	for range stepsAtOnce {
		d := n.members().directory
		servers, err := part.group.Servers()
		if err != nil {
			return
		}
		step := nextStep(d, servers)
		if step.kind == stepNone && part.settledVersion(lead) == d.Version {
			return
		}
		if !n.mayStep(part, d, step) || !n.takeStep(part, lead.Term) {
			return
		}
	}
}

// mayStep holds a step back that would come too early: partitions change one after the other, a voter must have caught
// up, nobody goes while too few of those who stay are ready, and a leader that is to go hands its lead over first (see
// steward).
func (n *Node) mayStep(part *partition, d *directory, s step) bool {
	for _, earlier := range n.parts[:part.id] {
		if n.settledAt(earlier) < d.Version {
			return false
		}
	}
	switch s.kind {
	case stepVote:
		return n.lagging(s.member.Node) == ""
	case stepRemove:
		return s.member.Node != n.meta.Node && n.judgeMajority(d.voters(), "") == nil
	}
	return true
}

// settledAt is the newest directory that a partition is known to agree with.
func (n *Node) settledAt(part *partition) uint64 {
	return max(part.settledVersion(part.group.Lead()), n.table.settled(part.id))
}

// takeStep makes one change, or notes that none is left. It asks the log of partition 0 first whether the directory is
// still the newest, so that what an old one asked for is not done any more.
func (n *Node) takeStep(part *partition, term uint64) (goOn bool) {
	ctx, cancel := context.WithTimeout(n.ctx, tendTimeout)
	defer cancel()
	if err := n.barrier(ctx, n.parts[0]); err != nil {
		return false
	}
	n.follow()
	d := n.members().directory
	servers, err := part.group.Servers()
	lead := part.group.Lead()
	if err != nil || !leads(lead) || lead.Term != term {
		return false
	}
	s := nextStep(d, servers)
	if !n.mayStep(part, d, s) {
		return false
	}
	if err := n.change(ctx, part, s); err != nil {
		if !errors.Is(err, raftlog.ErrNotLeader) && !n.closing() {
			n.log.Warn("a change of members waits", "partition", part.id, "member", s.member.Node, "error", err)
		}
		return false
	}
	if s.kind != stepNone {
		n.log.Info("a partition's members were changed", "partition", part.id, "member", s.member.Node, "change", s.kind.String())
		return true
	}
	part.settled.Store(&settlement{version: d.Version, term: term})
	n.pokeAll()
	return false
}

func (n *Node) change(ctx context.Context, part *partition, s step) error {
	switch s.kind {
	case stepLearn:
		return part.group.AddLearner(ctx, s.member)
	case stepVote:
		return part.group.AddVoter(ctx, s.member)
	case stepRemove:
		return part.group.RemoveServer(ctx, s.member.Node)
	}
	return part.group.Confirm(ctx)
}

// complete writes that the change under way is done, when every partition agrees with the directory. The leader of
// partition 0 does.
func (n *Node) complete() {
	part, d := n.parts[0], n.members().directory
	if !leads(part.group.Lead()) || d.underWay() == nil {
		return
	}
	for _, p := range n.parts {
		if n.settledAt(p) != d.Version {
			return
		}
	}
	ctx, cancel := context.WithTimeout(n.ctx, tendTimeout)
	defer cancel()
	if err := n.write(ctx, d.completed(time.UnixMilli(n.cfg.ClockMillis()))); err != nil && !n.closing() {
		n.log.Warn("a change of members is not written yet", "error", err)
	}
}

// write makes d the next directory, if the one that it was made of is still the newest.
func (n *Node) write(ctx context.Context, d *directory) error {
	if err := d.check(); err != nil {
		return err
	}
	value, err := d.value()
	if err != nil {
		return err
	}
	return n.parts[0].group.SetRegister(ctx, d.Version, value)
}
