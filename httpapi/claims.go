package httpapi

import (
	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// postHold is POST /v1/events/{event}/holds.
func (a *api) postHold(c *gin.Context) { a.claim(c, seatmap.OpHold, encodeHold) }

// postSale is POST /v1/events/{event}/sales: hold and confirm in one step.
func (a *api) postSale(c *gin.Context) { a.claim(c, seatmap.OpSale, encodeOrder) }

// claim has places taken: those that the body names, and the best available if it wishes for them.
func (a *api) claim(c *gin.Context, op seatmap.Op, encode func(*writer, string, *seatmap.Answer)) {
	event, ok := eventParam(c)
	if !ok {
		return
	}
	req := seatmap.Request{Op: op}
	if !a.body(c, a.limits.BodyBytes, false, func(d *decoder) { decodeClaim(d, &req) }) {
		return
	}
	var err error
	if req.ID, err = newHoldID(); err != nil {
		a.failed(c, err, callKey{})
		return
	}
	if ans, ok := a.submitEvent(c, event, &req); ok {
		answer(c, statusOf(ans), func(w *writer) { encode(w, event, ans) })
	}
}

// decodeClaim reads the body of a hold, or of a sale, which may have a reference, too.
func decodeClaim(d *decoder, r *seatmap.Request) {
	var f fields
	if d.enter(&f) {
		for name, ok := d.next(&f); ok; name, ok = d.next(&f) {
			switch {
			case name == "seats":
				r.Add.Seats = d.labels(command.MaxSelection)
			case name == "buyer":
				r.Buyer = d.line(seatmap.MaxBuyerBytes, false)
			case name == "reference" && r.Op == seatmap.OpSale:
				r.Reference = d.line(seatmap.MaxReferenceBytes, false)
			case name == "best_available":
				d.bestAvailable(&r.Wish)
			case !d.selectionField(name, &r.Add, command.MaxSelection):
				d.unknown()
			}
		}
	}
	d.requirePlaces(r)
}

// requirePlaces refuses a claim that names nothing, or seats as well as a wish for others, or more places than a hold can
// ever have.
func (d *decoder) requirePlaces(r *seatmap.Request) {
	if d.stopped() || len(d.errors) > 0 {
		return
	}
	wished := int(r.Wish.Quantity)
	switch n := places(&r.Add) + wished; {
	case wished > 0 && r.Add.Seats != nil: // an empty list is one, too: it was meant to say something
		d.rejectAt("best_available", "name seats or wish for the best available, not both")
	case n == 0:
		d.rejectAt("seats", "name seats, areas or tables, or wish for the best available")
	case n > command.MaxSelection:
		d.rejectAt(largestField(r), "a hold has at most 1000 places")
	}
}

// places counts what a selection names.
func places(s *seatmap.Selection) int {
	n := len(s.Seats) + len(s.Tables)
	for i := range s.Areas {
		n += int(s.Areas[i].Quantity)
	}
	return n
}

// largestField is the field that names more than half of what a hold can have, if one but the areas does.
func largestField(r *seatmap.Request) string {
	const half = command.MaxSelection / 2
	switch {
	case r.Wish.Quantity > half:
		return "best_available.quantity"
	case len(r.Add.Seats) >= len(r.Add.Tables) && len(r.Add.Seats) > half:
		return "seats"
	case len(r.Add.Tables) > half:
		return "tables"
	}
	return "areas"
}
