package cluster

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parterre/parterre/cluster/peerport"
	"github.com/parterre/parterre/raftlog"
)

// directoryWith is a directory of "name state" pairs.
func directoryWith(members ...string) *directory {
	d := &directory{Version: 5}
	for i, m := range members {
		node, state, _ := strings.Cut(m, " ")
		role := RoleVoter
		if state == string(MemberGateway) {
			role = RoleGateway
		}
		d.Members = append(d.Members, memberEntry{Node: node, Peer: fmt.Sprintf("10.0.0.%d:7080", i), Role: role, State: MemberState(state)})
	}
	return d
}

func TestAPartitionIsChangedStepByStep(t *testing.T) {
	for name, c := range map[string]struct {
		directory *directory
		servers   string // "+" votes, "-" learns
		want      string
	}{
		"nothing is lacking":               {directoryWith("n1 voter", "n2 learner", "n3 gateway"), "+n1 -n2 -n3", "none "},
		"a newcomer learns first":          {directoryWith("n1 voter", "n4 joining"), "+n1", "learns n4"},
		"a gateway learns":                 {directoryWith("n1 voter", "n4 gateway"), "+n1", "learns n4"},
		"a learner gets its vote":          {directoryWith("n1 voter", "n4 promoting"), "+n1 -n4", "votes n4"},
		"one to vote that is not there":    {directoryWith("n1 voter", "n4 promoting"), "+n1", "learns n4"},
		"one that leaves is removed":       {directoryWith("n1 voter", "n2 leaving"), "+n1 +n2", "removed n2"},
		"and not put back":                 {directoryWith("n1 voter", "n2 leaving"), "+n1", "none "},
		"a stray is removed":               {directoryWith("n1 voter"), "+n1 -n7", "removed n7"},
		"but after the votes are given":    {directoryWith("n1 voter", "n4 promoting"), "+n1 -n4 +n7", "votes n4"},
		"a vote is never taken by a state": {directoryWith("n1 voter", "n2 learner"), "+n1 +n2", "none "},
	} {
		t.Run(name, func(t *testing.T) {
			var servers []raftlog.Server
			for _, s := range strings.Fields(c.servers) {
				servers = append(servers, raftlog.Server{Node: s[1:], Votes: s[0] == '+'})
			}
			s := nextStep(c.directory, servers)
			if got := s.kind.String() + " " + s.member.Node; got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestWhatIsUnderWayComesToItsEnd(t *testing.T) {
	for before, after := range map[string]string{
		"n4 joining": "n4 learner", "n4 promoting": "n4 voter", "n4 leaving": "removed n4",
	} {
		d := directoryWith("n1 voter", before)
		next := d.completed(time.UnixMilli(9))
		got := ""
		if len(next.Members) == 2 {
			got = next.Members[1].Node + " " + string(next.Members[1].State)
		} else if len(next.Removed) == 1 && next.Removed[0].AtMillis == 9 {
			got = "removed " + next.Removed[0].Node
		}
		if got != after || next.underWay() != nil || d.Members[1].Node+" "+string(d.Members[1].State) != before {
			t.Errorf("%s becomes %s, want %s", before, got, after)
		}
	}
	d := directoryWith("n1 voter", "g1 joining")
	d.Members[1].Role = RoleGateway
	if got := d.completed(time.Now()).Members[1].State; got != MemberGateway {
		t.Errorf("a gateway that joined is a %s", got)
	}
}

func TestADirectoryIsReadAsItWasWritten(t *testing.T) {
	d := directoryWith("n1 voter", "n4 joining")
	d.Removed = []removedName{{Node: "n2", AtMillis: 7}}
	value, err := d.value()
	if err != nil {
		t.Fatal(err)
	}
	got, err := directoryOf(raftlog.Register{Version: 5, Value: value})
	if diff := cmp.Diff(d, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, bad := range []string{``, `{}`, `{"format":2}`, `[]`} {
		if _, err := directoryOf(raftlog.Register{Version: 5, Value: []byte(bad)}); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	// The largest directory there can be has room in the register.
	for i := range maxRemoved {
		d.Removed = append(d.Removed, removedName{Node: fmt.Sprintf("%064d", i), AtMillis: 1_800_000_000_000})
	}
	if value, _ = d.value(); len(value) > raftlog.MaxRegisterBytes {
		t.Errorf("%d bytes", len(value))
	}
}

func TestTheDoorKnowsMembersFromStrangers(t *testing.T) {
	d := directoryWith("n1 voter", "n4 learner")
	d.Removed = []removedName{{Node: "n2"}}
	door := &doorman{node: "n1"}
	if err := door.Admit(peerport.KindLink, "n4", 0); !errors.Is(err, peerport.ErrStranger) {
		t.Errorf("before it knows anybody: %v", err)
	}
	door.directory.Store(d)
	if node, version := door.Introduce(); node != "n1" || version != 5 {
		t.Errorf("%s %d", node, version)
	}
	for name, c := range map[string]struct {
		kind    peerport.Kind
		from    string
		version uint64
		want    error
	}{
		"a member":                       {peerport.KindRaft, "n4", 0, nil},
		"a removed node":                 {peerport.KindRaft, "n2", 99, peerport.ErrRemoved},
		"a removed node that asks":       {peerport.KindJoin, "n2", 0, nil},
		"a stranger":                     {peerport.KindLink, "n9", 5, peerport.ErrStranger},
		"a stranger that asks":           {peerport.KindJoin, "n9", 0, nil},
		"one that knows more":            {peerport.KindLink, "n9", 6, nil},
		"one that does not say its name": {peerport.KindLink, "", 0, peerport.ErrStranger},
	} {
		if err := door.Admit(c.kind, c.from, c.version); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	door.directory.Store(foundingDirectory([]raftlog.Member{{Node: "n1", Peer: "h:1"}}))
	if err := door.Admit(peerport.KindLink, "", 0); err != nil {
		t.Errorf("an older version, before any change of members: %v", err)
	}
}

func TestNothingIsOrderedThatAnOldVersionCannotRead(t *testing.T) {
	n := &Node{meta: &meta{Node: "n1"}, table: newTable(1)}
	d := directoryWith("n1 voter", "n2 voter", "n3 voter")
	now := time.Now()
	n.table.answered(&report{Node: "n2", Members: true}, now, 0, false)
	if old := n.tooOld(d); old != "" {
		t.Errorf("%s is not old, and n3 was not heard of", old)
	}
	n.table.answered(&report{Node: "n3"}, now, 0, false)
	_, err := n.judgeOrder(d, memberOrder{Kind: orderAdd, Node: "n4", Peer: "h:1", Role: RoleVoter})
	var refusal *MemberError
	if !errors.As(err, &refusal) || refusal.Code != MemberTooOld || !strings.Contains(refusal.Reason, "n3") {
		t.Errorf("%v", err)
	}
}

// Only a learner starts from nothing.
func TestWhoMayStartFromNothing(t *testing.T) {
	for state, words := range map[MemberState]string{
		MemberJoining: "", MemberLearner: "", MemberGateway: "",
		MemberPromoting: "counts n4 as a voter", MemberVoter: "counts n4 as a voter", MemberLeaving: "counts n4 as a voter",
	} {
		d := directoryWith("n1 voter", "n4 "+string(state))
		c := &Config{Node: "n4", Peer: d.Members[1].Peer, Role: d.Members[1].Role}
		err := d.admits(c)
		if words == "" && err != nil || words != "" && (err == nil || !strings.Contains(err.Error(), words)) {
			t.Errorf("%s: %v", state, err)
		}
	}
	d := directoryWith("n1 voter", "n4 joining")
	for words, c := range map[string]*Config{
		"does not count this node": {Node: "n9", Peer: "h:1", Role: RoleVoter},
		"a voter at 10.0.0.1:7080": {Node: "n4", Peer: "h:1", Role: RoleVoter},
		"started as a gateway":     {Node: "n4", Peer: "10.0.0.1:7080", Role: RoleGateway},
	} {
		if err := d.admits(c); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("want %q, got %v", words, err)
		}
	}
}
