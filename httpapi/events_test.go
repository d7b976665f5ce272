package httpapi

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parterre/parterre/httpapi/client"
)

func TestEvents(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	t.Run("an event is made once and then the same", func(t *testing.T) {
		s := client.Settings{Chart: "arena", Currency: "EUR"}
		var meta client.Meta
		receipt, err := h.PutEvent(h.ctx(), "tour:zurich", s, client.WithMeta(&meta))
		h.ok(err)
		if meta.Status != http.StatusCreated || receipt.Revision != meta.Revision || receipt.Event != "tour:zurich" {
			t.Fatalf("got %+v %+v", meta, receipt)
		}
		_, err = h.PutEvent(h.ctx(), "tour:zurich", s, client.WithMeta(&meta))
		h.ok(err)
		if meta.Status != http.StatusOK {
			t.Fatalf("again: %d", meta.Status)
		}
		s.Currency = "USD"
		_, err = h.PutEvent(h.ctx(), "tour:zurich", s)
		h.refused(err, client.CodeEventExists)
		_, err = h.PutEvent(h.ctx(), "lost", client.Settings{Chart: "nowhere", Currency: "EUR"})
		h.refused(err, client.CodeUnknownChart)
	})
	t.Run("what is not said is a default, and nothing is on sale by default", func(t *testing.T) {
		got, err := h.Event(h.ctx(), "tour:zurich")
		h.ok(err)
		want := &client.Event{
			Event: "tour:zurich", Chart: "arena", Currency: "EUR", Prices: map[string]int64{}, State: "draft",
			HoldTTLSeconds: 480, HoldExtensions: 1, MaxPlacesPerHold: 8, Orphans: "avoid",
			Revision: got.Revision, Partition: got.Partition, Leader: "n1",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		_, err = h.Hold(h.ctx(), "tour:zurich", client.HoldRequest{Selection: seats("A-1-1")})
		h.refused(err, client.CodeNotOnSale)
	})
	t.Run("a patch changes what it names and nothing else", func(t *testing.T) {
		before, err := h.Event(h.ctx(), "opening", client.Strong())
		h.ok(err)
		opens := time.Date(2027, 3, 1, 19, 30, 0, 5e6, time.UTC)
		receipt, err := h.PatchEvent(h.ctx(), "opening", client.Settings{Name: ptr("Gala"), SaleClosesAt: &opens, HoldTTLSeconds: ptr(60)})
		h.ok(err)
		after, err := h.Event(h.ctx(), "opening", client.MinRevision(receipt.Revision))
		h.ok(err)
		want := *before
		want.Name, want.SaleClosesAt, want.HoldTTLSeconds, want.Revision = "Gala", &opens, 60, before.Revision+1
		if diff := cmp.Diff(&want, after); diff != "" {
			t.Fatal(diff)
		}
		if r := h.raw("PATCH", "/v1/events/opening", `{"sale_closes_at":null}`, asJSON); r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
		cleared, err := h.Event(h.ctx(), "opening", client.Strong())
		h.ok(err)
		if cleared.SaleClosesAt != nil {
			t.Fatalf("still closes at %v", cleared.SaleClosesAt)
		}
	})
	t.Run("events are listed in pages, by key", func(t *testing.T) {
		var got []string
		for after, more := "", true; more; {
			page, err := h.Events(h.ctx(), client.Page{After: after, Limit: 1})
			h.ok(err)
			for _, e := range page.Events {
				got = append(got, e.Event)
			}
			after, more = page.Next, page.Next != ""
		}
		if diff := cmp.Diff([]string{"opening", "tour:zurich"}, got); diff != "" {
			t.Fatal(diff)
		}
	})
	t.Run("bad settings are refused and change nothing", func(t *testing.T) { refuseBadSettings(t, h) })
}

func refuseBadSettings(t *testing.T, h *house) {
	before := h.revision("opening")
	for body, field := range map[string]string{
		`{"state":"open"}`:                      "state",
		`{"hold_ttl_seconds":-5}`:               "hold_ttl_seconds",
		`{"hold_ttl_seconds":0}`:                "hold_ttl_seconds",
		`{"hold_ttl_seconds":"480"}`:            "hold_ttl_seconds",
		`{"hold_extensions":101}`:               "hold_extensions",
		`{"max_places_per_hold":0}`:             "max_places_per_hold",
		`{"orphans":"never"}`:                   "orphans",
		`{"sale_opens_at":"tomorrow"}`:          "sale_opens_at",
		`{"sale_opens_at":1700000000}`:          "sale_opens_at",
		`{"prices":{"1":-1,"2":1}}`:             "prices.1",
		`{"prices":{"1":1,"1":2,"2":3}}`:        "prices.1",
		`{"prices":{"1":1,"2":2,"3":3}}`:        "prices.3",
		`{"prices":{"1":1}}`:                    "prices.2",
		`{"chart":"other"}`:                     "chart",
		`{"currency":"EUR"}`:                    "currency",
		`{"nome":"Gala"}`:                       "nome",
		`{}`:                                    "state",
		`{"name":"a\u0007"}`:                    "name",
		`{"max_places_per_buyer":null}`:         "max_places_per_buyer",
		`{"hold_ttl_seconds":1,"state":[1,{}]}`: "state",
	} {
		if p := h.raw("PATCH", "/v1/events/opening", body, asJSON).problem(t); p.Code != codeInvalid || fieldsOf(p) != field {
			t.Errorf("%s: %s at %q, want invalid at %q", body, p.Code, fieldsOf(p), field)
		}
	}
	for body, field := range map[string]string{
		`{"currency":"CHF"}`:                                  "chart",
		`{"chart":"arena"}`:                                   "currency",
		`{"chart":"arena","currency":"chf"}`:                  "currency",
		`{"chart":"../x","currency":"CHF"}`:                   "chart",
		`{"chart":"arena","currency":"CHF","prices":{"1":5}}`: "prices.2",
	} {
		if p := h.raw("PUT", "/v1/events/other", body, asJSON).problem(t); p.Code != codeInvalid || fieldsOf(p) != field {
			t.Errorf("%s: %s at %q, want invalid at %q", body, p.Code, fieldsOf(p), field)
		}
	}
	for _, path := range []string{"/v1/events/a%00b", "/v1/events/a:b:c", "/v1/events/%0a", "/v1/events/z%C3%BCrich"} {
		if p := h.raw("GET", path, "").problem(t); p.Code != codeInvalid || fieldsOf(p) != "event" {
			t.Errorf("%s: %s at %q", path, p.Code, fieldsOf(p))
		}
	}
	for query, field := range map[string]string{
		"limit=0": "limit", "limit=1001": "limit", "limit=ten": "limit", "offset=5": "offset", "limit=1&limit=2": "limit",
		"after=%00": "after", "after=" + fmt.Sprintf("%0200d", 1): "after",
	} {
		if p := h.raw("GET", "/v1/events?"+query, "").problem(t); p.Code != codeInvalid || fieldsOf(p) != field {
			t.Errorf("%s: %s at %q", query, p.Code, fieldsOf(p))
		}
	}
	if p := h.raw("GET", "/v1/events?limit=%zz", "").problem(t); p.Code != codeMalformed {
		t.Errorf("broken query: %s", p.Code)
	}
	if after := h.revision("opening"); after != before {
		t.Errorf("revision %d became %d", before, after)
	}
	_, err := h.Event(h.ctx(), "other", client.Strong())
	h.refused(err, client.CodeUnknownEvent)
}
