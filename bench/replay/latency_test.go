package replay

import (
	"regexp"
	"runtime"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"go.uber.org/goleak"

	"github.com/parterre/parterre/bench/trace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// over counts values above a duration.
func over(h *hdrhistogram.Histogram, d time.Duration) (n int64) {
	for _, b := range h.Distribution() {
		if b.From > d.Microseconds() {
			n += b.Count
		}
	}
	return n
}

func operationOfResult(t *testing.T, r *Result, op operation) Operation {
	t.Helper()
	for _, o := range r.Operations() {
		if o.Name == op.String() {
			return o
		}
	}
	t.Fatalf("no %s was measured", op)
	return Operation{}
}

// holds is a trace of one hold by each shopper, every so often.
func holds(n int, every time.Duration) *script {
	s := &script{}
	for i := range n {
		s.records = append(s.records, trace.Record{
			AtMicros: int64(i) * every.Microseconds(), Shopper: uint64(i), Action: trace.Hold, Last: true,
			Places: []trace.Place{{Kind: trace.Seat, Index: uint32(i % 8)}},
		})
	}
	return s
}

// The test of the whole: a server that stalls once makes one request slow by its own clock. But everybody who came
// meanwhile waited, too, and a generator that waits with its requests until the server answers again does not see that
// (coordinated omission).
func TestAStallIsFeltByEverybodyWhoCameMeanwhile(t *testing.T) {
	const stall, every, actions = 500 * time.Millisecond, 10 * time.Millisecond, 100
	requests := 0
	shop := newShop(t, func(request []byte) []byte {
		if requests++; requests == 10 {
			time.Sleep(stall)
		}
		return granted(request)
	})
	result, err := Play(t.Context(), Options{
		Stage: hallStage(t, 8, 1), Source: holds(actions, every), Endpoints: []string{shop.addr()}, Speed: 1, Connections: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	hold := operationOfResult(t, result, opHold)
	if n := hold.Intended.TotalCount(); n != actions {
		t.Fatalf("%d of %d actions were decided", n, actions)
	}
	// The stall spans fifty actions; those of its first half waited longer than the half of it.
	if n := over(hold.Intended, stall/2); n < 20 {
		t.Errorf("%d actions waited more than %s from their intended start; about 25 did", n, stall/2)
	}
	// One request stalled; a starved machine may add a few.
	if n := over(hold.Service, stall/2); n < 1 || n > over(hold.Intended, stall/2)/4 {
		t.Errorf("%d requests took more than %s, want the one that stalled", n, stall/2)
	}
	if f := result.FirstMinute(); f.Slowest < stall {
		t.Errorf("the slowest accepted request is told as %s, the stall was %s", f.Slowest, stall)
	}
}

func TestActionsAreDueByTheSpeedHoweverSlowTheServerIs(t *testing.T) {
	const actions = 20
	crowd := newCrowd(5) // the first answers come when so many requests are under way
	shop := newShop(t, func(request []byte) []byte {
		crowd.join()
		return granted(request)
	})
	result, err := Play(t.Context(), Options{
		Stage: hallStage(t, 8, 10), Source: holds(actions, 100*time.Millisecond), Endpoints: []string{shop.addr()}, Speed: 10,
		Connections: actions,
	})
	if err != nil {
		t.Fatal(err)
	}
	// A closed loop of one would wait for ever.
	if !crowd.met() || result.Connections < 5 || result.Seconds < 0.19 {
		t.Errorf("took %.2f s over %d connections; %d requests came at once", result.Seconds, result.Connections, crowd.came.Load())
	}
}

var seatName = regexp.MustCompile(`"A-1-(\d+)"`)

func TestAtMaxTheTraceIsSentInItsOrder(t *testing.T) {
	var seen []byte
	shop := newShop(t, func(request []byte) []byte {
		seen = append(seen, seatName.FindSubmatch(request)[1]...)
		return granted(request)
	})
	result, err := Play(t.Context(), Options{
		Stage: hallStage(t, 8, Max), Source: holds(8, time.Hour), Endpoints: []string{shop.addr()}, Speed: Max, Connections: 1,
	})
	if err != nil || string(seen) != "12345678" {
		t.Errorf("sent %q, %v", seen, err)
	}
	if result.Replay("x", reportTrace).Curves[0].From != "service time" {
		t.Error("at max a latency from the intended start is told, of which there is none")
	}
}

func TestTheSteadyPathAllocatesNothing(t *testing.T) {
	const actions = 20_000
	shop := newShop(t, granted)
	var before, after runtime.MemStats
	measured := func() uint64 {
		stage := hallStage(t, 8, Max)
		runtime.ReadMemStats(&before)
		if _, err := Play(t.Context(), Options{
			Stage: stage, Source: &repeating{count: actions}, Endpoints: []string{shop.addr()}, Speed: Max, Connections: 4,
		}); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.Mallocs - before.Mallocs
	}
	// What a replay sets up is a few hundred allocations.
	if n := measured(); n > actions/10 {
		t.Errorf("%d allocations for %d actions", n, actions)
	}
}
