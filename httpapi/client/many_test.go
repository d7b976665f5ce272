package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func operations(n int) (all []Operation) {
	for i := range n {
		all = append(all, Operation{Op: OpHold, Event: "e", Body: HoldRequest{Selection: Selection{Seats: []string{fmt.Sprint(i)}}}})
	}
	return all
}

func TestABatchAsksAgainOnlyForWhatWasRefusedForTheMoment(t *testing.T) {
	busy := `{"status":429,"body":{"code":"overloaded","status":429}}`
	done := `{"status":201,"revision":7,"body":{"hold":"h","revision":7}}`
	taken := `{"status":409,"body":{"code":"seat_unavailable","status":409}}`
	n := newNode(t,
		answered{status: 200, body: `{"results":[` + strings.Join([]string{busy, done, taken, busy}, ",") + `]}`},
		answered{status: 200, body: `{"results":[` + strings.Join([]string{taken, done}, ",") + `]}`})
	got, err := newClient(t, Options{}, n).Batch(context.Background(), operations(4))
	if err != nil {
		t.Fatal(err)
	}
	var statuses []int
	for i := range got {
		statuses = append(statuses, got[i].Status)
	}
	if !slices.Equal(statuses, []int{409, 201, 409, 201}) || got[1].Revision != 7 {
		t.Fatalf("%+v", got)
	}
	if CodeOf(got[0].Err()) != CodeSeatUnavailable || got[3].Err() != nil {
		t.Fatal(got[0].Err(), got[3].Err())
	}
	if h, err := got[3].Hold(); err != nil || h.Hold != "h" {
		t.Fatal(h, err)
	}
	var first, second struct{ Operations []Operation }
	for i, into := range []any{&first, &second} {
		if err := json.Unmarshal([]byte(n.bodies[i]), into); err != nil {
			t.Fatal(err)
		}
	}
	if len(second.Operations) != 2 || second.Operations[0].Key != first.Operations[0].Key || second.Operations[1].Key != first.Operations[3].Key {
		t.Fatalf("%+v\n%+v", first, second)
	}
	if got[0].Key != first.Operations[0].Key || first.Operations[1].Key == "" {
		t.Fatalf("%+v", first)
	}
}

// heard is an operation as a node hears it.
type heard struct {
	ID  uint64 `json:"id"`
	Op  string `json:"op"`
	Key string `json:"key"`
}

// talker is a node that speaks streams: talk is called for each operation and writes answers; false ends the connection.
type talker struct {
	*httptest.Server
	mu    sync.Mutex
	heard []heard
}

func newTalker(t *testing.T, talk func(w io.Writer, o heard, number int) bool) *talker {
	t.Helper()
	k := &talker{}
	k.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		_ = control.EnableFullDuplex()
		w.WriteHeader(http.StatusOK)
		_ = control.Flush()
		for lines := bufio.NewScanner(r.Body); lines.Scan(); {
			var o heard
			if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
				t.Error(err)
			}
			k.mu.Lock()
			k.heard = append(k.heard, o)
			n := len(k.heard)
			k.mu.Unlock()
			goOn := talk(w, o, n)
			_ = control.Flush()
			if !goOn { // http.ErrAbortHandler would wait for the rest of the body
				if conn, _, err := control.Hijack(); err == nil {
					_ = conn.Close()
				}
				return
			}
		}
	}))
	t.Cleanup(k.Close)
	return k
}

func (k *talker) all() []heard {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.heard)
}

func answer(w io.Writer, o heard, status int, body string) bool {
	_, err := fmt.Fprintf(w, "\n{\"id\":%d,\"status\":%d,\"body\":%s}\n", o.ID, status, body)
	return err == nil
}

func decides(w io.Writer, o heard, _ int) bool {
	return answer(w, o, 201, fmt.Sprintf(`{"hold":"h%d"}`, o.ID))
}

func newStream(t *testing.T, o StreamOptions, talkers ...*talker) *Stream {
	t.Helper()
	options := Options{MaxWait: 10 * time.Millisecond}
	for _, k := range talkers {
		options.Endpoints = append(options.Endpoints, k.URL)
	}
	c, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	s := c.Stream(o)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
		c.Close()
	})
	return s
}

// sendAll sends operations and waits for all answers.
func sendAll(t *testing.T, s *Stream, n int) []Outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	outcomes, all := make([]Outcome, n), sync.WaitGroup{}
	for i, o := range operations(n) {
		all.Add(1)
		err := s.Send(ctx, o, func(o *Outcome, err error) {
			defer all.Done()
			if err != nil {
				t.Error(err)
				return
			}
			outcomes[i] = *o
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	all.Wait()
	return outcomes
}

func TestAStreamTakesEachAnswerToItsOperation(t *testing.T) {
	s := newStream(t, StreamOptions{Outstanding: 7}, newTalker(t, decides))
	for i, o := range sendAll(t, s, 500) {
		if h, err := o.Hold(); err != nil || h.Hold != fmt.Sprint("h", i+1) || o.Key == "" {
			t.Fatalf("%d: %+v %v", i, o, err)
		}
	}
}

func TestAStreamGoesOnWithTheNextNodeUnderTheSameKeys(t *testing.T) {
	dropping := newTalker(t, func(w io.Writer, o heard, number int) bool {
		return number < 30 && (number%3 != 0 || decides(w, o, number)) // it answers every third, and is gone
	})
	good := newTalker(t, decides)
	outcomes := sendAll(t, newStream(t, StreamOptions{}, dropping, good), 60)
	for i, o := range outcomes {
		if o.Status != 201 {
			t.Fatalf("%d: %+v", i, o)
		}
	}
	keys := map[uint64]string{}
	for _, o := range dropping.all() {
		keys[o.ID] = o.Key
	}
	again := 0
	last := uint64(0)
	for _, o := range good.all() {
		if key, twice := keys[o.ID]; twice {
			again++
			if key != o.Key {
				t.Fatalf("operation %d has keys %s and %s", o.ID, key, o.Key)
			}
		}
		if o.ID < last {
			t.Fatalf("operation %d comes after %d", o.ID, last)
		}
		last = o.ID
	}
	if again == 0 || len(good.all())+9 != 60 {
		t.Fatalf("%d of %d were sent again", again, len(good.all()))
	}
}

// net/http does not give a request back whose connection broke before its header came, as long as nobody writes its body.
func TestAStreamGoesOnFromANodeThatDiesBeforeItAnswers(t *testing.T) {
	dying, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer dying.Close()
	go func() {
		for {
			conn, err := dying.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 1)) // the request has begun to arrive
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		}
	}()
	c := newClient(t, Options{Endpoints: []string{dying.Addr().String(), newTalker(t, decides).URL}, AttemptTimeout: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s := c.Stream(StreamOptions{})
	if _, err := s.Do(ctx, operations(1)[0]); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestAStreamThatWaitsForAHeaderCanBeClosed(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // its kernel accepts, and nobody answers
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	s := newClient(t, Options{Endpoints: []string{silent.Addr().String()}, AttemptTimeout: time.Hour}).Stream(StreamOptions{})
	ended := make(chan error, 1)
	if err := s.Send(t.Context(), operations(1)[0], func(_ *Outcome, err error) { ended <- err }); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_ = s.Close(ctx) // it says that ctx ended
	select {
	case err := <-ended:
		if !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("what was under way did not end")
	}
}

func TestAStreamLeavesANodeThatDrains(t *testing.T) {
	leaving := newTalker(t, func(w io.Writer, o heard, number int) bool {
		if number == 1 {
			return decides(w, o, number)
		}
		_, _ = io.WriteString(w, `{"status":503,"last":true,"body":{"code":"draining","status":503}}`+"\n")
		return false
	})
	for i, o := range sendAll(t, newStream(t, StreamOptions{}, leaving, newTalker(t, decides)), 20) {
		if o.Status != 201 {
			t.Fatalf("%d: %+v", i, o)
		}
	}
}

func TestAStreamAsksAgainForWhatWasRefusedForTheMoment(t *testing.T) {
	seen := map[uint64]int{}
	k := newTalker(t, func(w io.Writer, o heard, number int) bool {
		if seen[o.ID]++; seen[o.ID] < 3 {
			return answer(w, o, []int{429, 503}[seen[o.ID]-1], `{"code":"overloaded"}`)
		}
		return decides(w, o, number)
	})
	for i, o := range sendAll(t, newStream(t, StreamOptions{}, k), 5) {
		if o.Status != 201 {
			t.Fatalf("%d: %+v", i, o)
		}
	}
}

func TestAStreamThatIsRefusedFailsAllThatIsUnderWay(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex() // the answer does not wait for the body
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnsupportedMediaType)
		_, _ = io.WriteString(w, `{"code":"unsupported_media_type","status":415}`)
	}))
	defer server.Close()
	s := newClient(t, Options{Endpoints: []string{server.URL}}).Stream(StreamOptions{})
	_, err := s.Do(context.Background(), operations(1)[0])
	if CodeOf(err) != CodeUnsupportedMedia {
		t.Fatal(err)
	}
	if _, err := s.Do(context.Background(), operations(1)[0]); CodeOf(err) != CodeUnsupportedMedia || !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestAStreamThatCannotConnectGivesUp(t *testing.T) {
	n := newNode(t, held)
	n.Close()
	s := newClient(t, Options{Attempts: 3}, n).Stream(StreamOptions{})
	if _, err := s.Do(context.Background(), operations(1)[0]); err == nil {
		t.Fatal("nobody answered")
	}
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestClosingAStreamWaitsForWhatIsUnderWay(t *testing.T) {
	release := make(chan struct{})
	k := newTalker(t, func(w io.Writer, o heard, number int) bool {
		if number == 1 {
			<-release
		}
		return number == 1 && decides(w, o, number) || number > 1 // the others are never answered
	})
	s := newStream(t, StreamOptions{}, k)
	ended := make(chan *Outcome, 1)
	if err := s.Send(context.Background(), operations(1)[0], func(o *Outcome, _ error) { ended <- o }); err != nil {
		t.Fatal(err)
	}
	go close(release)
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if o := <-ended; o == nil || o.Status != 201 {
		t.Fatalf("%+v", o)
	}
	if err := s.Send(context.Background(), operations(1)[0], nil); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}

	s = newStream(t, StreamOptions{}, k)
	failed := make(chan error, 1)
	if err := s.Send(context.Background(), operations(1)[0], func(_ *Outcome, err error) { failed <- err }); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := s.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	if err := <-failed; !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
}
