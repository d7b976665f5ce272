package httpapi

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parterre/parterre/cluster/clustertest"
	"github.com/parterre/parterre/httpapi/client"
)

// revolving is a house whose nodes go away and come back at their addresses.
type revolving struct {
	*house
	doors  []atomic.Pointer[http.Handler]
	fronts []*httptest.Server
}

func newRevolving(t *testing.T, nodes int) *revolving {
	t.Helper()
	r := &revolving{house: &house{t: t, cluster: clustertest.Start(t, nodes)}, doors: make([]atomic.Pointer[http.Handler], nodes)}
	for i := range nodes {
		r.fronts = append(r.fronts, serve(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if door := r.doors[i].Load(); door != nil {
				(*door).ServeHTTP(w, q)
				return
			}
			panic(http.ErrAbortHandler) // nobody is there
		})))
		r.urls = append(r.urls, r.fronts[i].URL)
	}
	for i := range nodes {
		r.open(i)
	}
	r.http, _ = newTestClient(t, r.urls)
	var err error
	r.Client, err = client.New(client.Options{Endpoints: r.urls, HTTP: r.http, Attempts: 1_000, MaxWait: 50 * time.Millisecond})
	r.ok(err)
	return r
}

func (r *revolving) open(i int) {
	door := New(Options{Node: r.cluster.Node(i), NodeName: r.cluster.Name(i), PublicURLs: r.urls, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	r.doors[i].Store(&door)
}

// kill takes the event's leader away, as kill -9 does, and brings it back.
func (r *revolving) kill(event string) {
	leader := r.cluster.Leader(event)
	r.doors[leader].Store(nil)
	r.cluster.Kill(leader)
	r.cluster.Restart(leader)
	r.open(leader)
}

// arrival is one visitor as the visitor saw it.
type arrival struct {
	number          uint64
	called, told    time.Time // of the join
	entered, exited time.Time
	session         uint64
}

// TestPromiseNobodyIsPassedThroughTenLeaderKills has visitors arrive, enter and leave while the leader is killed ten times.
// Numbers that a kill skips are nobody's: their calls keep places until they lapse, which must not take long here. Visitors
// who are late for theirs, because an election took longer, are out.
func TestPromiseNobodyIsPassedThroughTenLeaderKills(t *testing.T) {
	const kills, crowd, maxInside = 10, 8, 3
	r := newRevolving(t, 3)
	r.withRoom("opening", func(s *client.RoomSettings) { s.MaxInside, s.EnterWithinSeconds, s.IdleSeconds = maxInside, 2, 600 })
	stop := make(chan struct{})
	var mu sync.Mutex
	var seen []arrival
	var visitors sync.WaitGroup
	for i := range crowd {
		visitors.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				a := r.visit(r.From(i))
				mu.Lock()
				seen = append(seen, a)
				mu.Unlock()
			}
		})
	}
	for k := range kills {
		r.cluster.Wait("visitors between two kills", func() (bool, string) {
			mu.Lock()
			defer mu.Unlock()
			return len(seen) >= crowd*(k+1), ""
		})
		r.kill("opening")
	}
	close(stop)
	visitors.Wait()
	if len(seen) < kills*crowd {
		t.Fatalf("only %d visitors", len(seen))
	}
	nobodyIsPassed(t, seen)
	nobodyIsInTwice(t, seen, maxInside)
}

// visit joins, waits, enters and leaves.
func (r *revolving) visit(c *client.Client) (a arrival) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	a.called = time.Now()
	v, err := c.JoinRoom(ctx, "opening", client.JoinRequest{})
	if err != nil {
		r.t.Error(err)
		return a
	}
	a.told, a.number = time.Now(), v.Number
	token := v.Token
	for v.State != client.VisitorReady && v.State != client.VisitorInside {
		if v.State == client.VisitorLapsed {
			return a
		}
		time.Sleep(5 * time.Millisecond)
		if v, err = c.Visitor(ctx, "opening", token); err != nil {
			r.t.Error(err)
			return a
		}
	}
	in, err := c.EnterRoom(ctx, "opening", token)
	if client.CodeOf(err) == client.CodeCallLapsed {
		return a
	}
	if err != nil {
		r.t.Error(err)
		return a
	}
	a.entered, a.session = time.Now(), in.Session
	again, err := c.EnterRoom(ctx, "opening", token)
	if err != nil || again.Session != in.Session {
		r.t.Errorf("in again: %+v %v, was %+v", again, err, in)
	}
	a.exited = time.Now()
	if err := c.LeaveRoom(ctx, "opening", token); err != nil {
		r.t.Error(err)
	}
	return a
}

// nobodyIsPassed: no number twice, and who was told a number before another asked has the lower one.
func nobodyIsPassed(t *testing.T, seen []arrival) {
	t.Helper()
	slices.SortFunc(seen, func(a, b arrival) int { return a.told.Compare(b.told) })
	numbers := map[uint64]bool{}
	for i, a := range seen {
		if numbers[a.number] {
			t.Errorf("number %d was given twice", a.number)
		}
		numbers[a.number] = true
		for _, b := range seen[i+1:] {
			if a.told.Before(b.called) && a.number >= b.number {
				t.Errorf("who came first has number %d, who came later %d", a.number, b.number)
			}
		}
	}
}

// nobodyIsInTwice: each visit is its own, and at no moment are more inside than may be, as those inside know it.
func nobodyIsInTwice(t *testing.T, seen []arrival, most int) {
	t.Helper()
	sessions := map[uint64]bool{}
	for _, a := range seen {
		if a.session == 0 { // was late
			continue
		}
		if sessions[a.session] {
			t.Errorf("session %d is two visitors'", a.session)
		}
		sessions[a.session] = true
		inside := 0
		for _, b := range seen {
			if b.session != 0 && !b.entered.After(a.entered) && b.exited.After(a.entered) {
				inside++
			}
		}
		if inside > most {
			t.Errorf("%d inside at once", inside)
		}
	}
}
