package httpapi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/httpapi/client"
)

// faulty is a node whose submit road and transfers are the test's.
type faulty struct {
	Cluster
	submit   func(ctx context.Context, c *command.Command) (*command.Result, error)
	transfer error
}

func (f *faulty) Transfer(context.Context, uint32, string) error { return f.transfer }

func (f *faulty) Submit(ctx context.Context, c *command.Command) (*command.Result, error) {
	return f.submit(ctx, c)
}

// SubmitMany has each command decided by submit, in order.
func (f *faulty) SubmitMany(m *cluster.Many) {
	m.Results, m.Errs = make([]command.Result, len(m.Commands)), make([]error, len(m.Commands))
	for i := range m.Commands {
		result, err := f.submit(context.Background(), &m.Commands[i])
		if m.Errs[i] = err; err == nil {
			m.Results[i] = *result
		}
	}
	m.Done(m)
}

func (f *faulty) Removed() bool { return false }

func (f *faulty) PartitionOf(string) uint32 { return 0 }

// newFaulty serves one faulty node, without a cluster behind it.
func newFaulty(t *testing.T, o Options, submit func(context.Context, *command.Command) (*command.Result, error)) *house {
	t.Helper()
	return newFaultyNode(t, o, &faulty{submit: submit})
}

func newFaultyNode(t *testing.T, o Options, node *faulty) *house {
	t.Helper()
	o.Node, o.Logger = node, slog.New(slog.NewTextHandler(io.Discard, nil))
	server := httptest.NewServer(New(o))
	t.Cleanup(server.Close)
	h := &house{t: t, urls: []string{server.URL}}
	h.http, h.Client = newTestClient(t, h.urls)
	return h
}

func TestFailuresOfTheClusterAreToldApart(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		code  string
		retry bool
	}{
		"no leader":       {cluster.ErrNoLeader, codeNoLeader, true},
		"behind":          {cluster.ErrBehind, codeNoLeader, true},
		"halted":          {cluster.ErrHalted, codeHalted, true},
		"overloaded":      {cluster.ErrOverloaded, codeOverloaded, true},
		"outcome unknown": {cluster.ErrOutcomeUnknown, codeOutcomeUnknown, true},
		"unknown event":   {cluster.ErrUnknownEvent, codeUnknownEvent, false},
		"a mistake":       {errors.New("secret detail"), codeInternal, false},
		"a limit":         {&command.LimitError{Field: "buyer", Reason: "is too long"}, codeInvalid, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newFaulty(t, Options{}, func(context.Context, *command.Command) (*command.Result, error) { return nil, c.err })
			r := h.raw("POST", "/v1/events/e/holds", `{"seats":["A"]}`, asJSON)
			p := r.problem(t)
			if p.Code != c.code || (r.header.Get("Retry-After") != "") != c.retry || strings.Contains(p.Detail, "secret") {
				t.Fatalf("%d %v %+v", r.status, r.header, p)
			}
			if want := kinds[c.code]; r.status != want.status || p.Title != want.title || p.Type != problemType+c.code {
				t.Fatalf("%d %+v", r.status, p)
			}
		})
	}
}

func TestATransferThatCannotBeNowIsWorthAnotherTry(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		code string
	}{
		"another one is under way": {fmt.Errorf("%w: partition 0 is being handed over already", cluster.ErrNoLeader), codeNoLeader},
		"it took too long":         {fmt.Errorf("partition 0 was not handed over: %w", context.DeadlineExceeded), codeNoLeader},
		"no such partition":        {fmt.Errorf("%w: 7 of 3", cluster.ErrUnknownPartition), codeInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			h := newFaultyNode(t, Options{}, &faulty{transfer: c.err})
			r := h.raw("POST", "/v1/cluster/partitions/0/transfer", `{"node":"n2"}`, asJSON)
			if p := r.problem(t); p.Code != c.code || (r.header.Get("Retry-After") != "") != (c.code == codeNoLeader) {
				t.Fatalf("%d %v %+v", r.status, r.header, p)
			}
		})
	}
}

func TestAnOpenOutcomeTellsTheKeyToAskAgainWith(t *testing.T) {
	var keys []seatmap.Key
	h := newFaulty(t, Options{Limits: Limits{RequestTimeout: 20 * time.Millisecond}},
		func(ctx context.Context, c *command.Command) (*command.Result, error) {
			keys = append(keys, c.Request.Key)
			<-ctx.Done()
			return nil, ctx.Err()
		})
	first := h.raw("POST", "/v1/events/e/holds", `{"seats":["A"]}`, asJSON)
	if p := first.problem(t); p.Code != codeOutcomeUnknown {
		t.Fatalf("%+v", p)
	}
	told := first.header.Get(headerKey)
	second := h.raw("POST", "/v1/events/e/holds", `{"seats":["A"]}`, asJSON, headerKey+": "+told)
	if second.header.Get(headerKey) != "" {
		t.Fatal("a caller is told its own key")
	}
	if told == "" || len(keys) != 2 || keys[0] != keys[1] {
		t.Fatalf("told %q; keys %v", told, keys)
	}
	read := h.raw("GET", "/v1/events/e/holds/"+seatmap.ID{}.String(), "")
	if p := read.problem(t); p.Code != codeNoLeader || read.header.Get(headerKey) != "" {
		t.Fatalf("a read: %+v", p)
	}
}

func TestAPanicIsAnAnswerAndNotTheEnd(t *testing.T) {
	panics := true
	h := newFaulty(t, Options{}, func(_ context.Context, c *command.Command) (*command.Result, error) {
		if panics {
			panic("a bug")
		}
		return &command.Result{Answer: seatmap.Answer{ID: c.Request.ID, State: seatmap.HoldHeld, Created: true}}, nil
	})
	r := h.raw("POST", "/v1/events/e/holds", `{"seats":["A"]}`, asJSON)
	if p := r.problem(t); p.Code != codeInternal {
		t.Fatalf("%+v", p)
	}
	panics = false
	if r := h.raw("POST", "/v1/events/e/holds", `{"seats":["A"]}`, asJSON); r.status != http.StatusCreated {
		t.Fatalf("%d %s", r.status, r.body)
	}
}

// TestPromise5_OverloadIsRefusedEarly fills the lane of new demand and then asks for more: that is refused before its
// body is read, what was accepted is served, and who holds or bought something is served as if nothing were.
func TestPromise5_OverloadIsRefusedEarly(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	serve := sync.OnceFunc(func() { close(release) })
	submit := func(_ context.Context, c *command.Command) (*command.Result, error) {
		if c.Request.Op == seatmap.OpHold {
			arrived <- struct{}{}
			<-release
		}
		return &command.Result{Answer: seatmap.Answer{ID: c.Request.ID, State: seatmap.HoldConfirmed, Created: true}}, nil
	}
	h := newFaulty(t, Options{Limits: Limits{ConcurrentRequests: 4}}, submit) // three of them for new demand
	t.Cleanup(serve)                                                          // before the server is closed, which waits for its requests
	accepted := make(chan error, 3)
	for range cap(accepted) {
		go func() {
			_, err := h.Hold(context.Background(), "e", client.HoldRequest{Selection: seats("A")})
			accepted <- err
		}()
	}
	for range cap(accepted) {
		<-arrived
	}

	conn, err := net.Dial("tcp", strings.TrimPrefix(h.urls[0], "http://"))
	h.ok(err)
	defer func() { _ = conn.Close() }()
	h.ok(conn.SetDeadline(time.Now().Add(time.Minute)))
	// The body is announced and never sent: only an answer that does not wait for it can come.
	_, err = io.WriteString(conn, "POST /v1/events/e/holds HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
	h.ok(err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	h.ok(err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	h.ok(err)
	p := (&reply{status: answer.StatusCode, header: answer.Header, body: body}).problem(t)
	if p.Code != codeOverloaded || answer.StatusCode != http.StatusTooManyRequests || answer.Header.Get("Retry-After") != "1" {
		t.Fatalf("%d %v %+v", answer.StatusCode, answer.Header, p)
	}
	_, err = h.Sell(h.ctx(), "e", client.SaleRequest{Selection: seats("A")})
	h.refused(err, client.CodeOverloaded)

	_, err = h.Order(h.ctx(), "e", seatmap.ID{}.String())
	h.ok(err)
	_, err = h.Confirm(h.ctx(), "e", client.ConfirmRequest{Hold: seatmap.ID{}.String()})
	h.ok(err)
	_, err = h.Health(h.ctx())
	h.ok(err)

	serve()
	for range cap(accepted) {
		h.ok(<-accepted)
	}
	go func() { <-arrived }()
	_, err = h.Hold(h.ctx(), "e", client.HoldRequest{Selection: seats("A")})
	h.ok(err)
}

// TestReadsOfExistingCustomersHaveALaneThatNothingElseFills: not readers, nor those who wait in a room.
func TestReadsOfExistingCustomersHaveALaneThatNothingElseFills(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	serve := sync.OnceFunc(func() { close(release) })
	submit := func(_ context.Context, c *command.Command) (*command.Result, error) {
		if !c.Request.Op.ReadOnly() {
			arrived <- struct{}{}
			<-release
		}
		return &command.Result{Answer: seatmap.Answer{ID: c.Request.ID, State: seatmap.HoldConfirmed, Created: true}}, nil
	}
	h := newFaulty(t, Options{Limits: Limits{ConcurrentRequests: 8}}, submit) // one each for existing customers' writes and reads
	t.Cleanup(serve)
	served := make(chan error, 1)
	order := seatmap.ID{}.String()
	go func() {
		_, err := h.Confirm(context.Background(), "e", client.ConfirmRequest{Hold: order})
		served <- err
	}()
	<-arrived
	_, err := h.Confirm(h.ctx(), "e", client.ConfirmRequest{Hold: order})
	h.refused(err, client.CodeOverloaded)
	_, err = h.Order(h.ctx(), "e", order)
	h.ok(err)
	_, err = h.Client.GetHold(h.ctx(), "e", order)
	h.ok(err)
	outcomes, err := h.Batch(h.ctx(), []client.Operation{{Op: "get_order", Event: "e", Body: client.OrderName{Order: order}}})
	h.ok(err)
	if outcomes[0].Status != http.StatusOK {
		t.Fatalf("%+v", outcomes[0])
	}
	serve()
	h.ok(<-served)
}

// TestRefusalsKeepTheirConnections: golang/go#68560 made the server panic on the request after an unread body.
func TestRefusalsKeepTheirConnections(t *testing.T) {
	h := newFaulty(t, Options{Limits: Limits{NewRate: Rate{PerSecond: 1e-6, Burst: 1}}},
		func(_ context.Context, c *command.Command) (*command.Result, error) {
			return &command.Result{Answer: seatmap.Answer{ID: c.Request.ID, State: seatmap.HoldHeld, Created: true}}, nil
		})
	var opened atomic.Int32
	dialer := &net.Dialer{}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		opened.Add(1)
		return dialer.DialContext(ctx, network, address)
	}}
	defer transport.CloseIdleConnections()
	h.http = &http.Client{Transport: transport}
	h.raw("POST", "/v1/events/e/holds", `{"seats":["A"]}`, asJSON)
	for _, size := range []int{1, 1 << 10, 60 << 10, 200 << 10} {
		for range 50 {
			r := h.raw("POST", "/v1/events/e/holds", strings.Repeat(" ", size), asJSON)
			if p := r.problem(t); p.Code != codeRateLimited {
				t.Fatalf("%+v", p)
			}
		}
	}
	if n := opened.Load(); n != 1 {
		t.Fatalf("%d connections for 201 requests in a row", n)
	}
	r := h.raw("POST", "/v1/events/e/holds", "{}", asJSON, "Expect: 100-continue")
	if p := r.problem(t); p.Code != codeRateLimited {
		t.Fatalf("%+v", p)
	}
}

func TestAClientThatAsksTooOftenIsToldWhen(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	o := Options{Limits: Limits{NewRate: Rate{PerSecond: 0.5, Burst: 2}}, Clock: func() time.Time { return now }}
	h := newFaulty(t, o, func(_ context.Context, c *command.Command) (*command.Result, error) {
		return &command.Result{Answer: seatmap.Answer{ID: c.Request.ID, State: seatmap.HoldConfirmed, Created: true}}, nil
	})
	for i := range 2 {
		r := h.raw("POST", "/v1/events/e/sales", `{"seats":["A"]}`, asJSON)
		if want := `"client";r=` + string(appendTicketNumber(nil, uint32(1-i))) + `;t=2`; r.status != http.StatusCreated || r.header.Get("RateLimit") != want {
			t.Fatalf("%d %v, want %s", r.status, r.header, want)
		}
	}
	r := h.raw("POST", "/v1/events/e/sales", `{"seats":["A"]}`, asJSON)
	if p := r.problem(t); p.Code != codeRateLimited || r.header.Get("Retry-After") != "2" || r.header.Get("RateLimit-Policy") != `"client";q=2;w=4` {
		t.Fatalf("%d %v", r.status, r.header)
	}
	if _, err := h.Order(h.ctx(), "e", seatmap.ID{}.String()); err != nil {
		t.Fatalf("reading an order is limited, too: %v", err)
	}
	now = now.Add(2 * time.Second)
	if r := h.raw("POST", "/v1/events/e/sales", `{"seats":["A"]}`, asJSON); r.status != http.StatusCreated {
		t.Fatalf("after the wait: %d %s", r.status, r.body)
	}
}

func TestRatesRememberABoundedNumberOfClients(t *testing.T) {
	rs := newRates(Rate{PerSecond: 1, Burst: 1}, 2*rateShards)
	now := time.Unix(1_800_000_000, 0)
	for i := range uint32(10_000) {
		rs.take(string(appendTicketNumber(nil, i)), now.Add(time.Duration(i)))
	}
	for i := range rs.shards {
		if n := len(rs.shards[i].clients); n > 2 {
			t.Fatalf("shard %d remembers %d clients", i, n)
		}
	}
}

func TestRequestsAreCountedByRoute(t *testing.T) {
	registry := prometheus.NewRegistry()
	h := newFaulty(t, Options{Registerer: registry}, func(context.Context, *command.Command) (*command.Result, error) {
		return nil, cluster.ErrOverloaded
	})
	h.raw("POST", "/v1/events/e/holds", `{"seats":["A"]}`, asJSON)
	h.raw("GET", "/v1/no/such/path", "")
	admin := httptest.NewServer(AdminHandler(&faulty{}, registry))
	defer admin.Close()
	page := func(path string) string {
		r, err := http.Get(admin.URL + path)
		h.ok(err)
		defer func() { _ = r.Body.Close() }()
		body, err := io.ReadAll(r.Body)
		h.ok(err)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d", path, r.StatusCode)
		}
		return string(body)
	}
	metrics := page("/metrics")
	for _, line := range []string{
		`parterre_http_requests_total{method="POST",route="/v1/events/:event/holds",status="429"} 1`,
		`parterre_http_requests_total{method="GET",route="none",status="404"} 1`,
		`parterre_http_request_seconds_count{route="/v1/events/:event/holds"} 1`,
		`parterre_http_in_flight_requests{lane="new"} 0`,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("no line %s in\n%s", line, metrics)
		}
	}
	if got := page("/healthz"); got != `{"status":"ok"}` {
		t.Errorf("healthz: %s", got)
	}
	page("/debug/pprof/")
	http.DefaultClient.CloseIdleConnections()
}
