package load

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// shop answers holds and orders; overload makes every third request a 429.
type shop struct {
	mu       sync.Mutex
	overload bool
	requests int
	orders   map[string]string // key → body
	mixed    bool              // a key came with another body
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.requests++; s.overload && s.requests%3 == 0 {
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	w.WriteHeader(http.StatusCreated)
	if strings.HasSuffix(r.URL.Path, "/holds") {
		fmt.Fprintf(w, `{"hold":"h%d"}`, s.requests)
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if before, used := s.orders[key]; used && before != string(body) {
		s.mixed = true
	}
	s.orders[key] = string(body)
	fmt.Fprint(w, `{"order":"o"}`)
}

func TestEachPartyIsHeldAndConfirmedOnceAlsoWhenRefusedForLoad(t *testing.T) {
	s := &shop{orders: map[string]string{}, overload: true}
	server := httptest.NewServer(s)
	defer server.Close()
	const parties = 40
	var next atomic.Int64
	result, err := Run(context.Background(), Work{
		Endpoints: []string{strings.TrimPrefix(server.URL, "http://")}, Connections: 4, Duration: time.Minute, Timeout: 10 * time.Second,
		Next: func(body []byte) (string, []byte, bool) {
			return "e", append(body, `{"seats":["A-1"]}`...), next.Add(1) <= parties
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if result.Orders != parties || len(s.orders) != parties || s.mixed || result.Retried == 0 {
		t.Errorf("%d orders told, %d keys seen, keys mixed %v, %d asked again", result.Orders, len(s.orders), s.mixed, result.Retried)
	}
	if result.Hold.TotalCount() != parties || result.Confirm.TotalCount() != parties {
		t.Errorf("%d holds and %d confirmations measured, want %d of each", result.Hold.TotalCount(), result.Confirm.TotalCount(), parties)
	}
}

func TestABrokenNodeIsLeftForTheNext(t *testing.T) {
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	s := &shop{orders: map[string]string{}}
	server := httptest.NewServer(s)
	defer server.Close()
	var next atomic.Int64
	result, err := Run(context.Background(), Work{
		Endpoints:   []string{strings.TrimPrefix(dead.URL, "http://"), strings.TrimPrefix(server.URL, "http://")},
		Connections: 1, Duration: time.Minute, Timeout: 10 * time.Second,
		Next: func(body []byte) (string, []byte, bool) { return "e", append(body, `{}`...), next.Add(1) <= 3 },
	})
	if err != nil || result.Orders != 3 {
		t.Errorf("%+v %v", result, err)
	}
}

func TestAPacedOrderThatWaitsForAConnectionWaitsInTheLatencyToo(t *testing.T) {
	const parties, service = 4, 20 * time.Millisecond
	s := &shop{orders: map[string]string{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(service)
		s.ServeHTTP(w, r)
	}))
	defer server.Close()
	var next atomic.Int64
	begin := time.Now()
	result, err := Run(context.Background(), Work{
		Endpoints: []string{strings.TrimPrefix(server.URL, "http://")}, Connections: 1, Duration: time.Minute, Timeout: 10 * time.Second,
		Next: func(body []byte) (string, []byte, bool) { return "e", append(body, `{}`...), next.Add(1) <= parties },
		Pace: func() time.Time { return begin },
	})
	if err != nil || result.Orders != parties {
		t.Fatalf("%+v, %v", result, err)
	}
	// All were due at once, and before the last were a hold and a confirmation of each other.
	if least := (2*(parties-1) + 1) * service; time.Duration(result.Hold.Max())*time.Microsecond < least*9/10 {
		t.Errorf("the last hold took %d µs, want at least %s", result.Hold.Max(), least)
	}
}

func TestAPacedRunEndsWhileItWaits(t *testing.T) {
	result, err := Run(context.Background(), Work{
		Endpoints: []string{"127.0.0.1:1"}, Connections: 2, Duration: 50 * time.Millisecond, Timeout: time.Second,
		Next: func(body []byte) (string, []byte, bool) { return "e", append(body, `{}`...), true },
		Pace: func() time.Time { return time.Now().Add(time.Hour) },
	})
	if err != nil || result.Orders != 0 || result.Hold.TotalCount() != 0 {
		t.Errorf("orders that are not due: %+v, %v", result, err)
	}
}
