package httpapi

import "github.com/parterre/parterre/actors/seatmap"

// operationKind is what the word of an operation stands for.
type operationKind struct {
	word   string
	op     seatmap.Op
	lane   laneName
	decode func(g *gatherer, r *seatmap.Request)
	number int // in operationKinds
}

// operationKinds are the operations of a batch or stream, the usual ones first.
var operationKinds = [...]operationKind{
	{"hold", seatmap.OpHold, laneNew, decodeClaimOperation, 0},
	{"confirm", seatmap.OpConfirm, laneExisting, decodeConfirmOperation, 1},
	{"sale", seatmap.OpSale, laneNew, decodeClaimOperation, 2},
	{"release", seatmap.OpRelease, laneExisting, decodeHoldOperation, 3},
	{"cancel", seatmap.OpCancel, laneExisting, decodeCancelOperation, 4},
	{"get_hold", seatmap.OpGetHold, laneCustomer, decodeHoldOperation, 5},
	{"get_order", seatmap.OpGetOrder, laneCustomer, decodeOrderOperation, 6},
}

const operationWords = "hold, confirm, sale, release, cancel, get_hold, get_order"

func decodeClaimOperation(g *gatherer, r *seatmap.Request) { decodeClaim(&g.d, r) }

func decodeConfirmOperation(g *gatherer, r *seatmap.Request) {
	hold := ""
	decodeConfirm(&g.d, r, &hold)
	r.ID = g.namedID(hold, codeUnknownHold)
}

// decodeHoldOperation reads {"hold": "…"}.
func decodeHoldOperation(g *gatherer, r *seatmap.Request) {
	r.ID = g.namedID(decodeNamed(&g.d, "hold"), codeUnknownHold)
}

// decodeOrderOperation reads {"order": "…"}.
func decodeOrderOperation(g *gatherer, r *seatmap.Request) {
	r.ID = g.namedID(decodeNamed(&g.d, "order"), codeUnknownOrder)
}

// decodeNamed reads an object whose one field names a hold or an order.
func decodeNamed(d *decoder, what string) (id string) {
	var f fields
	if d.enter(&f) {
		for name, ok := d.next(&f); ok; name, ok = d.next(&f) {
			if name == what {
				id = d.line(seatmap.MaxReferenceBytes, true)
			} else {
				d.unknown()
			}
		}
	}
	d.required(what, id != "")
	return id
}

// decodeCancelOperation reads {"order": "…", "tickets": ["…"]}, in either order: what the tickets are is not known before
// their order is.
func decodeCancelOperation(g *gatherer, r *seatmap.Request) {
	const unseen = -1
	d, order, tickets := &g.d, "", unseen
	d.object(func(name string) bool {
		switch name {
		case "order":
			order = d.line(seatmap.MaxReferenceBytes, true)
		case "tickets":
			d.src.peek() // past white space
			tickets = d.src.mark()
			d.skip()
		default:
			return false
		}
		return true
	})
	d.required("order", order != "")
	r.ID = g.namedID(order, codeUnknownOrder)
	if tickets == unseen || g.missing != "" || d.stopped() || len(d.errors) > 0 {
		return
	}
	end := d.src.mark()
	d.src.rewind(tickets)
	d.path = append(d.path, step{name: "tickets", index: -1})
	d.tickets(r, r.ID)
	d.path = d.path[:len(d.path)-1]
	if !d.stopped() {
		d.src.rewind(end)
	}
}

// namedID reads the id of a hold or order. Ids are opaque to callers: a text that is none is just unknown.
func (g *gatherer) namedID(text, unknown string) seatmap.ID {
	id, err := seatmap.ParseID(text)
	if err != nil && text != "" {
		g.missing = unknown
	}
	return id
}
