package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/cluster"
)

const maxNodeNameBytes = 128

// getCluster is GET /v1/cluster.
func (a *api) getCluster(c *gin.Context) {
	if _, ok := query(c); !ok {
		return
	}
	status := a.node.Status()
	answer(c, http.StatusOK, func(w *writer) { encodeCluster(w, &status) })
}

// postTransfer is POST /v1/cluster/partitions/{partition}/transfer.
func (a *api) postTransfer(c *gin.Context) {
	partition, err := strconv.ParseUint(c.Param("partition"), 10, 32)
	if err != nil {
		refuse(c, invalid("partition", "must be a partition's number"))
		return
	}
	to := ""
	if !a.body(c, a.limits.BodyBytes, false, func(d *decoder) { decodeTransfer(d, &to) }) {
		return
	}
	a.operate(c, func(ctx context.Context) error { return a.node.Transfer(ctx, uint32(partition), to) })
}

func decodeTransfer(d *decoder, to *string) {
	d.object(func(name string) bool {
		if name != "node" {
			return false
		}
		*to = d.line(maxNodeNameBytes, true)
		return true
	})
	d.required("node", *to != "")
}

// postSnapshot is POST /v1/cluster/snapshot: of every partition, on the node that is asked.
func (a *api) postSnapshot(c *gin.Context) { a.operate(c, a.node.Snapshot) }

// operate does an operator's work and answers 204.
func (a *api) operate(c *gin.Context, do func(context.Context) error) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), a.limits.RequestTimeout)
	defer cancel()
	switch err := do(ctx); {
	case err == nil:
		sendNothing(c)
	case errors.Is(err, cluster.ErrUnknownPartition):
		refuse(c, invalid("partition", "there is no such partition"))
	case errors.Is(err, cluster.ErrUnknownNode):
		refuse(c, invalid("node", "is not a member of the cluster"))
	default:
		a.failed(c, err, callKey{})
	}
}

func encodeCluster(w *writer, s *cluster.Status) {
	w.beginObject()
	w.text("cluster", s.Cluster)
	w.beginArray("nodes")
	for i := range s.Nodes {
		n := &s.Nodes[i]
		w.beginObject()
		w.text("node", n.Node)
		w.text("http", n.HTTP)
		w.text("peer", n.Peer)
		w.text("version", n.Version)
		w.boolean("reachable", n.Reachable)
		w.integer("clock_offset_ms", n.ClockOffset.Milliseconds())
		w.endObject()
	}
	w.endArray()
	w.beginArray("partitions")
	for i := range s.Partitions {
		encodePartition(w, &s.Partitions[i])
	}
	w.endArray()
	w.endObject()
}

func encodePartition(w *writer, p *cluster.PartitionStatus) {
	w.beginObject()
	w.integer("partition", int64(p.Partition))
	w.textOrNull("leader", p.Leader)
	w.integer("term", int64(p.Term))
	w.beginArray("replicas")
	for i := range p.Replicas {
		r := &p.Replicas[i]
		w.beginObject()
		w.text("node", r.Node)
		w.integer("applied", int64(r.Applied))
		w.integer("committed", int64(r.Committed))
		w.integer("hash_index", int64(r.HashIndex))
		w.text("state_hash", hashText(r.StateHash))
		w.textOrNull("halted", r.Halted)
		w.endObject()
	}
	w.endArray()
	w.endObject()
}

// hashText is a state hash as 16 hexadecimal digits: JSON numbers lose precision above 2^53 in many a reader.
func hashText(hash uint64) string {
	const digits = 16
	text := strconv.FormatUint(hash, 16)
	return "0000000000000000"[:digits-len(text)] + text
}
