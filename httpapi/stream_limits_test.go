package httpapi

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster"
)

// keeper is a node that decides nothing until it is told to.
type keeper struct {
	Cluster
	mu   sync.Mutex
	kept []*cluster.Many
	most int // commands that were under way at once
	now  int
	free bool // it decides at once
}

func (k *keeper) PartitionOf(event string) uint32 { return uint32(len(event) % 3) }

func (k *keeper) Removed() bool { return false }

func (k *keeper) SubmitMany(m *cluster.Many) {
	k.mu.Lock()
	k.kept = append(k.kept, m)
	k.now += len(m.Commands)
	k.most = max(k.most, k.now)
	free := k.free
	k.mu.Unlock()
	if free {
		k.decide(nil)
	}
}

// release makes the node decide everything at once: a server is closed when its streams have ended.
func (k *keeper) release() {
	k.mu.Lock()
	k.free = true
	k.mu.Unlock()
	k.decide(nil)
}

// decide ends what is kept, and returns how many commands those were.
func (k *keeper) decide(err error) (commands int) {
	k.mu.Lock()
	kept := k.kept
	k.kept = nil
	for _, m := range kept {
		commands += len(m.Commands)
	}
	k.now -= commands
	k.mu.Unlock()
	for _, m := range kept {
		m.Results, m.Errs = make([]command.Result, len(m.Commands)), make([]error, len(m.Commands))
		for i := range m.Commands {
			m.Errs[i] = err
			m.Results[i].Answer = seatmap.Answer{ID: m.Commands[i].Request.ID, State: seatmap.HoldHeld, Created: true}
		}
		m.Done(m)
	}
	return commands
}

func (k *keeper) underWay() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// kept serves a keeper.
func kept(t *testing.T, limits Limits, change ...func(*Options)) (*keeper, *house, *prometheus.Registry) {
	t.Helper()
	node, registry := &keeper{}, prometheus.NewRegistry()
	o := Options{Node: node, Limits: limits, Registerer: registry, Logger: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&o)
	}
	h := &house{t: t, urls: []string{serve(t, New(o)).URL}}
	t.Cleanup(node.release)
	h.http, h.Client = newTestClient(t, h.urls)
	return node, h, registry
}

const oneSeat = `{"seats":["A-1-1"]}`

// TestAStreamIsReadNoFurtherThanItsLimit: a sender that does not wait is made to wait, whatever it sends.
func TestAStreamIsReadNoFurtherThanItsLimit(t *testing.T) {
	const limit = 50
	node, h, _ := kept(t, Limits{StreamOperations: limit})
	for _, http2 := range []bool{false, true} {
		k := h.stream(0, http2)
		const sent = 4 * limit
		go func() {
			for i := range sent {
				_, _ = io.WriteString(k.send, streamOp(i, "hold", strings.Repeat("e", 1+i%3), oneSeat)+"\n")
			}
			_ = k.send.Close()
		}()
		for answered := 0; answered < sent; {
			eventually(t, "the limit", func() bool { return node.underWay() == limit })
			n := node.decide(nil)
			for range n {
				if o, ok := k.hear(); !ok || o.Status != 201 {
					t.Fatalf("%v %+v", ok, o)
				}
			}
			answered += n
		}
		if _, ok := k.hear(); ok || node.most > limit {
			t.Fatalf("%d operations were under way", node.most)
		}
	}
}

// TestAClientThatDoesNotReadIsMadeToWaitAndThenCut: answers that nobody takes bound what is read; after a time the
// stream is cut, and what is under way is decided all the same.
func TestAClientThatDoesNotReadIsMadeToWaitAndThenCut(t *testing.T) {
	const limit = 1_000
	node, h, registry := kept(t, Limits{StreamOperations: limit, StreamWrite: 300 * time.Millisecond})
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.urls[0], "http://"))
	h.ok(err)
	defer func() { _ = conn.Close() }()
	h.ok(conn.(*net.TCPConn).SetReadBuffer(4 << 10))
	_, err = io.WriteString(conn, "POST /v1/stream HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
	h.ok(err)
	stop := make(chan struct{})
	sending := make(chan int)
	go func() { // until the node cuts the connection
		taken := 0
		line := streamOp(1, "hold", "e", oneSeat) + "\n"
		chunk := fmt.Sprintf("%x\r\n%s\r\n", 100*len(line), strings.Repeat(line, 100))
		for {
			if _, err := io.WriteString(conn, chunk); err != nil {
				sending <- taken
				return
			}
			taken += 100
		}
	}()
	deciding := make(chan struct{})
	go func() {
		defer close(deciding)
		for {
			select {
			case <-stop:
				return
			default:
				node.decide(nil)
				time.Sleep(time.Millisecond)
			}
		}
	}()
	select {
	case <-sending:
	case <-time.After(time.Minute):
		t.Fatal("the client was not cut")
	}
	eventually(t, "everything to be decided", func() bool { return node.underWay() == 0 })
	close(stop)
	<-deciding
	if node.most > limit {
		t.Fatalf("%d operations were under way", node.most)
	}
	eventually(t, "the stream to end", func() bool { return gauge(t, registry, "stream") == 0 })
}

// gauge is the number of requests at work in a lane.
func gauge(t *testing.T, registry *prometheus.Registry, lane string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == "parterre_http_in_flight_requests" && m.GetLabel()[0].GetValue() == lane {
				return m.GetGauge().GetValue()
			}
		}
	}
	t.Fatalf("no lane %s", lane)
	return 0
}

func TestWhatIsUnderWayIsDecidedWhenItsClientIsGone(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		node, h, registry := kept(t, Limits{})
		k := h.stream(0, http2)
		k.say(streamOp(1, "hold", "e", oneSeat), streamOp(2, "hold", "e", oneSeat))
		eventually(t, "two operations", func() bool { return node.underWay() == 2 })
		_ = k.send.CloseWithError(io.ErrClosedPipe)
		_ = k.answer.Body.Close()
		if gauge(t, registry, "stream") != 1 {
			t.Fatal("the stream ended before what is under way")
		}
		node.decide(nil)
		eventually(t, "the stream to end", func() bool { return gauge(t, registry, "stream") == 0 })
	}
}

func TestADrainingNodeAnswersWhatIsUnderWayAndReadsNoMore(t *testing.T) {
	draining := make(chan struct{})
	node, h, _ := kept(t, Limits{StreamOperations: 2}, func(o *Options) { o.Draining = draining })
	k := h.stream(0, false)
	k.say(streamOp(1, "hold", "e", oneSeat), streamOp(2, "hold", "e", oneSeat), streamOp(3, "hold", "e", oneSeat))
	eventually(t, "two operations", func() bool { return node.underWay() == 2 })
	close(draining)
	node.decide(nil)
	for id := range 2 {
		if o, ok := k.hear(); !ok || o.ID != float64(id+1) || o.Status != 201 {
			t.Fatalf("%v %+v", ok, o)
		}
	}
	o, ok := k.hear()
	if !ok || !o.Last {
		t.Fatalf("%+v", o)
	}
	o.problem(t, codeDraining)
	if _, ok := k.hear(); ok || node.underWay() != 0 {
		t.Fatal("the third was taken")
	}
}

func TestAnOutcomeThatIsUnknownTellsTheKeyThatTheNodeMade(t *testing.T) {
	node, h, _ := kept(t, Limits{})
	k := h.stream(0, false)
	k.say(streamOp(1, "hold", "e", oneSeat), streamOp(2, "hold", "e", oneSeat, `"key":"mine"`),
		streamOp(3, "get_hold", "e", `{"hold":"01JD3T5Z8Q6W4X2Y0V9K7M5N3P"}`))
	eventually(t, "three operations", func() bool { return node.underWay() == 3 })
	made := node.kept[0].Commands[0].Request.Key
	node.decide(fmt.Errorf("%w: somewhere", cluster.ErrOutcomeUnknown))
	first, _ := k.hear()
	second, _ := k.hear()
	first.problem(t, codeOutcomeUnknown)
	if digest(first.Key) != made || second.Key != "" || second.Status != 504 {
		t.Fatalf("%+v %+v", first, second)
	}
}

func TestAnIdleStreamIsKeptAliveAndThenEnded(t *testing.T) {
	_, h, _ := kept(t, Limits{StreamKeepAlive: 20 * time.Millisecond, StreamIdle: 400 * time.Millisecond})
	k := h.stream(0, false)
	start := time.Now()
	heard, err := io.ReadAll(k.lines)
	h.ok(err)
	if took := time.Since(start); strings.Trim(string(heard), "\n") != "" || len(heard) < 3 || took < 300*time.Millisecond {
		t.Fatalf("%q after %v", heard, took)
	}
}

func TestStreamsAreBoundedInNumberAndTogether(t *testing.T) {
	node, h, _ := kept(t, Limits{Streams: 2, StreamedOperations: 8})
	k, other := h.stream(0, false), h.stream(0, false)
	if p := h.raw("POST", streamRoute, "\n", asLines).problem(t); p.Code != codeOverloaded {
		t.Fatalf("%+v", p)
	}
	for i := range 6 { // new demand leaves room for others
		k.say(streamOp(i, "hold", "e", oneSeat))
	}
	eventually(t, "six holds", func() bool { return node.underWay() == 6 })
	other.say(streamOp("new", "hold", "e", oneSeat))
	o, _ := other.hear()
	if p := o.problem(t, codeOverloaded); o.ID != "new" || p.RetryAfterSeconds != 1 {
		t.Fatalf("%+v", p)
	}
	confirm := `{"hold":"01JD3T5Z8Q6W4X2Y0V9K7M5N3P"}`
	other.say(streamOp(1, "confirm", "e", confirm), streamOp(2, "confirm", "e", confirm))
	eventually(t, "eight operations", func() bool { return node.underWay() == 8 })
	other.say(streamOp("more", "confirm", "e", confirm))
	if o, _ := other.hear(); o.ID != "more" || o.Status != http.StatusTooManyRequests {
		t.Fatalf("%+v", o)
	}
	node.release()
	for range 6 {
		if o, _ := k.hear(); o.Status != 201 {
			t.Fatalf("%+v", o)
		}
	}
	k.say(streamOp("again", "hold", "e", oneSeat))
	if o, _ := k.hear(); o.ID != "again" || o.Status != 201 {
		t.Fatalf("%+v", o)
	}
}

func TestOperationsOfStreamsAndBatchesCountAgainstRates(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	answer := func(_ context.Context, c *command.Command) (*command.Result, error) {
		return &command.Result{Answer: seatmap.Answer{ID: c.Request.ID, State: seatmap.HoldHeld, Created: true}}, nil
	}
	o := Options{Limits: Limits{NewRate: Rate{PerSecond: 1, Burst: 10}}, Clock: func() time.Time { return now }}
	hold := op("hold", "e", oneSeat)
	h := newFaulty(t, o, answer)
	h.batch(slicesOf(hold, 14)...) // there is room at all; four are owed
	p := h.raw("POST", batchRoute, `{"operations":[`+hold+`]}`, asJSON).problem(t)
	if p.Code != codeRateLimited {
		t.Fatalf("%+v", p)
	}
	now = now.Add(5 * time.Second) // a token
	got := h.lines(streamOp(1, "hold", "e", oneSeat) + "\n" + streamOp(2, "hold", "e", oneSeat) + "\n")
	if got[0].Status != 201 || got[1].Status != 201 { // of one chunk
		t.Fatalf("%+v", got)
	}
	got = h.lines(streamOp(3, "hold", "e", oneSeat) + "\n" + streamOp(4, "get_hold", "e", `{"hold":"01JD3T5Z8Q6W4X2Y0V9K7M5N3P"}`) + "\n")
	for _, o := range got {
		if o.ID == 3.0 {
			o.problem(t, codeRateLimited)
		} else if o.Status != 200 {
			t.Fatalf("%+v", o)
		}
	}
}

func slicesOf(operation string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = operation
	}
	return all
}

func TestABatchIsRefusedWholeWhenItsLaneIsFull(t *testing.T) {
	node, h, registry := kept(t, Limits{ConcurrentRequests: 4}) // three for new demand
	hold := op("hold", "e", oneSeat)
	answered := make(chan int)
	go func() { answered <- len(h.batch(slicesOf(hold, 20)...)) }() // larger than the lane, but the lane was empty
	eventually(t, "the first batch", func() bool { return node.underWay() == 20 })
	p := h.raw("POST", batchRoute, `{"operations":[`+hold+`]}`, asJSON).problem(t)
	if p.Code != codeOverloaded || node.underWay() != 20 {
		t.Fatalf("%+v", p)
	}
	if got := gauge(t, registry, "new"); got != 20 {
		t.Fatalf("%v in flight", got)
	}
	node.decide(nil)
	if n := <-answered; n != 20 {
		t.Fatal(n)
	}
	eventually(t, "the lane to be empty", func() bool { return gauge(t, registry, "new") == 0 })
}

func TestOperationsAreCountedByRouteOpAndStatus(t *testing.T) {
	registry := prometheus.NewRegistry()
	h := newFaulty(t, Options{Registerer: registry}, func(_ context.Context, c *command.Command) (*command.Result, error) {
		if c.Event == "full" {
			return nil, cluster.ErrOverloaded
		}
		state := seatmap.HoldHeld
		if c.Request.Op == seatmap.OpSale {
			state = seatmap.HoldConfirmed
		}
		return &command.Result{Answer: seatmap.Answer{ID: c.Request.ID, State: state, Created: true}}, nil
	})
	h.batch(op("hold", "e", oneSeat), op("hold", "full", oneSeat), op("sale", "e", oneSeat), `{}`)
	h.lines(streamOp(1, "hold", "e", oneSeat), streamOp(2, "hold", "e", oneSeat), streamOp(3, "hold", "e", `{}`)+"\n")
	want := map[string]float64{
		"/v1/batch 200": 1, "/v1/batch hold 201": 1, "/v1/batch hold 429": 1, "/v1/batch sale 201": 1, "/v1/batch unknown 422": 1,
		"/v1/stream 200": 1, "/v1/stream hold 201": 2, "/v1/stream hold 422": 1,
	}
	got := map[string]float64{}
	eventually(t, "the stream to be counted", func() bool { got = requests(t, registry); return got["/v1/stream 200"] == 1 })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// requests are the requests that were counted, by route and status.
func requests(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		if f.GetName() != "parterre_http_requests_total" {
			continue
		}
		for _, m := range f.GetMetric() {
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			got[labels["route"]+" "+labels["status"]] = m.GetCounter().GetValue()
		}
	}
	return got
}
