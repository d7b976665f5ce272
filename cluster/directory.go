package cluster

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/parterre/parterre/raftlog"
)

// Role is what a member is for.
type Role string

// The roles.
const (
	RoleVoter   Role = "voter"   // votes in every partition, once it was promoted
	RoleGateway Role = "gateway" // takes requests and learns; it never votes
)

// MemberState is how far a member is.
type MemberState string

// The states. Those under way end by themselves: the leaders bring about what they ask for.
const (
	MemberJoining   MemberState = "joining"   // under way: becomes a learner in every partition
	MemberLearner   MemberState = "learner"   // is to vote, and may be promoted when it has caught up
	MemberPromoting MemberState = "promoting" // under way: gets its vote in every partition
	MemberVoter     MemberState = "voter"
	MemberGateway   MemberState = "gateway"
	MemberLeaving   MemberState = "leaving" // under way: is removed from every partition
	// MemberRemoved stands in no directory as a member's state: it is what a name is that is gone.
	MemberRemoved MemberState = "removed"
)

func (s MemberState) underWay() bool {
	return s == MemberJoining || s == MemberPromoting || s == MemberLeaving
}

// votes reports whether a member in that state is to be a voter of a partition.
func (s MemberState) votes() bool { return s == MemberPromoting || s == MemberVoter }

const (
	directoryFormat = 1
	// maxRemoved bounds the names that can be used up in a cluster's life.
	maxRemoved = 1_024
	// maxMembers bounds voters, learners and gateways together: every leader sends every one of them its log.
	maxMembers = 16
)

// directory is who is a member: what the register of partition 0 holds. It is never changed, only followed by the next.
type directory struct {
	Version uint64        `json:"version"` // the register's; 0 = the founding members
	Members []memberEntry `json:"members"`
	Removed []removedName `json:"removed,omitempty"`
}

type memberEntry struct {
	Node  string      `json:"node"`
	Peer  string      `json:"peer"`
	HTTP  string      `json:"http,omitempty"`
	Role  Role        `json:"role"`
	State MemberState `json:"state"`
}

type removedName struct {
	Node     string `json:"node"`
	AtMillis int64  `json:"at_ms"`
}

// foundingDirectory is what holds until the first change.
func foundingDirectory(founders []raftlog.Member) *directory {
	d := &directory{}
	for _, m := range founders {
		d.Members = append(d.Members, memberEntry{Node: m.Node, Peer: m.Peer, Role: RoleVoter, State: MemberVoter})
	}
	return d
}

// registerValue is the directory as the register has it. Its version is the register's.
type registerValue struct {
	Format  int           `json:"format"`
	Members []memberEntry `json:"members"`
	Removed []removedName `json:"removed,omitempty"`
}

func (d *directory) value() ([]byte, error) {
	return json.Marshal(registerValue{Format: directoryFormat, Members: d.Members, Removed: d.Removed})
}

func directoryOf(r raftlog.Register) (*directory, error) {
	var v registerValue
	if err := json.Unmarshal(r.Value, &v); err != nil {
		return nil, fmt.Errorf("cluster: the member directory cannot be read: %w", err)
	}
	if v.Format != directoryFormat {
		return nil, fmt.Errorf("cluster: the member directory has format %d, this version reads %d", v.Format, directoryFormat)
	}
	return &directory{Version: r.Version, Members: v.Members, Removed: v.Removed}, nil
}

// member finds a member by name, nil if there is none.
func (d *directory) member(node string) *memberEntry {
	for i := range d.Members {
		if d.Members[i].Node == node {
			return &d.Members[i]
		}
	}
	return nil
}

// peerOf is a member's address; "" if it is none.
func (d *directory) peerOf(node string) string {
	if m := d.member(node); m != nil {
		return m.Peer
	}
	return ""
}

func (d *directory) wasRemoved(node string) bool {
	return slices.ContainsFunc(d.Removed, func(r removedName) bool { return r.Node == node })
}

// underWay is the member whose change is under way, nil if none is. There is never more than one.
func (d *directory) underWay() *memberEntry {
	for i := range d.Members {
		if d.Members[i].State.underWay() {
			return &d.Members[i]
		}
	}
	return nil
}

// voters are the names of those who vote in every partition.
func (d *directory) voters() []string {
	var names []string
	for _, m := range d.Members {
		if m.State == MemberVoter {
			names = append(names, m.Node)
		}
	}
	return names
}

// clone is a copy to make the next version of.
func (d *directory) clone() *directory {
	return &directory{Version: d.Version, Members: slices.Clone(d.Members), Removed: slices.Clone(d.Removed)}
}

// completed is the directory when the change that is under way has been brought about in every partition.
func (d *directory) completed(now time.Time) *directory {
	next := d.clone()
	m := next.underWay()
	switch m.State {
	case MemberJoining:
		if m.State = MemberLearner; m.Role == RoleGateway {
			m.State = MemberGateway
		}
	case MemberPromoting:
		m.State = MemberVoter
	case MemberLeaving:
		node := m.Node
		next.Members = slices.DeleteFunc(next.Members, func(m memberEntry) bool { return m.Node == node })
		next.Removed = append(next.Removed, removedName{Node: node, AtMillis: now.UnixMilli()})
	}
	return next
}

// check refuses a directory that no cluster can have.
func (d *directory) check() error {
	if len(d.Members) == 0 || len(d.Members) > maxMembers || len(d.Removed) > maxRemoved {
		return fmt.Errorf("%d members, %d removed names", len(d.Members), len(d.Removed))
	}
	members := make([]raftlog.Member, len(d.Members))
	for i, m := range d.Members {
		members[i] = raftlog.Member{Node: m.Node, Peer: m.Peer}
		switch m.State {
		case MemberJoining, MemberLearner, MemberPromoting, MemberVoter, MemberGateway, MemberLeaving:
		default:
			return fmt.Errorf("member %s has state %q", m.Node, m.State)
		}
	}
	return checkMembers("", members)
}
