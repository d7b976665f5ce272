package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/parterre/parterre/cluster/clustertest"
	"github.com/parterre/parterre/httpapi/client"
)

// arena is a small venue with everything that a chart can have.
const arena = `{"name": "Arena", "focal_point": {"x": 0, "y": 0},
 "categories": [{"key": "1", "name": "Front", "color": "#c0392b"}, {"key": "2", "name": "Standing"}],
 "sections": [{"key": "A", "name": "Block A", "category": "1",
   "rows": [{"key": "1", "seats": {"count": 20, "first": 1, "x": 10, "y": 30, "dx": 5, "dy": 0}},
            {"key": "2", "seats": [{"key": "1", "x": 10, "y": 40, "accessible": true}, {"key": "2", "x": 15, "y": 40}]}]}],
 "areas": [{"key": "Floor", "name": "Standing", "category": "2", "capacity": 100}],
 "tables": [{"key": "T1", "category": "1", "seats": 8, "book": "whole", "x": 0, "y": 0}]}`

const arenaSeats, arenaPlaces = 22, 22 + 1 + 100

// house is a cluster with an HTTP server in front of every node, and a client whose every request and answer is held
// against the contract.
type house struct {
	t       *testing.T
	cluster *clustertest.Cluster
	urls    []string
	http    *http.Client
	*client.Client
}

func newHouse(t *testing.T, nodes int, change ...func(*Options)) *house {
	t.Helper()
	h := &house{t: t, cluster: clustertest.Start(t, nodes)}
	for i := range nodes {
		o := Options{
			Node: h.cluster.Node(i), NodeName: h.cluster.Name(i), Version: "test",
			Logger: slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelDebug})),
		}
		for _, c := range change {
			c(&o)
		}
		server := serve(t, New(o))
		h.urls = append(h.urls, server.URL)
	}
	h.http, h.Client = newTestClient(t, h.urls)
	return h
}

// serve is the server that a node has.
func serve(t *testing.T, handler http.Handler) *httptest.Server {
	server := httptest.NewUnstartedServer(nil)
	server.Config = NewServer(handler)
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func newTestClient(t *testing.T, urls []string) (*http.Client, *client.Client) {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	checked := &http.Client{Transport: &contractChecker{t: t, next: transport}}
	c, err := client.New(client.Options{Endpoints: urls, HTTP: checked, Attempts: 1})
	if err != nil {
		t.Fatal(err)
	}
	return checked, c
}

// opening puts the arena and an event of it on sale.
func (h *house) opening(event string, change ...func(*client.Settings)) {
	h.t.Helper()
	_, err := h.PutChart(h.ctx(), "arena", client.Drawing(arena))
	h.ok(err)
	s := client.Settings{Chart: "arena", Currency: "CHF", Prices: map[string]int64{"1": 12000, "2": 6500}, State: "on_sale"}
	for _, c := range change {
		c(&s)
	}
	_, err = h.PutEvent(h.ctx(), event, s)
	h.ok(err)
}

func (h *house) ctx() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	h.t.Cleanup(cancel)
	return ctx
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// refused requires a problem of that code and returns it.
func (h *house) refused(err error, code string) *client.Problem {
	h.t.Helper()
	if client.CodeOf(err) != code {
		h.t.Fatalf("got %v, want %s", err, code)
	}
	p := err.(*client.Problem)
	if want := kinds[code].status; p.Status != want {
		h.t.Fatalf("%s has status %d, want %d", code, p.Status, want)
	}
	return p
}

// refusedField requires an invalid body with that field among its errors.
func (h *house) refusedField(err error, field string) {
	h.t.Helper()
	p := h.refused(err, client.CodeInvalid)
	for _, e := range p.Errors {
		if e.Field == field && e.Reason != "" {
			return
		}
	}
	h.t.Fatalf("got %+v, want an error at %s", p.Errors, field)
}

// revision is the event's revision, decided.
func (h *house) revision(event string) uint64 {
	h.t.Helper()
	e, err := h.Event(h.ctx(), event, client.Strong())
	h.ok(err)
	return e.Revision
}

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// problem reads the reply as one.
func (r *reply) problem(t *testing.T) *client.Problem {
	t.Helper()
	p := &client.Problem{}
	if err := json.Unmarshal(r.body, p); err != nil || r.header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("no problem: %d %s %q", r.status, r.header.Get("Content-Type"), r.body)
	}
	return p
}

// raw sends a request as given to the first node; headers are "Name: value".
func (h *house) raw(method, path, body string, headers ...string) *reply {
	h.t.Helper()
	return h.rawBody(method, path, strings.NewReader(body), headers...)
}

func (h *house) rawBody(method, path string, body io.Reader, headers ...string) *reply {
	h.t.Helper()
	if r, ok := body.(*strings.Reader); ok && r.Len() == 0 {
		body = nil
	}
	r, err := http.NewRequestWithContext(h.ctx(), method, h.urls[0]+path, body)
	h.ok(err)
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Add(name, value)
	}
	answer, err := h.http.Do(r)
	h.ok(err)
	defer func() { _ = answer.Body.Close() }()
	read, err := io.ReadAll(answer.Body)
	h.ok(err)
	return &reply{status: answer.StatusCode, header: answer.Header, body: bytes.TrimSpace(read)}
}

const (
	asJSON    = "Content-Type: application/json"
	asMsgpack = "Content-Type: application/msgpack"
	inMsgpack = "Accept: application/msgpack"
)

func seats(labels ...string) client.Selection { return client.Selection{Seats: labels} }

func ptr[T any](v T) *T { return &v }
