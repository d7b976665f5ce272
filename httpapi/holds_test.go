package httpapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/parterre/parterre/httpapi/client"
)

func TestHolds(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	t.Run("a hold claims seats, tables and areas at their prices", func(t *testing.T) {
		var meta client.Meta
		got, err := h.Hold(h.ctx(), "opening", client.HoldRequest{Buyer: "b-81", Selection: client.Selection{
			Seats: []string{"A-1-1", "A-1-2"}, Tables: []client.Table{{Table: "T1"}},
			Areas: []client.AreaQuantity{{Area: "Floor", Quantity: 2}},
		}}, client.WithMeta(&meta))
		h.ok(err)
		want := &client.Hold{
			Hold: got.Hold, Event: "opening", Buyer: "b-81", State: "held", Together: got.Together,
			Places: []client.Place{
				{Seat: "A-1-1", Category: "1", Price: 12000},
				{Seat: "A-1-2", Category: "1", Price: 12000},
				{Table: "T1", Category: "1", Price: 12000},
				{Area: "Floor", Quantity: 2, Category: "2", Price: 6500},
			},
			Total: 49000, Currency: "CHF", ExpiresAt: got.ExpiresAt, ExtensionsLeft: 1, Revision: meta.Revision,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		if left := time.Until(*got.ExpiresAt); left < 7*time.Minute || left > 8*time.Minute+time.Second {
			t.Fatalf("it expires in %v", left)
		}
		read, err := h.GetHold(h.ctx(), "opening", got.Hold, client.Strong(), client.WithMeta(&meta))
		h.ok(err)
		if diff := cmp.Diff(want, read); diff != "" || meta.Status != http.StatusOK {
			t.Fatal(meta.Status, diff)
		}
	})
	t.Run("what is held is refused to others, who are told all of it", func(t *testing.T) {
		_, err := h.Hold(h.ctx(), "opening", client.HoldRequest{Selection: seats("A-1-2", "A-1-3", "A-1-1")})
		if p := h.refused(err, client.CodeSeatUnavailable); !cmp.Equal(p.Seats, []string{"A-1-2", "A-1-1"}) {
			t.Fatalf("listed %v", p.Seats)
		}
		_, err = h.Hold(h.ctx(), "opening", client.HoldRequest{Selection: seats("Z-1", "A-1-3", "Z-2")})
		if p := h.refused(err, client.CodeUnknownSeat); !cmp.Equal(p.Seats, []string{"Z-1", "Z-2"}) {
			t.Fatalf("listed %v", p.Seats)
		}
		_, err = h.PatchEvent(h.ctx(), "opening", client.Settings{MaxPlacesPerHold: ptr(200)})
		h.ok(err)
		_, err = h.Hold(h.ctx(), "opening", client.HoldRequest{Selection: client.Selection{Areas: []client.AreaQuantity{{Area: "Floor", Quantity: 99}}}})
		h.refused(err, client.CodeNotEnoughSeats)
	})
	t.Run("a hold is extended, changed and given back", func(t *testing.T) { holdLives(t, h) })
	t.Run("a lapsed hold is gone", func(t *testing.T) {
		h.opening("brief", func(s *client.Settings) { s.HoldTTLSeconds = ptr(1) })
		hold, err := h.Hold(h.ctx(), "brief", client.HoldRequest{Selection: seats("A-1-1")})
		h.ok(err)
		h.cluster.Wait("the hold to lapse", func() (bool, string) {
			_, err = h.GetHold(h.ctx(), "brief", hold.Hold)
			return err != nil, "it is still there"
		})
		h.refused(err, client.CodeHoldExpired)
		_, err = h.Confirm(h.ctx(), "brief", client.ConfirmRequest{Hold: hold.Hold})
		h.refused(err, client.CodeHoldExpired)
		order, err := h.Confirm(h.ctx(), "brief", client.ConfirmRequest{Hold: hold.Hold, IfExpired: "retake"})
		h.ok(err)
		if order.Order != hold.Hold || order.Places[0].Seat != "A-1-1" {
			t.Fatalf("got %+v", order)
		}
	})
	t.Run("a buyer has no more than the event allows", func(t *testing.T) {
		h.opening("limited", func(s *client.Settings) { s.MaxPlacesPerBuyer = ptr(2) })
		_, err := h.Hold(h.ctx(), "limited", client.HoldRequest{Buyer: "b", Selection: seats("A-1-1", "A-1-2")})
		h.ok(err)
		_, err = h.Hold(h.ctx(), "limited", client.HoldRequest{Buyer: "b", Selection: seats("A-1-3")})
		h.refused(err, client.CodeBuyerLimit)
	})
	t.Run("bad holds are refused and change nothing", func(t *testing.T) { refuseBadHolds(t, h) })
}

func holdLives(t *testing.T, h *house) {
	hold, err := h.Hold(h.ctx(), "opening", client.HoldRequest{Selection: seats("A-1-10", "A-1-11")})
	h.ok(err)
	longer, err := h.Extend(h.ctx(), "opening", hold.Hold, 3600)
	h.ok(err)
	if !longer.ExpiresAt.After(hold.ExpiresAt.Add(time.Minute)) || longer.ExtensionsLeft != 0 {
		t.Fatalf("extended to %+v", longer)
	}
	_, err = h.Extend(h.ctx(), "opening", hold.Hold, 3600)
	h.refusedField(err, "ttl_seconds")

	changed, err := h.Change(h.ctx(), "opening", hold.Hold, client.ChangeRequest{Add: ptr(seats("A-1-12")), Remove: ptr(seats("A-1-10"))})
	h.ok(err)
	if len(changed.Places) != 2 || changed.Total != hold.Total {
		t.Fatalf("changed to %+v", changed)
	}
	short := h.raw("PATCH", "/v1/events/opening/holds/"+hold.Hold, `{"add":["A-1-10"],"remove":["A-1-12"]}`, asJSON)
	if short.status != http.StatusOK {
		t.Fatalf("the short form: %d %s", short.status, short.body)
	}
	_, err = h.Change(h.ctx(), "opening", hold.Hold, client.ChangeRequest{Remove: ptr(seats("A-1-20"))})
	h.refusedField(err, "remove.seats[0]")

	var meta client.Meta
	h.ok(h.Release(h.ctx(), "opening", hold.Hold, client.WithMeta(&meta)))
	released := meta.Revision
	h.ok(h.Release(h.ctx(), "opening", hold.Hold, client.WithMeta(&meta)))
	if meta.Status != http.StatusNoContent || meta.Revision != released {
		t.Fatalf("released again: %+v, first at revision %d", meta, released)
	}
	_, err = h.GetHold(h.ctx(), "opening", hold.Hold)
	h.refused(err, client.CodeHoldReleased)
	_, err = h.Confirm(h.ctx(), "opening", client.ConfirmRequest{Hold: hold.Hold})
	h.refused(err, client.CodeHoldReleased)
	_, err = h.GetHold(h.ctx(), "opening", "no-such-hold")
	h.refused(err, client.CodeUnknownHold)
	_, err = h.GetHold(h.ctx(), "opening", strings.Repeat("0", 26))
	h.refused(err, client.CodeUnknownHold)
	_, err = h.GetHold(h.ctx(), "nowhere", hold.Hold)
	h.refused(err, client.CodeUnknownEvent)
}

func refuseBadHolds(t *testing.T, h *house) {
	hold, err := h.Hold(h.ctx(), "opening", client.HoldRequest{Selection: seats("A-1-20")})
	h.ok(err)
	whole, err := msgpack.Marshal(map[string]any{"seats": []string{"A-1-5"}})
	h.ok(err)
	before := h.revision("opening")
	holds := "/v1/events/opening/holds"
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		code, field        string
	}{
		"a seat named twice":     {body: `{"seats":["A-1-5","A-1-5"]}`, code: codeInvalid, field: "seats[1]"},
		"unknown field":          {body: `{"seats":["A-1-5"],"byer":"b"}`, code: codeInvalid, field: "byer"},
		"truncated msgpack":      {body: string(whole[:len(whole)-1]), headers: []string{asMsgpack}, code: codeMalformed},
		"65 KiB":                 {body: `{"buyer":"` + strings.Repeat(" ", 65<<10) + `"}`, code: codeTooLarge},
		"a form":                 {body: `seats=A-1-5`, headers: []string{"Content-Type: application/x-www-form-urlencoded"}, code: codeUnsupportedMedia},
		"gzip'd":                 {body: `{"seats":["A-1-5"]}`, headers: []string{asJSON, "Content-Encoding: gzip"}, code: codeUnsupportedMedia},
		"wants HTML":             {body: `{"seats":["A-1-5"]}`, headers: []string{asJSON, "Accept: text/html"}, code: codeNotAcceptable},
		"nothing":                {body: ``, code: codeMalformed},
		"a long key":             {body: `{"seats":["A-1-5"]}`, headers: []string{asJSON, "Idempotency-Key: " + strings.Repeat("k", 65)}, code: codeInvalid, field: "Idempotency-Key"},
		"a key that is no ASCII": {body: `{"seats":["A-1-5"]}`, headers: []string{asJSON, "Idempotency-Key: schlüssel"}, code: codeInvalid, field: "Idempotency-Key"},
		"two keys":               {body: `{"seats":["A-1-5"]}`, headers: []string{asJSON, "Idempotency-Key: a", "Idempotency-Key: b"}, code: codeInvalid, field: "Idempotency-Key"},
		"negative TTL":           {path: holds + "/" + hold.Hold + "/extend", body: `{"ttl_seconds":-5}`, code: codeInvalid, field: "ttl_seconds"},
		"no TTL":                 {path: holds + "/" + hold.Hold + "/extend", body: `{}`, code: codeInvalid, field: "ttl_seconds"},
		"empty change":           {method: "PATCH", path: holds + "/" + hold.Hold, body: `{}`, code: codeInvalid, field: "add"},
		"change of other things": {method: "PATCH", path: holds + "/" + hold.Hold, body: `{"add":{"rows":["1"]}}`, code: codeInvalid, field: "add.rows"},
		"a parameter":            {path: holds + "?dry_run=1", body: `{"seats":["A-1-5"]}`, code: codeInvalid, field: "dry_run"},
		"unknown path":           {path: "/v1/events/opening/hold", body: `{}`, code: codeNotFound},
		"another method":         {method: "PUT", body: `{}`, code: codeMethodNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			if c.method == "" {
				c.method = "POST"
			}
			if c.path == "" {
				c.path = holds
			}
			if c.headers == nil {
				c.headers = []string{asJSON}
			}
			r := h.raw(c.method, c.path, c.body, c.headers...)
			p := r.problem(t)
			if p.Code != c.code || p.Status != r.status || fieldsOf(p) != c.field {
				t.Fatalf("got %d %s at %q: %s", r.status, p.Code, fieldsOf(p), r.body)
			}
			if c.code == codeMethodNotAllowed && r.header.Get("Allow") != "POST" {
				t.Fatalf("Allow: %q", r.header.Get("Allow"))
			}
		})
	}
	if after := h.revision("opening"); after != before {
		t.Errorf("revision %d became %d", before, after)
	}
}

func TestMsgpackIsReadAndAnsweredAsJSONIs(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	body, err := msgpack.Marshal(map[string]any{"buyer": "b", "seats": []string{"A-1-1"}, "areas": []any{map[string]any{"area": "Floor", "quantity": 2}}})
	h.ok(err)
	made := h.raw("POST", "/v1/events/opening/holds", string(body), asMsgpack, inMsgpack)
	if made.status != http.StatusCreated || made.header.Get("Content-Type") != mediaMsgpack {
		t.Fatalf("%d %s", made.status, made.body)
	}
	hold := valueOfMsgpack(t, made.body).(map[string]any)["hold"].(string)
	event := "/v1/events/opening"
	for _, path := range []string{
		event + "/holds/" + hold, event, event + "/seats", event + "/availability", event + "/seats/A-1-1", event + "/seats/T1",
		"/v1/events", "/v1/charts", "/v1/charts/arena", "/v1/cluster", "/healthz", "/readyz?verbose",
	} {
		h.cluster.Wait(path+" to be the same in both formats", func() (bool, string) {
			// The cluster's log indexes and the view may move between the two requests.
			j := h.raw("GET", path, "")
			m := h.raw("GET", path, "", inMsgpack)
			if m.header.Get("Content-Type") != mediaMsgpack {
				t.Fatalf("%s: %s", path, m.header.Get("Content-Type"))
			}
			diff := cmp.Diff(valueOfJSON(t, j.body), valueOfMsgpack(t, m.body))
			return diff == "", diff
		})
	}
}

func TestASeatLabelMayHoldASlash(t *testing.T) {
	h := newHouse(t, 1)
	_, err := h.PutChart(h.ctx(), "odd", client.Drawing(strings.Replace(arena, `"key": "2", "x": 15`, `"key": "2/b é", "x": 15`, 1)))
	h.ok(err)
	_, err = h.PutEvent(h.ctx(), "odd", client.Settings{Chart: "odd", Currency: "CHF", State: "on_sale"})
	h.ok(err)
	seat, err := h.Seat(h.ctx(), "odd", "A-2-2/b é", client.Strong())
	h.ok(err)
	if seat.Seat != "A-2-2/b é" || seat.State != "free" || seat.Price != 0 {
		t.Fatalf("got %+v", seat)
	}
}
