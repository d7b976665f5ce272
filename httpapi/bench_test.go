package httpapi

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// discard is a ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkHoldRequest is the HTTP side's own share of a hold: everything but net/http and the cluster.
func BenchmarkHoldRequest(b *testing.B) {
	result := &command.Result{Answer: seatmap.Answer{
		State: seatmap.HoldHeld, Created: true, Revision: 42, Buyer: "b-81", Currency: "CHF", Total: 24000, ExpiresAtMillis: 1_800_000_000_000,
		Places: []seatmap.Place{
			{Kind: seatmap.PlaceSeat, Label: "A-1-1", Category: "1", Price: 12000, Quantity: 1},
			{Kind: seatmap.PlaceSeat, Label: "A-1-2", Category: "1", Price: 12000, Quantity: 1},
		},
	}}
	node := &faulty{submit: func(context.Context, *command.Command) (*command.Result, error) { return result, nil }}
	handler := New(Options{Node: node, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	body := `{"buyer": "b-81", "seats": ["A-1-1", "A-1-2"]}`
	target := &url.URL{Path: "/v1/events/opening/holds"}
	header := http.Header{"Content-Type": {mediaJSON}, "Idempotency-Key": {"0123456789"}}
	b.ReportAllocs()
	for b.Loop() {
		handler.ServeHTTP(&discard{header: make(http.Header, 4)}, &http.Request{
			Method: http.MethodPost, URL: target, Header: header, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)),
		})
	}
}
