package httpapi

import (
	"net/http"
	"testing"

	"github.com/parterre/parterre/httpapi/client"
)

func TestHealth(t *testing.T) {
	h := newHouse(t, 3)
	health, err := h.Health(h.ctx())
	h.ok(err)
	if *health != (client.Health{Status: "ok", Node: "n1", Version: "test"}) {
		t.Fatalf("%+v", health)
	}
	ready, err := h.Ready(h.ctx())
	h.ok(err)
	if ready.Status != "ready" || len(ready.Checks) == 0 {
		t.Fatalf("%+v", ready)
	}
	if r := h.raw("GET", "/readyz", ""); r.status != http.StatusOK || string(r.body) != `{"status":"ready"}` {
		t.Fatalf("%d %s", r.status, r.body)
	}
	doc, err := h.OpenAPI(h.ctx())
	h.ok(err)
	if string(doc) != string(openAPI) {
		t.Fatal("another document is served")
	}

	h.cluster.Isolate(0)
	h.cluster.Wait("the node that is cut off to say so", func() (bool, string) {
		r := h.raw("GET", "/readyz?verbose", "")
		return r.status == http.StatusServiceUnavailable && r.header.Get("Retry-After") != "", string(r.body)
	})
	if _, err := h.Health(h.ctx()); err != nil {
		t.Fatalf("a node that is cut off lives: %v", err)
	}
}
