package cluster

import (
	"fmt"
	"strings"
	"time"

	"github.com/parterre/parterre/raftlog"
)

// memberOrder is what an operator wants of the members.
type memberOrder struct {
	Kind string `json:"kind"`
	Node string `json:"node"`
	Peer string `json:"peer,omitempty"`
	HTTP string `json:"http,omitempty"`
	Role Role   `json:"role,omitempty"`
}

const (
	orderAdd     = "add"
	orderPromote = "promote"
	orderRemove  = "remove"
)

// done reports whether the directory shows that the order was followed.
func (o *memberOrder) done(d *directory) bool {
	m := d.member(o.Node)
	return o.begun(d) && (m == nil || !m.State.underWay())
}

// begun reports whether the directory shows that the order was taken.
func (o *memberOrder) begun(d *directory) bool {
	m := d.member(o.Node)
	switch o.Kind {
	case orderAdd:
		return m != nil && m.Peer == o.Peer && m.Role == o.Role && m.State != MemberLeaving
	case orderPromote:
		return m != nil && m.State.votes()
	case orderRemove:
		return m == nil && d.wasRemoved(o.Node) || m != nil && m.State == MemberLeaving
	}
	return false
}

func refused(code, format string, args ...any) *MemberError {
	return &MemberError{Code: code, Reason: fmt.Sprintf(format, args...)}
}

// judgeOrder is the directory that an order makes of d, or why it is not followed. It leaves out what would be done
// already.
func (n *Node) judgeOrder(d *directory, o memberOrder) (*directory, error) {
	if !validName(o.Node) {
		return nil, refused(MemberInvalid, "the name %q is not 1 to %d of A-Z a-z 0-9 . _ -", o.Node, MaxNodeNameBytes)
	}
	if other := d.underWay(); other != nil && !(o.Kind == orderRemove && other.Node == o.Node) {
		return nil, refused(MemberChangeUnderWay, "%s is still %s: one change at a time", other.Node, other.State)
	}
	if old := n.tooOld(d); old != "" {
		return nil, refused(MemberTooOld, "%s runs a version that would not read the change in its log: upgrade it first", old)
	}
	next := d.clone()
	var refusal *MemberError
	switch o.Kind {
	case orderAdd:
		if refusal = judgeAdd(d, o); refusal == nil {
			next.Members = append(next.Members, memberEntry{Node: o.Node, Peer: o.Peer, HTTP: o.HTTP, Role: o.Role, State: MemberJoining})
		}
	case orderPromote:
		if refusal = n.judgePromote(d, o); refusal == nil {
			next.member(o.Node).State = MemberPromoting
		}
	case orderRemove:
		if refusal = n.judgeRemove(d, o); refusal == nil {
			next.member(o.Node).State = MemberLeaving
		}
	default:
		refusal = refused(MemberInvalid, "the order %q is not known", o.Kind)
	}
	if refusal != nil {
		return nil, refusal
	}
	return next, nil
}

// tooOld is a member whose version does not know that members change, "" if none is known to. One that is down is not
// asked: its version, if it is that old, refuses to start on such a log.
func (n *Node) tooOld(d *directory) string {
	for _, m := range d.Members {
		if s, reachable := n.table.of(m.Node, time.Now()); reachable && !s.report.Members {
			return m.Node
		}
	}
	return ""
}

func judgeAdd(d *directory, o memberOrder) *MemberError {
	if d.wasRemoved(o.Node) {
		return refused(MemberNameUsed, "a node %s was removed from this cluster, and its name never comes back: "+
			"somebody may still count what it promised. Give the new node a name of its own", o.Node)
	}
	if m := d.member(o.Node); m != nil {
		return refused(MemberExists, "%s is a member already: a %s at %s (%s)", o.Node, m.Role, m.Peer, m.State)
	}
	for _, m := range d.Members {
		if m.Peer == o.Peer {
			return refused(MemberExists, "%s has the address %s: remove it first", m.Node, o.Peer)
		}
	}
	if o.Role != RoleVoter && o.Role != RoleGateway {
		return refused(MemberInvalid, "the role %q is neither voter nor gateway", o.Role)
	}
	if err := checkMembers("", []raftlog.Member{{Node: o.Node, Peer: o.Peer}}); err != nil {
		return refused(MemberInvalid, "%v", err)
	}
	if len(d.Members) >= maxMembers {
		return refused(MemberLimit, "there are %d members; at most %d are possible", len(d.Members), maxMembers)
	}
	if len(d.Removed)+len(d.Members) >= maxRemoved {
		return refused(MemberLimit, "%d names are used up; no more can be", len(d.Removed)+len(d.Members))
	}
	return nil
}

func (n *Node) judgePromote(d *directory, o memberOrder) *MemberError {
	m := d.member(o.Node)
	switch {
	case m == nil:
		return unknownMember(d, o.Node)
	case m.Role == RoleGateway:
		return refused(MemberInvalid, "%s is a gateway, which never votes: add a voter under a name of its own", o.Node)
	}
	if why := n.lagging(o.Node); why != "" {
		return refused(MemberNotCaughtUp, "%s cannot vote yet: %s", o.Node, why)
	}
	voters := append(d.voters(), o.Node)
	if len(voters) > MaxMembers {
		return refused(MemberLimit, "there are %d voters; at most %d are possible", len(voters)-1, MaxMembers)
	}
	return n.judgeMajority(voters, "with "+o.Node)
}

func (n *Node) judgeRemove(d *directory, o memberOrder) *MemberError {
	m := d.member(o.Node)
	if m == nil {
		return unknownMember(d, o.Node)
	}
	if !m.State.votes() {
		return nil
	}
	var voters []string
	for _, v := range d.voters() {
		if v != o.Node {
			voters = append(voters, v)
		}
	}
	if len(voters) == 0 {
		return refused(MemberNoMajority, "%s is the only voter", o.Node)
	}
	return n.judgeMajority(voters, "without "+o.Node)
}

// judgeMajority wants a majority of those who will vote to be there and ready now.
func (n *Node) judgeMajority(voters []string, how string) *MemberError {
	there, need := n.readyAmong(voters), len(voters)/2+1
	if len(there) >= need {
		return nil
	}
	return refused(MemberNoMajority, "%s there are %d voters, %s, of which %d must be ready, and only %d are (%s): nothing would be decided any more",
		how, len(voters), strings.Join(voters, ", "), need, len(there), strings.Join(there, ", "))
}

func unknownMember(d *directory, node string) *MemberError {
	if d.wasRemoved(node) {
		return refused(MemberUnknown, "%s was removed from the cluster", node)
	}
	return refused(MemberUnknown, "no member is named %s", node)
}
