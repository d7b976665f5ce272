package many_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/many"
	"github.com/parterre/parterre/cluster/clustertest"
	"github.com/parterre/parterre/httpapi"
	"github.com/parterre/parterre/httpapi/client"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is a cluster with a hall to sell. Tests are the one place where this package meets the server's.
type house struct {
	cluster *clustertest.Cluster
	hosts   []string
	api     *client.Client
	leave   []chan struct{}
	next    atomic.Int64
	seats   int
}

const hall = "hall:1"

func newHouse(t *testing.T, nodes, seats int) *house {
	t.Helper()
	h := &house{cluster: clustertest.Start(t, nodes), seats: seats}
	var urls []string
	for i := range nodes {
		leave := make(chan struct{})
		server := httptest.NewUnstartedServer(nil)
		server.Config = httpapi.NewServer(httpapi.New(httpapi.Options{
			Node: h.cluster.Node(i), Logger: slog.New(slog.DiscardHandler), Draining: leave,
		}))
		server.Start()
		t.Cleanup(server.Close)
		h.leave, urls = append(h.leave, leave), append(urls, server.URL)
		h.hosts = append(h.hosts, strings.TrimPrefix(server.URL, "http://"))
	}
	h.cluster.MakeEvent(hall, seats)
	api, err := client.New(client.Options{Endpoints: urls})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	h.api = api
	return h
}

// party is the next two seats, as long as there are any.
func (h *house) party(o *many.Order) bool {
	n := h.next.Add(2)
	if int(n) > h.seats {
		return false
	}
	o.Event, o.Number = hall, n
	o.Seats = append(o.Seats[:0], clustertest.Seat(int(n)-2), clustertest.Seat(int(n)-1))
	return true
}

// sold requires that the hall is sold out, in orders of two.
func (h *house) sold(t *testing.T, r *many.Result, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	a, err := h.api.Availability(ctx, hall, client.Strong())
	if err != nil {
		t.Fatal(err)
	}
	if a.Total.Sold != int64(h.seats) || r.Orders != int64(h.seats/2) || r.Tickets != int64(h.seats) {
		t.Fatalf("%+v of %d seats; %d orders, %d tickets", a.Total, h.seats, r.Orders, r.Tickets)
	}
	if r.Hold.TotalCount() != r.Orders || r.Confirm.TotalCount() != r.Orders || r.OrdersPerSecond() <= 0 {
		t.Fatalf("%d holds and %d confirmations were timed", r.Hold.TotalCount(), r.Confirm.TotalCount())
	}
}

func (h *house) work() many.Work {
	return many.Work{Endpoints: h.hosts, Connections: 3, Duration: 20 * time.Second, Next: h.party}
}

func TestEverythingIsSoldOnce(t *testing.T) {
	for name, change := range map[string]func(*many.Work){
		"batches":            func(w *many.Work) { w.Batch = 16 },
		"batches of one":     func(w *many.Work) { w.Batch = 1 },
		"streams":            func(w *many.Work) { w.Outstanding = 100 },
		"streams in msgpack": func(w *many.Work) { w.Outstanding, w.Msgpack = 100, true },
		"streams of one":     func(w *many.Work) { w.Outstanding = 3 },
		"without keys":       func(w *many.Work) { w.Outstanding, w.Keyless = 50, true },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, 1, 600)
			w := h.work()
			change(&w)
			r, err := many.Run(t.Context(), w)
			h.sold(t, r, err)
			if w.Outstanding > 3 && r.Reads >= r.Orders {
				t.Errorf("%d reads for %d orders: answers do not come together", r.Reads, r.Orders)
			}
		})
	}
}

func TestBestAvailableIsAskedForWithoutSeats(t *testing.T) {
	h := newHouse(t, 1, 60)
	w := h.work()
	w.Outstanding = 4
	w.Connections = 1
	left := 30
	w.Next = func(o *many.Order) bool {
		left--
		o.Event, o.Quantity = hall, 2
		return left >= 0
	}
	decided := 0
	w.Decided = func(o *many.Order, step many.Step, status int, body []byte) {
		if decided++; status != 201 || o.Quantity != 2 || !strings.Contains(string(body), `"places":[{"seat":"S-`) {
			t.Errorf("step %d: %d %s", step, status, body)
		}
	}
	r, err := many.Run(t.Context(), w)
	h.sold(t, r, err)
	if decided != 60 {
		t.Errorf("%d steps were decided", decided)
	}
}

func TestSeatsThatAreTakenAreRefused(t *testing.T) {
	h := newHouse(t, 1, 20)
	w := h.work()
	w.Outstanding, w.Connections = 8, 2
	var asked atomic.Int64
	w.Next = func(o *many.Order) bool {
		o.Event, o.Seats = hall, []string{clustertest.Seat(0)}
		return asked.Add(1) <= 30
	}
	r, err := many.Run(t.Context(), w)
	if err != nil || r.Orders != 1 || r.Refused != 29 {
		t.Fatalf("%+v %v", r, err)
	}
}

// TestARunSurvivesItsNodes: a leader dies and another node drains while orders are under way; all are finished, once.
func TestARunSurvivesItsNodes(t *testing.T) {
	for name, change := range map[string]func(*many.Work){
		"batches": func(w *many.Work) { w.Batch = 8 },
		"streams": func(w *many.Work) { w.Outstanding = 24 },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, 3, 6_000)
			leader := h.cluster.Leader(hall)
			w := h.work()
			change(&w)
			w.Decided = func(o *many.Order, step many.Step, _ int, _ []byte) {
				switch {
				case step == many.Confirm && o.Number == 1_000:
					go h.cluster.Kill(leader)
				case step == many.Confirm && o.Number == 3_000:
					close(h.leave[h.cluster.Other(leader)])
				}
			}
			r, err := many.Run(t.Context(), w)
			h.sold(t, r, err)
			if r.Retried == 0 {
				t.Error("nothing was asked again")
			}
		})
	}
}

func TestAHistoryHoldsEveryOperation(t *testing.T) {
	for name, change := range map[string]func(*many.Work){
		"batches": func(w *many.Work) { w.Batch = 8 },
		"streams": func(w *many.Work) { w.Outstanding = 24 },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, 1, 300)
			run := history.New()
			chart := &history.Chart{Name: "hall"}
			for i := range h.seats {
				chart.Seats = append(chart.Seats, clustertest.Seat(i))
			}
			run.AddEvent(hall, run.AddChart(chart))
			w := h.work()
			change(&w)
			w.History = run
			r, err := many.Run(t.Context(), w)
			h.sold(t, r, err)
			seen := map[string]int{}
			err = run.Each(func(o *history.Op) bool {
				seen[fmt.Sprint(o.Kind, " ", o.Outcome, " of ", len(o.Asked), ", got ", len(o.Given))]++
				if o.ID.IsZero() || o.Returned < o.Called || o.Revision == 0 {
					t.Errorf("%+v", o)
				}
				return true
			})
			if err != nil || seen["hold done of 2, got 2"] != 150 || seen["confirm done of 0, got 2"] != 150 || run.Len() != 300 {
				t.Fatalf("%v %v", seen, err)
			}
		})
	}
}

func TestWorkThatMakesNoSenseIsRefused(t *testing.T) {
	good := many.Work{Endpoints: []string{"x"}, Connections: 2, Next: func(*many.Order) bool { return false }}
	for name, change := range map[string]func(*many.Work){
		"neither":         func(*many.Work) {},
		"both":            func(w *many.Work) { w.Batch, w.Outstanding = 1, 2 },
		"a large batch":   func(w *many.Work) { w.Batch = 1_001 },
		"too few for all": func(w *many.Work) { w.Outstanding = 1 },
		"nobody":          func(w *many.Work) { w.Batch, w.Next = 1, nil },
		"no node":         func(w *many.Work) { w.Batch, w.Endpoints = 1, nil },
	} {
		w := good
		change(&w)
		if _, err := many.Run(t.Context(), w); !errors.Is(err, many.ErrWork) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
