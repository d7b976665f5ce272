package httpapi

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parterre/parterre/httpapi/client"
)

func TestOrders(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	t.Run("a hold becomes an order with a ticket for each place", func(t *testing.T) {
		hold, err := h.Hold(h.ctx(), "opening", client.HoldRequest{Buyer: "b", Selection: client.Selection{
			Seats: []string{"A-1-1"}, Areas: []client.AreaQuantity{{Area: "Floor", Quantity: 2}}, Tables: []client.Table{{Table: "T1"}},
		}})
		h.ok(err)
		var meta client.Meta
		order, err := h.Confirm(h.ctx(), "opening", client.ConfirmRequest{Hold: hold.Hold, Reference: "psp-1"}, client.WithMeta(&meta))
		h.ok(err)
		if meta.Status != http.StatusCreated || order.State != "confirmed" || order.Order != hold.Hold || order.Total != hold.Total {
			t.Fatalf("%d %+v", meta.Status, order)
		}
		tickets := map[string]bool{}
		for _, p := range order.Places {
			tickets[p.Ticket] = true
		}
		if len(order.Places) != 4 || len(tickets) != 4 {
			t.Fatalf("tickets of %+v", order.Places)
		}
		again, err := h.Confirm(h.ctx(), "opening", client.ConfirmRequest{Hold: hold.Hold, Reference: "psp-1"}, client.WithMeta(&meta))
		h.ok(err)
		if diff := cmp.Diff(order, again); diff != "" || meta.Status != http.StatusOK {
			t.Fatal(meta.Status, diff)
		}
		_, err = h.Confirm(h.ctx(), "opening", client.ConfirmRequest{Hold: hold.Hold, Reference: "psp-2"})
		h.refused(err, client.CodeHoldConfirmed)
		h.refused(h.Release(h.ctx(), "opening", hold.Hold), client.CodeHoldConfirmed)
		read, err := h.Order(h.ctx(), "opening", order.Order)
		h.ok(err)
		if diff := cmp.Diff(order, read); diff != "" {
			t.Fatal(diff)
		}
	})
	t.Run("a sale is an order in one step", func(t *testing.T) {
		var meta client.Meta
		order, err := h.Sell(h.ctx(), "opening", client.SaleRequest{Buyer: "b", Reference: "till", Selection: seats("A-1-2", "A-1-3")}, client.WithMeta(&meta))
		h.ok(err)
		if meta.Status != http.StatusCreated || order.State != "confirmed" || order.Reference != "till" || len(order.Places) != 2 {
			t.Fatalf("%d %+v", meta.Status, order)
		}
	})
	t.Run("tickets are cancelled one by one or all together", func(t *testing.T) { cancelTickets(t, h) })
	t.Run("what is not there is unknown", func(t *testing.T) {
		for _, id := range []string{"nothing", "01JD3T5Z8Q6W4X2Y0V9K7M5N3P"} {
			_, err := h.Order(h.ctx(), "opening", id)
			h.refused(err, client.CodeUnknownOrder)
			_, err = h.CancelOrder(h.ctx(), "opening", id)
			h.refused(err, client.CodeUnknownOrder)
			_, err = h.Confirm(h.ctx(), "opening", client.ConfirmRequest{Hold: id})
			h.refused(err, client.CodeUnknownHold)
		}
	})
	t.Run("bad orders are refused", func(t *testing.T) {
		before := h.revision("opening")
		for body, field := range map[string]string{
			`{}`: "hold", `{"hold":"x","if_expired":"maybe"}`: "if_expired", `{"hold":7}`: "hold", `{"hold":"x","ref":"y"}`: "ref",
		} {
			if p := h.raw("POST", "/v1/events/opening/orders", body, asJSON).problem(t); p.Code != codeInvalid || fieldsOf(p) != field {
				t.Errorf("%s: %s at %q", body, p.Code, fieldsOf(p))
			}
		}
		if after := h.revision("opening"); after != before {
			t.Errorf("revision %d became %d", before, after)
		}
	})
}

func cancelTickets(t *testing.T, h *house) {
	order, err := h.Sell(h.ctx(), "opening", client.SaleRequest{Selection: seats("A-1-5", "A-1-6", "A-1-7")})
	h.ok(err)
	path := "/v1/events/opening/orders/" + order.Order + "/cancel"
	for body, field := range map[string]string{
		`{"tickets":[]}`:                          "tickets",
		`{"tickets":["` + order.Order + `"]}`:     "tickets[0]",
		`{"tickets":["` + order.Order + `-007"]}`: "tickets[0]",
		`{"tickets":["` + order.Places[0].Ticket + `","` + order.Order + `-99999"]}`: "tickets[1]",
	} {
		if p := h.raw("POST", path, body, asJSON).problem(t); p.Code != codeInvalid || fieldsOf(p) != field {
			t.Errorf("%s: %s at %q", body, p.Code, fieldsOf(p))
		}
	}
	left, err := h.CancelTickets(h.ctx(), "opening", order.Order, []string{order.Places[1].Ticket})
	h.ok(err)
	if left.State != "confirmed" || len(left.Places) != 2 || left.Total != 24000 || left.Places[1].Ticket != order.Places[2].Ticket {
		t.Fatalf("left %+v", left)
	}
	if r := h.raw("POST", path, ""); r.status != http.StatusOK { // no body at all means all tickets
		t.Fatalf("%d %s", r.status, r.body)
	}
	var meta client.Meta
	none, err := h.CancelOrder(h.ctx(), "opening", order.Order, client.WithMeta(&meta))
	h.ok(err)
	if none.State != "cancelled" || len(none.Places) != 0 || none.Revision != left.Revision+1 {
		t.Fatalf("left %+v", none)
	}
	_, err = h.Hold(h.ctx(), "opening", client.HoldRequest{Selection: seats("A-1-5", "A-1-6", "A-1-7")})
	h.ok(err)
}

func TestRetriesAreHarmless(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	key := client.WithKey("shop 17 / cart 4")
	var meta client.Meta
	first, err := h.Hold(h.ctx(), "opening", client.HoldRequest{Buyer: "b", Selection: seats("A-1-1")}, key, client.WithMeta(&meta))
	h.ok(err)
	if meta.Replayed {
		t.Fatal("the first answer is called a replay")
	}
	h.ok(h.Release(h.ctx(), "opening", first.Hold))
	t.Run("the same key and body get the first answer, whatever happened since", func(t *testing.T) {
		again, err := h.Hold(h.ctx(), "opening", client.HoldRequest{Buyer: "b", Selection: seats("A-1-1")}, key, client.WithMeta(&meta))
		h.ok(err)
		if diff := cmp.Diff(first, again); diff != "" || !meta.Replayed || meta.Status != http.StatusCreated {
			t.Fatal(meta, diff)
		}
	})
	t.Run("the same key and another body are a mistake", func(t *testing.T) {
		_, err := h.Hold(h.ctx(), "opening", client.HoldRequest{Buyer: "b", Selection: seats("A-1-2")}, key)
		h.refused(err, client.CodeIdempotencyMismatch)
		_, err = h.Sell(h.ctx(), "opening", client.SaleRequest{Buyer: "b", Selection: seats("A-1-1")}, key)
		h.refused(err, client.CodeIdempotencyMismatch)
	})
	t.Run("a refusal is repeated to the key that got it, though the seat is free by now", func(t *testing.T) {
		other, err := h.Hold(h.ctx(), "opening", client.HoldRequest{Selection: seats("A-1-9")})
		h.ok(err)
		late := client.WithKey("late")
		_, err = h.Hold(h.ctx(), "opening", client.HoldRequest{Selection: seats("A-1-9")}, late)
		h.refused(err, client.CodeSeatUnavailable)
		h.ok(h.Release(h.ctx(), "opening", other.Hold))
		_, err = h.Hold(h.ctx(), "opening", client.HoldRequest{Selection: seats("A-1-9")}, late, client.WithMeta(&meta))
		h.refused(err, client.CodeSeatUnavailable)
		if !meta.Replayed {
			t.Fatal("the replay is not called one")
		}
		_, err = h.Hold(h.ctx(), "opening", client.HoldRequest{Selection: seats("A-1-9")}, client.WithKey("new"))
		h.ok(err)
	})
	t.Run("every kind of write has keys", func(t *testing.T) {
		hold, err := h.Hold(h.ctx(), "opening", client.HoldRequest{Selection: seats("A-1-12")})
		h.ok(err)
		for range 2 {
			_, err = h.Extend(h.ctx(), "opening", hold.Hold, 60, client.WithKey("extend"), client.WithMeta(&meta))
			h.ok(err)
		}
		before := meta.Revision
		for range 2 {
			_, err = h.Block(h.ctx(), "opening", seats("A-1-13"), client.WithKey("block"), client.WithMeta(&meta))
			h.ok(err)
		}
		if !meta.Replayed || meta.Revision != before+1 {
			t.Fatalf("%+v after revision %d", meta, before)
		}
	})
}
