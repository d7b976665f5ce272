package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// postBlock is POST /v1/events/{event}/block.
func (a *api) postBlock(c *gin.Context) { a.block(c, seatmap.OpBlock) }

// postUnblock is POST /v1/events/{event}/unblock.
func (a *api) postUnblock(c *gin.Context) { a.block(c, seatmap.OpUnblock) }

func (a *api) block(c *gin.Context, op seatmap.Op) {
	event, ok := eventParam(c)
	if !ok {
		return
	}
	req := seatmap.Request{Op: op}
	if !a.body(c, a.limits.BlockBytes, false, func(d *decoder) { decodeBlock(d, &req.Add) }) {
		return
	}
	if ans, ok := a.submitEvent(c, event, &req); ok {
		answer(c, http.StatusOK, func(w *writer) { encodeReceipt(w, event, ans.Revision) })
	}
}

func decodeBlock(d *decoder, s *seatmap.Selection) {
	d.object(func(name string) bool { return d.selectionField(name, s, command.MaxBlockSelection) })
	if !d.stopped() && len(d.errors) == 0 && s.Empty() {
		d.rejectAt("seats", "name seats, areas or tables")
	}
}

// encodeReceipt writes what is certain after a change that has no resource of its own: where the event stands now.
func encodeReceipt(w *writer, event string, revision uint64) {
	w.beginObject()
	w.text("event", event)
	w.revision(revision)
	w.endObject()
}
