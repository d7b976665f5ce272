package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/cluster"
)

const (
	maxAddressBytes = 255
	// clusterRoutes begin what a node tells of the cluster, even when it serves no more.
	clusterRoutes = "/v1/cluster"
)

// getMembers is GET /v1/cluster/members: who is a member, as this node knows it.
func (a *api) getMembers(c *gin.Context) {
	if _, ok := query(c); !ok {
		return
	}
	m := a.node.Members()
	answer(c, http.StatusOK, func(w *writer) { encodeMembers(w, &m) })
}

// postMember is POST /v1/cluster/members.
func (a *api) postMember(c *gin.Context) {
	var m cluster.NewMember
	if !a.body(c, a.limits.BodyBytes, false, func(d *decoder) { decodeMember(d, &m) }) {
		return
	}
	a.orderMember(c, http.StatusCreated, func(ctx context.Context) (cluster.MemberStatus, error) {
		return a.node.AddMember(ctx, m)
	})
}

// promoteMember is POST /v1/cluster/members/{node}/promote.
func (a *api) promoteMember(c *gin.Context) {
	if node, ok := nameParam(c, "node", nodeNameReason); ok {
		a.orderMember(c, http.StatusOK, func(ctx context.Context) (cluster.MemberStatus, error) {
			return a.node.PromoteMember(ctx, node)
		})
	}
}

// deleteMember is DELETE /v1/cluster/members/{node}.
func (a *api) deleteMember(c *gin.Context) {
	if node, ok := nameParam(c, "node", nodeNameReason); ok {
		a.orderMember(c, http.StatusOK, func(ctx context.Context) (cluster.MemberStatus, error) {
			return a.node.RemoveMember(ctx, node)
		})
	}
}

func nodeNameReason(name string) string { return nameReason(name, cluster.MaxNodeNameBytes) }

var memberRoles = []string{string(cluster.RoleVoter), string(cluster.RoleGateway)}

func decodeMember(d *decoder, m *cluster.NewMember) {
	d.object(func(name string) bool {
		switch name {
		case "node":
			if m.Node = d.line(cluster.MaxNodeNameBytes, true); m.Node != "" && nodeNameReason(m.Node) != "" {
				d.reject(nodeNameReason(m.Node))
			}
		case "peer":
			m.Peer = d.line(maxAddressBytes, true)
		case "http":
			m.HTTP = d.line(maxAddressBytes, false)
		case "role":
			m.Role = cluster.Role(memberRoles[d.choice(memberRoles...)])
		default:
			return false
		}
		return true
	})
	d.required("node", m.Node != "")
	d.required("peer", m.Peer != "")
}

// orderMember has an order followed and answers with the member as it is then: 202 if that is not done yet. It will be,
// whoever leads.
func (a *api) orderMember(c *gin.Context, done int, order func(context.Context) (cluster.MemberStatus, error)) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), a.limits.RequestTimeout)
	defer cancel()
	m, err := order(ctx)
	var refusal *cluster.MemberError
	switch {
	case errors.As(err, &refusal):
		refuse(c, problemOfMember(refusal))
		return
	case err != nil:
		a.failed(c, err, callKey{})
		return
	}
	status := done
	switch m.State {
	case cluster.MemberJoining, cluster.MemberPromoting, cluster.MemberLeaving:
		status = http.StatusAccepted
	}
	answer(c, status, func(w *writer) { encodeMember(w, &m) })
}

func problemOfMember(e *cluster.MemberError) *problem {
	switch e.Code {
	case cluster.MemberInvalid:
		return invalid("node", e.Reason)
	case cluster.MemberUnknown:
		return &problem{code: codeUnknownMember, detail: e.Reason}
	}
	return &problem{code: codeMemberRefused, detail: e.Reason}
}

func encodeMembers(w *writer, m *cluster.Membership) {
	w.beginObject()
	w.integer("version", int64(m.Version))
	w.beginArray("members")
	for i := range m.Members {
		encodeMember(w, &m.Members[i])
	}
	w.endArray()
	w.beginArray("removed")
	for _, r := range m.Removed {
		w.beginObject()
		w.text("node", r.Node)
		w.text("removed_at", r.At.Format(time.RFC3339))
		w.endObject()
	}
	w.endArray()
	w.endObject()
}

func encodeMember(w *writer, m *cluster.MemberStatus) {
	w.beginObject()
	w.text("node", m.Node)
	w.text("state", string(m.State))
	if m.State != cluster.MemberRemoved {
		w.text("role", string(m.Role))
		w.text("peer", m.Peer)
		w.text("http", m.HTTP)
		w.boolean("reachable", m.Reachable)
		w.boolean("ready", m.Ready)
		w.beginArray("partitions")
		for _, p := range m.Partitions {
			w.beginObject()
			w.integer("partition", int64(p.Partition))
			w.text("suffrage", p.Suffrage)
			w.integer("applied", int64(p.Applied))
			w.integer("lag", int64(p.Lag))
			w.endObject()
		}
		w.endArray()
	}
	w.endObject()
}
