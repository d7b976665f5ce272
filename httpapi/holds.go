package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// statusOf tells a first success from one that found the work done.
func statusOf(ans *seatmap.Answer) int {
	if ans.Created {
		return http.StatusCreated
	}
	return http.StatusOK
}

// getHold is GET /v1/events/{event}/holds/{hold}: always strong, since it is decided like a write.
func (a *api) getHold(c *gin.Context) {
	if _, ok := wishOf(c); ok { // the log has the newest revision, whatever is wished for
		a.onHold(c, &seatmap.Request{Op: seatmap.OpGetHold}, nil)
	}
}

// deleteHold is DELETE /v1/events/{event}/holds/{hold}.
func (a *api) deleteHold(c *gin.Context) {
	a.onHold(c, &seatmap.Request{Op: seatmap.OpRelease}, func(*seatmap.Answer, string) { sendNothing(c) })
}

// extendHold is POST /v1/events/{event}/holds/{hold}/extend.
func (a *api) extendHold(c *gin.Context) {
	req := seatmap.Request{Op: seatmap.OpExtend}
	if a.body(c, a.limits.BodyBytes, false, func(d *decoder) { decodeExtend(d, &req) }) {
		a.onHold(c, &req, nil)
	}
}

func decodeExtend(d *decoder, r *seatmap.Request) {
	d.object(func(name string) bool {
		if name != "ttl_seconds" {
			return false
		}
		r.TTLSeconds = int32(d.number(1, seatmap.MaxHoldTTLSeconds))
		return true
	})
	d.required("ttl_seconds", r.TTLSeconds != 0)
}

// patchHold is PATCH /v1/events/{event}/holds/{hold}.
func (a *api) patchHold(c *gin.Context) {
	req := seatmap.Request{Op: seatmap.OpChange}
	if a.body(c, a.limits.BodyBytes, false, func(d *decoder) { decodeChange(d, &req) }) {
		a.onHold(c, &req, nil)
	}
}

func decodeChange(d *decoder, r *seatmap.Request) {
	d.object(func(name string) bool {
		switch name {
		case "add":
			d.placesOrSeats(&r.Add)
		case "remove":
			d.placesOrSeats(&r.Remove)
		default:
			return false
		}
		return true
	})
	if !d.stopped() && len(d.errors) == 0 && r.Add.Empty() && r.Remove.Empty() {
		d.rejectAt("add", "name something to add or to remove")
	}
}

// placesOrSeats reads a selection; a plain array names seats.
func (d *decoder) placesOrSeats(s *seatmap.Selection) {
	if d.src.peek() == tokenArray {
		s.Seats = d.labels(command.MaxSelection)
		return
	}
	d.object(func(name string) bool { return d.selectionField(name, s, command.MaxSelection) })
}

// onHold has req decided for the hold in the path; without a writer of its own, the answer is the hold.
func (a *api) onHold(c *gin.Context, req *seatmap.Request, write func(ans *seatmap.Answer, event string)) {
	event, ok := eventParam(c)
	if !ok {
		return
	}
	if req.ID, ok = idParam(c, "hold", codeUnknownHold); !ok {
		return
	}
	ans, ok := a.submitEvent(c, event, req)
	if !ok {
		return
	}
	if write != nil {
		write(ans, event)
		return
	}
	answer(c, http.StatusOK, func(w *writer) { encodeHold(w, event, ans) })
}
