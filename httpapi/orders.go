package httpapi

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// postOrder is POST /v1/events/{event}/orders: it confirms a hold.
func (a *api) postOrder(c *gin.Context) {
	event, ok := eventParam(c)
	if !ok {
		return
	}
	req, hold := seatmap.Request{Op: seatmap.OpConfirm}, ""
	if !a.body(c, a.limits.BodyBytes, false, func(d *decoder) { decodeConfirm(d, &req, &hold) }) {
		return
	}
	id, err := seatmap.ParseID(hold)
	if err != nil {
		refuse(c, &problem{code: codeUnknownHold})
		return
	}
	req.ID = id
	if ans, ok := a.submitEvent(c, event, &req); ok {
		answer(c, statusOf(ans), func(w *writer) { encodeOrder(w, event, ans) })
	}
}

func decodeConfirm(d *decoder, r *seatmap.Request, hold *string) {
	var f fields
	if d.enter(&f) {
		for name, ok := d.next(&f); ok; name, ok = d.next(&f) {
			switch name {
			case "hold":
				*hold = d.line(seatmap.MaxReferenceBytes, true)
			case "reference":
				r.Reference = d.line(seatmap.MaxReferenceBytes, false)
			case "if_expired":
				r.Retake = d.choice("refuse", "retake") == 1
			default:
				d.unknown()
			}
		}
	}
	d.required("hold", *hold != "")
}

// getOrder is GET /v1/events/{event}/orders/{order}: always strong, since it is decided like a write.
func (a *api) getOrder(c *gin.Context) {
	if _, ok := wishOf(c); !ok { // the log has the newest revision, whatever is wished for
		return
	}
	a.onOrder(c, func(seatmap.ID) (*seatmap.Request, bool) { return &seatmap.Request{Op: seatmap.OpGetOrder}, true })
}

// cancelOrder is POST /v1/events/{event}/orders/{order}/cancel.
func (a *api) cancelOrder(c *gin.Context) {
	a.onOrder(c, func(order seatmap.ID) (*seatmap.Request, bool) {
		req := &seatmap.Request{Op: seatmap.OpCancel}
		ok := a.body(c, a.limits.BodyBytes, true, func(d *decoder) { decodeCancel(d, req, order) })
		return req, ok
	})
}

func decodeCancel(d *decoder, r *seatmap.Request, order seatmap.ID) {
	d.object(func(name string) bool {
		if name != "tickets" {
			return false
		}
		d.tickets(r, order)
		return true
	})
}

// tickets reads the names of tickets of the order.
func (d *decoder) tickets(r *seatmap.Request, order seatmap.ID) {
	stem := order.String() + "-"
	d.array(command.MaxTickets, func() {
		text := d.line(seatmap.MaxLabelBytes, true)
		number, ok := ticketNumber(text, stem)
		if text != "" && !ok {
			d.reject("is not a ticket of this order")
		}
		r.Tickets = append(r.Tickets, number)
	})
	if len(r.Tickets) == 0 {
		// A shop that computes an empty list must not cancel everything by it.
		d.rejectAt("tickets", "name tickets, or leave the field out to cancel all")
	}
}

// ticketNumber reads what follows the order's id in a ticket's name.
func ticketNumber(text, stem string) (uint32, bool) {
	digits, ok := strings.CutPrefix(text, stem)
	number, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || digits != strconv.FormatUint(number, 10) {
		return 0, false
	}
	return uint32(number), true
}

func appendTicketNumber(b []byte, number uint32) []byte {
	return strconv.AppendUint(b, uint64(number), 10)
}

// onOrder has a request decided for the order in the path, and answers with the order.
func (a *api) onOrder(c *gin.Context, read func(order seatmap.ID) (*seatmap.Request, bool)) {
	event, ok := eventParam(c)
	if !ok {
		return
	}
	order, ok := idParam(c, "order", codeUnknownOrder)
	if !ok {
		return
	}
	req, ok := read(order)
	if !ok {
		return
	}
	req.ID = order
	if ans, ok := a.submitEvent(c, event, req); ok {
		answer(c, http.StatusOK, func(w *writer) { encodeOrder(w, event, ans) })
	}
}
