package httpapi

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

func TestServerSpeaksBothVersionsAndBoundsHeaders(t *testing.T) {
	node := &faulty{submit: func(_ context.Context, c *command.Command) (*command.Result, error) {
		return &command.Result{Answer: seatmap.Answer{ID: c.Request.ID, State: seatmap.HoldHeld, Created: true}}, nil
	}}
	server := httptest.NewUnstartedServer(nil)
	server.Config = NewServer(New(Options{Node: node, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}))
	server.Start()
	defer server.Close()
	for major, http2 := range map[int]bool{1: false, 2: true} {
		transport := &http.Transport{Protocols: new(http.Protocols)}
		transport.Protocols.SetHTTP1(!http2)
		transport.Protocols.SetUnencryptedHTTP2(http2)
		hold := func(header string) *http.Response {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/v1/events/e/holds", strings.NewReader(`{"seats":["A"]}`))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-Long", header)
			answer, err := transport.RoundTrip(r)
			if err != nil {
				t.Fatalf("HTTP/%d: %v", major, err)
			}
			_ = answer.Body.Close()
			return answer
		}
		if r := hold("short"); r.StatusCode != http.StatusCreated || r.ProtoMajor != major {
			t.Errorf("HTTP/%d: %s %d", major, r.Proto, r.StatusCode)
		}
		if http2 {
			transport.CloseIdleConnections()
			continue // Go's own client sends no larger header than the server allows
		}
		if r := hold(strings.Repeat("x", 2*maxHeaderBytes)); r.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("HTTP/%d: a header of 64 KiB: %d", major, r.StatusCode)
		}
		transport.CloseIdleConnections()
	}
}
