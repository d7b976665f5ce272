package httpapi

import (
	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// postSale is POST /v1/events/{event}/sales: hold and confirm in one step.
func (a *api) postSale(c *gin.Context) {
	event, ok := eventParam(c)
	if !ok {
		return
	}
	req := seatmap.Request{Op: seatmap.OpSale}
	if !a.body(c, a.limits.BodyBytes, false, func(d *decoder) { decodeSale(d, &req) }) {
		return
	}
	if req.ID, ok = a.nameHold(c); !ok {
		return
	}
	if ans, ok := a.submitEvent(c, event, &req); ok {
		answer(c, statusOf(ans), func(w *writer) { encodeOrder(w, event, ans) })
	}
}

func decodeSale(d *decoder, r *seatmap.Request) {
	d.object(func(name string) bool {
		switch name {
		case "buyer":
			r.Buyer = d.line(seatmap.MaxBuyerBytes, false)
		case "reference":
			r.Reference = d.line(seatmap.MaxReferenceBytes, false)
		case "best_available":
			d.reject(notOffered)
			d.skip()
		default:
			return d.selectionField(name, &r.Add, command.MaxSelection)
		}
		return true
	})
	d.requirePlaces(&r.Add)
}
