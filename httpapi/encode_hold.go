package httpapi

import "github.com/parterre/parterre/actors/seatmap"

// encodeHold writes a hold. The areas of a hold are one place each, with a quantity.
func encodeHold(w *writer, event string, ans *seatmap.Answer) {
	w.beginObject()
	w.raw("hold", seatmap.IDTextLength, ans.ID.AppendText)
	w.text("event", event)
	w.text("buyer", ans.Buyer)
	w.text("state", ans.State.String())
	w.boolean("together", ans.Together)
	w.beginArray("places")
	for i := range ans.Places {
		w.beginObject()
		encodePlace(w, &ans.Places[i])
		w.endObject()
	}
	w.endArray()
	w.integer("total", ans.Total)
	w.text("currency", ans.Currency)
	w.moment("expires_at", ans.ExpiresAtMillis)
	w.integer("extensions_left", int64(ans.ExtensionsLeft))
	w.revision(ans.Revision)
	w.endObject()
}

// encodePlace writes what a place is and costs, without a ticket.
func encodePlace(w *writer, p *seatmap.Place) {
	switch p.Kind {
	case seatmap.PlaceSeat:
		w.text("seat", p.Label)
	case seatmap.PlaceTable:
		w.text("table", p.Label)
	case seatmap.PlaceArea:
		w.text("area", p.Label)
		w.integer("quantity", int64(p.Quantity))
	}
	w.text("category", p.Category)
	w.integer("price", p.Price)
}

// encodeOrder writes an order: every place has a ticket, and an area's places stand one by one.
func encodeOrder(w *writer, event string, ans *seatmap.Answer) {
	w.beginObject()
	w.raw("order", seatmap.IDTextLength, ans.ID.AppendText)
	w.text("event", event)
	w.raw("hold", seatmap.IDTextLength, ans.ID.AppendText)
	w.text("buyer", ans.Buyer)
	w.text("reference", ans.Reference)
	w.text("state", ans.State.String())
	w.boolean("together", ans.Together)
	w.beginArray("places")
	for i := range ans.Places {
		w.beginObject()
		encodePlace(w, &ans.Places[i])
		w.ticket(ans.ID, ans.Places[i].Ticket)
		w.endObject()
	}
	w.endArray()
	w.integer("total", ans.Total)
	w.text("currency", ans.Currency)
	w.revision(ans.Revision)
	w.endObject()
}

func (w *writer) revision(v uint64) {
	w.integer("revision", int64(v))
}

// ticket writes a ticket's name: the order's id, "-", and the place's number in it.
func (w *writer) ticket(order seatmap.ID, number uint32) {
	var digits [10]byte
	tail := appendTicketNumber(digits[:0], number)
	w.raw("ticket", seatmap.IDTextLength+1+len(tail), func(b []byte) []byte {
		b = append(order.AppendText(b), '-')
		return append(b, tail...)
	})
}
