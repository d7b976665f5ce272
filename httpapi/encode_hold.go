package httpapi

import (
	"github.com/parterre/parterre/actors/command/pack"
	"github.com/parterre/parterre/actors/seatmap"
)

// encodeHold writes a hold. The areas of a hold are one place each, with a quantity.
func encodeHold(w *writer, event string, ans *seatmap.Answer) {
	w.beginObject()
	w.id("hold", ans.ID)
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
	w.id("order", ans.ID)
	w.text("event", event)
	w.id("hold", ans.ID)
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
	w.name("ticket")
	text := w.textOf(order)
	if !w.msgpack {
		w.b = append(w.b, '"')
		w.b = append(w.b, text...)
		w.b = append(appendTicketNumber(append(w.b, '-'), number), '"')
		return
	}
	var digits [10]byte
	tail := appendTicketNumber(digits[:0], number)
	w.b = pack.AppendStringHeader(w.b, len(text)+1+len(tail))
	w.b = append(append(append(w.b, text...), '-'), tail...)
}
