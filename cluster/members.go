package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// MemberError is why an order about members is not followed. Nothing was changed.
type MemberError struct {
	Code   string `json:"code"`
	Reason string `json:"reason"` // in words, for an operator
}

// Error is the reason.
func (e *MemberError) Error() string { return "cluster: " + e.Reason }

// The codes of a MemberError.
const (
	MemberInvalid        = "invalid"          // a name, address or role that cannot be
	MemberUnknown        = "unknown"          // no member has that name
	MemberExists         = "exists"           // a member has that name or address
	MemberNameUsed       = "name_used"        // a removed node had that name
	MemberChangeUnderWay = "change_under_way" // another change is not done yet
	MemberNotCaughtUp    = "not_caught_up"    // a learner that cannot have a vote yet
	MemberNoMajority     = "no_majority"      // too few voters would be left, or are there
	MemberLimit          = "limit"            // a named limit of members or names
	MemberTooOld         = "too_old"          // a member's version does not know of such changes
)

// NewMember is a node that is to become a member.
type NewMember struct {
	Node, Peer, HTTP string
	Role             Role // "" = RoleVoter
}

// Membership is who is a member, as this node knows it.
type Membership struct {
	Version uint64 // of the directory; every change makes two
	Members []MemberStatus
	Removed []RemovedMember
}

// MemberStatus is one member.
type MemberStatus struct {
	Node, Peer, HTTP string
	Role             Role
	State            MemberState
	Reachable, Ready bool
	Partitions       []MemberReplica
}

// MemberReplica is a member's place in one partition.
type MemberReplica struct {
	Partition uint32
	// Suffrage is "voter", "learner", or "none" if the partition does not count the node, in this node's log.
	Suffrage string
	Applied  uint64
	Lag      uint64 // entries that are committed and not applied there, as far as is known
}

// RemovedMember is a name that is used up.
type RemovedMember struct {
	Node string
	At   time.Time
}

const (
	orderPoll    = 25 * time.Millisecond
	orderResend  = time.Second
	orderTimeout = 5 * time.Second
)

// AddMember makes a node a member: a learner in every partition, which PromoteMember may give its vote, or a gateway. It
// returns when every partition counts it, or when ctx ends, with its state then: an order that was taken is followed,
// whoever leads. Asking again for the same is harmless. A *MemberError says that the order is not followed, ErrNoLeader
// or ErrOutcomeUnknown that it is not known to have been taken.
func (n *Node) AddMember(ctx context.Context, m NewMember) (MemberStatus, error) {
	setDefault(&m.Role, RoleVoter)
	return n.order(ctx, memberOrder{Kind: orderAdd, Node: m.Node, Peer: m.Peer, HTTP: m.HTTP, Role: m.Role})
}

// PromoteMember gives a learner that has caught up its vote in every partition. See AddMember.
func (n *Node) PromoteMember(ctx context.Context, node string) (MemberStatus, error) {
	return n.order(ctx, memberOrder{Kind: orderPromote, Node: node})
}

// RemoveMember removes a node from every partition, for ever: its name is used up. What it leads is handed over first.
// See AddMember.
func (n *Node) RemoveMember(ctx context.Context, node string) (MemberStatus, error) {
	return n.order(ctx, memberOrder{Kind: orderRemove, Node: node})
}

// order has an order taken by the leader of partition 0, and waits until it is done.
func (n *Node) order(ctx context.Context, o memberOrder) (MemberStatus, error) {
	err := error(ErrNoLeader)
	for ctx.Err() == nil && !n.retired() && !n.closing() {
		if err = n.send(ctx, o); err == nil {
			resend := time.Now().Add(orderResend)
			for time.Now().Before(resend) && !o.done(n.members().directory) && sleep(ctx, orderPoll) {
			}
		}
		var refusal *MemberError
		if errors.As(err, &refusal) {
			return MemberStatus{}, refusal
		}
		if o.done(n.members().directory) {
			return n.memberStatus(o.Node), nil
		}
		sleep(ctx, orderPoll)
	}
	switch {
	case n.Removed():
		return MemberStatus{}, errRemoved
	case o.begun(n.members().directory):
		return n.memberStatus(o.Node), nil
	case err == nil:
		return MemberStatus{}, ErrOutcomeUnknown
	}
	return MemberStatus{}, fmt.Errorf("%w: %w", ErrNoLeader, err)
}

// send brings the order to the leader of partition 0. nil: it is being followed, or was already.
func (n *Node) send(ctx context.Context, o memberOrder) error {
	leader := n.LeaderOf(0)
	if leader == n.meta.Node {
		return n.take(o)
	}
	peer := n.peer(leader)
	if peer == nil {
		return ErrNoLeader
	}
	ctx, cancel := context.WithTimeout(ctx, orderResend)
	defer cancel()
	var answer reply
	if err := peer.ask(ctx, message{Order: &o}, &answer); err != nil {
		return err
	}
	if answer.Refusal != nil {
		return answer.Refusal
	}
	if answer.Error != "" {
		return fmt.Errorf("%s says: %s", leader, answer.Error)
	}
	return nil
}

// replyToOrder takes a peer's order.
func (n *Node) replyToOrder(o *memberOrder) reply {
	err := n.take(*o)
	var refusal *MemberError
	switch {
	case errors.As(err, &refusal):
		return reply{Refusal: refusal}
	case err != nil:
		return reply{Error: err.Error()}
	}
	return reply{}
}

// take judges an order, if this node leads partition 0, and begins to follow it. It does not wait.
func (n *Node) take(o memberOrder) error {
	if !leads(n.parts[0].group.Lead()) {
		return fmt.Errorf("%w: %s does not lead partition 0", ErrNoLeader, n.meta.Node)
	}
	d, err := n.latest()
	if err != nil {
		return err
	}
	if o.begun(d) {
		return nil
	}
	next, err := n.judgeOrder(d, o)
	if err != nil {
		return err
	}
	if !n.ordering.CompareAndSwap(false, true) {
		return fmt.Errorf("%w: another order is being written", ErrNoLeader)
	}
	started := n.spawn(func() {
		defer n.ordering.Store(false)
		ctx, cancel := context.WithTimeout(n.ctx, orderTimeout)
		defer cancel()
		// A voter that died a moment ago still counts as ready. Before that can cost the majority, everybody is asked anew.
		n.tellAll(ctx)
		_, err := n.judgeOrder(d, o)
		if err == nil {
			err = n.write(ctx, next)
		}
		n.log.Info("an order about members", "order", o.Kind, "member", o.Node, "error", err)
	})
	if !started {
		n.ordering.Store(false)
		return errClosing
	}
	return nil
}

// Members tells who is a member.
func (n *Node) Members() Membership {
	d := n.members().directory
	m := Membership{Version: d.Version}
	for i := range d.Members {
		m.Members = append(m.Members, n.memberStatus(d.Members[i].Node))
	}
	for _, r := range d.Removed {
		m.Removed = append(m.Removed, RemovedMember{Node: r.Node, At: time.UnixMilli(r.AtMillis).UTC()})
	}
	return m
}

// memberStatus is one member's, or that of a name that is none any more.
func (n *Node) memberStatus(node string) MemberStatus {
	e := n.members().member(node)
	if e == nil {
		return MemberStatus{Node: node, State: MemberRemoved}
	}
	s := MemberStatus{Node: e.Node, Peer: e.Peer, HTTP: e.HTTP, Role: e.Role, State: e.State}
	var r *report
	if node == n.meta.Node {
		r, s.Reachable = n.report(), true
	} else if known, reachable := n.table.of(node, time.Now()); !known.heard.IsZero() {
		r, s.Reachable = &known.report, reachable
	}
	if r != nil {
		s.HTTP, s.Ready = r.HTTP, s.Reachable && r.Ready
	}
	for _, part := range n.parts {
		s.Partitions = append(s.Partitions, n.memberReplica(part, node, r))
	}
	return s
}

func (n *Node) memberReplica(part *partition, node string, r *report) MemberReplica {
	m := MemberReplica{Partition: part.id, Suffrage: "none"}
	servers, _ := part.group.Servers() // a group that is closed counts nobody
	for _, s := range servers {
		if s.Node == node {
			m.Suffrage = "learner"
			if s.Votes {
				m.Suffrage = "voter"
			}
		}
	}
	if r == nil || int(part.id) >= len(r.Partitions) {
		return m
	}
	m.Applied = r.Partitions[part.id].Applied
	newest := n.newest(part)
	m.Lag = newest - min(newest, m.Applied)
	return m
}

// newest is the newest entry of a partition that is known to be committed.
func (n *Node) newest(part *partition) uint64 {
	newest := part.group.Status().Committed
	if c := n.table.claim(part.id); c != nil {
		leader, _ := n.table.of(c.node, time.Now())
		if int(part.id) < len(leader.report.Partitions) {
			newest = max(newest, leader.report.Partitions[part.id].Committed)
		}
	}
	return newest
}
