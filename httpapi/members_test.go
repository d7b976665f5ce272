package httpapi

import (
	"strings"
	"testing"
	"time"

	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/httpapi/client"
)

// An operator adds a node, gives it its vote, and removes another, by any node.
func TestMembersAreAddedPromotedAndRemoved(t *testing.T) {
	h := newHouse(t, 2)
	i := h.cluster.NewNode(cluster.RoleVoter)
	started := make(chan error, 1)
	ctx := h.ctx()
	go func() { started <- h.cluster.StartNode(ctx, i) }()
	n := h.cluster.NewMember(i)
	in := client.NewMember{Node: n.Node, Peer: n.Peer, HTTP: n.HTTP, Role: "voter"}
	m, err := h.AddMember(ctx, in)
	h.ok(err)
	if m.Node != "n3" || m.Role != "voter" || m.Peer != n.Peer || m.UnderWay() && m.State != "joining" {
		t.Fatalf("%+v", m)
	}
	h.ok(<-started)
	_, err = h.AddMember(ctx, client.NewMember{Node: "n3", Peer: "127.0.0.1:1"})
	h.refused(err, client.CodeMemberRefused)
	h.cluster.Promote(i)
	members, err := h.Members(ctx)
	h.ok(err)
	if len(members.Members) != 3 || members.Members[2].State != "voter" || len(members.Members[2].Partitions) != 3 || members.Version == 0 {
		t.Fatalf("%+v", members)
	}
	if m, err = h.PromoteMember(ctx, "n3"); err != nil || m.State != "voter" { // it is done already
		t.Fatalf("%+v, %v", m, err)
	}
	if m, err = h.RemoveMember(ctx, "n2"); err != nil || m.State != "removed" && m.State != "leaving" {
		t.Fatalf("%+v, %v", m, err)
	}
	h.cluster.RemoveNode(1)
	members, err = h.Members(ctx)
	h.ok(err)
	if len(members.Members) != 2 || len(members.Removed) != 1 || members.Removed[0].Node != "n2" ||
		time.Since(members.Removed[0].RemovedAt) > time.Hour {
		t.Fatalf("%+v", members)
	}
	_, err = h.AddMember(ctx, client.NewMember{Node: "n2", Peer: "127.0.0.1:1"})
	if p := h.refused(err, client.CodeMemberRefused); !strings.Contains(p.Detail, "never comes back") {
		t.Error(p.Detail)
	}
	_, err = h.PromoteMember(ctx, "n9")
	h.refused(err, client.CodeUnknownMember)
}

func TestARemovedNodeSaysSoAndServesNothing(t *testing.T) {
	h := newHouse(t, 2)
	h.opening("opening")
	h.cluster.RemoveNode(0)
	h.cluster.Wait("the node to know", func() (bool, string) { return h.cluster.Node(0).Removed(), "" })
	for _, path := range []string{"/v1/events/opening/seats", "/v1/events", "/v1/charts/arena"} {
		p := h.raw("GET", path, "").problem(t)
		if p.Code != codeNoLeader || !strings.Contains(p.Detail, "removed from the cluster") {
			t.Errorf("%s: %+v", path, p)
		}
	}
	if p := h.raw("POST", "/v1/events/opening/holds", `{"seats":["A-1-1"]}`, asJSON).problem(t); p.Code != codeNoLeader {
		t.Errorf("%+v", p)
	}
	if r := h.raw("GET", "/readyz?verbose", ""); r.status != 503 || !strings.Contains(string(r.body), "removed from the cluster") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := h.raw("GET", "/v1/cluster/members", ""); r.status != 200 {
		t.Errorf("what it knows of the members: %d", r.status)
	}
}

func TestBadMembersAreRefusedByField(t *testing.T) {
	h := newHouse(t, 1)
	for body, field := range map[string]string{
		`{"peer":"127.0.0.1:1"}`:                            "node",
		`{"node":"n2"}`:                                     "peer",
		`{"node":"n 2","peer":"127.0.0.1:1"}`:               "node",
		`{"node":"n2","peer":"127.0.0.1:1","role":"king"}`:  "role",
		`{"node":"n2","peer":"127.0.0.1"}`:                  "node", // the cluster's own word
		`{"node":"n2","peer":"127.0.0.1:1","votes":"many"}`: "votes",
	} {
		p := h.raw("POST", "/v1/cluster/members", body, asJSON).problem(t)
		if p.Code != codeInvalid || len(p.Errors) == 0 || p.Errors[0].Field != field {
			t.Errorf("%s: %+v", body, p)
		}
	}
	if p := h.raw("DELETE", "/v1/cluster/members/n1", "").problem(t); p.Code != codeMemberRefused || !strings.Contains(p.Detail, "only voter") {
		t.Errorf("%+v", p)
	}
}
