package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answered is one answer of a node that follows a script.
type answered struct {
	status int
	header map[string]string
	body   string
}

// node plays its script, one answer per request, the last one for ever; it notes what it was asked.
type node struct {
	*httptest.Server
	mu     sync.Mutex
	script []answered
	keys   []string
	bodies []string
}

func newNode(t *testing.T, script ...answered) *node {
	t.Helper()
	n := &node{script: script}
	n.Server = httptest.NewServer(n)
	t.Cleanup(n.Close)
	return n
}

func (n *node) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	n.mu.Lock()
	n.keys = append(n.keys, r.Header.Get("Idempotency-Key"))
	n.bodies = append(n.bodies, string(body))
	a := n.script[0]
	if len(n.script) > 1 {
		n.script = n.script[1:]
	}
	n.mu.Unlock()
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	if a.status >= 400 && a.header["Content-Type"] == "" {
		w.Header().Set("Content-Type", "application/problem+json")
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

func (n *node) asked() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.keys)
}

func newClient(t *testing.T, o Options, nodes ...*node) *Client {
	t.Helper()
	for _, n := range nodes {
		o.Endpoints = append(o.Endpoints, n.URL)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func problem(status int, code string) answered {
	return answered{status: status, body: `{"type":"urn:parterre:problem:` + code + `","title":"t","status":1,"detail":"d","code":"` + code + `"}`}
}

var held = answered{status: 201, header: map[string]string{"Parterre-Revision": "7"}, body: `{"hold":"h","revision":7}`}

func hold(c *Client, options ...Option) (*Hold, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return c.Hold(ctx, "e", HoldRequest{Selection: Selection{Seats: []string{"A"}}}, options...)
}

func TestACallGoesOnToTheNextNodeWithTheSameKey(t *testing.T) {
	dead := newNode(t, held)
	dead.Close()
	leaderless, good := newNode(t, problem(503, CodeNoLeader)), newNode(t, held)
	var meta Meta
	got, err := hold(newClient(t, Options{}, dead, leaderless, good), WithMeta(&meta))
	if err != nil || got.Hold != "h" {
		t.Fatal(got, err)
	}
	if meta.Attempts != 3 || meta.Endpoint != good.URL || meta.Revision != 7 || meta.Status != 201 {
		t.Fatalf("%+v", meta)
	}
	if leaderless.keys[0] == "" || leaderless.keys[0] != good.keys[0] || good.keys[0] != meta.Key || leaderless.bodies[0] != good.bodies[0] {
		t.Fatalf("keys %v and %v", leaderless.keys, good.keys)
	}
}

func TestTheNextCallStartsWithTheNodeThatAnswered(t *testing.T) {
	leaderless, good := newNode(t, problem(503, CodeNoLeader)), newNode(t, held)
	c := newClient(t, Options{}, leaderless, good)
	for range 3 {
		if _, err := hold(c); err != nil {
			t.Fatal(err)
		}
	}
	if leaderless.asked() != 1 || good.asked() != 3 {
		t.Fatalf("asked %d and %d times", leaderless.asked(), good.asked())
	}
}

func TestAnOpenOutcomeIsAskedAgainWithTheSameKey(t *testing.T) {
	n := newNode(t, problem(504, CodeOutcomeUnknown), problem(504, CodeOutcomeUnknown), held)
	if _, err := hold(newClient(t, Options{}, n), WithKey("mine")); err != nil {
		t.Fatal(err)
	}
	if strings.Join(n.keys, " ") != "mine mine mine" {
		t.Fatalf("keys %v", n.keys)
	}
}

func TestANodeThatHangsIsLeftForTheNext(t *testing.T) {
	release := make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer hanging.Close()
	defer close(release)
	good := newNode(t, held)
	c := newClient(t, Options{Endpoints: []string{hanging.URL}, AttemptTimeout: 50 * time.Millisecond}, good)
	if _, err := hold(c); err != nil || good.asked() != 1 {
		t.Fatal(err, good.asked())
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	busy := problem(429, CodeOverloaded)
	busy.header = map[string]string{"Retry-After": "1"}
	n := newNode(t, busy, held)
	start := time.Now()
	if _, err := hold(newClient(t, Options{}, n)); err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(start); waited < time.Second {
		t.Fatalf("waited %v", waited)
	}
}

func TestARefusalIsFinal(t *testing.T) {
	n := newNode(t, answered{status: 409, body: `{"status":409,"code":"seat_unavailable","detail":"taken","seats":["A"]}`})
	_, err := hold(newClient(t, Options{}, n))
	var p *Problem
	if !errors.As(err, &p) || p.Code != CodeSeatUnavailable || p.Seats[0] != "A" || n.asked() != 1 {
		t.Fatal(err, n.asked())
	}
	if !strings.Contains(err.Error(), "409 seat_unavailable: taken (A)") {
		t.Fatal(err)
	}
}

func TestACallEndsWithItsContextAndSaysWhatWasLast(t *testing.T) {
	halted := problem(503, CodeHalted)
	halted.header = map[string]string{"Retry-After": "60"}
	c := newClient(t, Options{MaxWait: time.Minute}, newNode(t, halted))
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := c.Event(ctx, "e")
	if CodeOf(err) != CodeHalted || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

func TestACallEndsAfterItsAttempts(t *testing.T) {
	n := newNode(t, problem(503, CodeNoLeader))
	_, err := hold(newClient(t, Options{Attempts: 3}, n))
	if CodeOf(err) != CodeNoLeader || n.asked() != 3 {
		t.Fatal(err, n.asked())
	}
}

func TestAnAnswerOfAProxyIsAProblemWithoutCode(t *testing.T) {
	n := newNode(t, answered{status: 403, header: map[string]string{"Content-Type": "text/html"}, body: "<h1>No</h1>"})
	_, err := hold(newClient(t, Options{}, n))
	var p *Problem
	if !errors.As(err, &p) || p.Status != 403 || p.Code != "" || p.Detail != "<h1>No</h1>" {
		t.Fatal(err)
	}
}

func TestAPinnedClientAsksOneNodeOnly(t *testing.T) {
	first, second := newNode(t, held), newNode(t, problem(503, CodeNoLeader))
	c := newClient(t, Options{Attempts: 2}, first, second)
	if _, err := hold(c.At(1)); CodeOf(err) != CodeNoLeader {
		t.Fatal(err)
	}
	if _, err := hold(c.From(1)); err != nil {
		t.Fatal(err)
	}
	if first.asked() != 1 || second.asked() != 3 {
		t.Fatalf("asked %d and %d times", first.asked(), second.asked())
	}
}

func TestUnreadyIsAnAnswer(t *testing.T) {
	n := newNode(t, answered{status: 503, header: map[string]string{"Content-Type": "application/json"}, body: `{"status":"unready","checks":[{"check":"leaders","ok":false}]}`})
	got, err := newClient(t, Options{}, n).Ready(context.Background())
	if err != nil || got.Status != "unready" || len(got.Checks) != 1 || n.asked() != 1 {
		t.Fatal(got, err)
	}
}

func TestEndpointsAreChecked(t *testing.T) {
	if _, err := New(Options{}); !errors.Is(err, ErrNoEndpoint) {
		t.Fatal(err)
	}
	for _, bad := range []string{"http://", "http://a b", "://x"} {
		if _, err := New(Options{Endpoints: []string{bad}}); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	c, err := New(Options{Endpoints: []string{"127.0.0.1:8080", "https://host/"}})
	if err != nil || strings.Join(c.Endpoints(), " ") != "http://127.0.0.1:8080 https://host" {
		t.Fatal(c, err)
	}
}
