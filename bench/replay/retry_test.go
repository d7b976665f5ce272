package replay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/report"
	"github.com/parterre/parterre/bench/trace"
)

var reportTrace = report.Trace{File: "x.trace"}

func TestPausesDoubleUpToTheMostAndEndAfterTheLastAttempt(t *testing.T) {
	const s = time.Second
	r := retryOf(trace.Retry{FirstMillis: 400, MostMillis: 3_000, Attempts: 5, TimeoutMillis: 10_000})
	for _, how := range []ending{turnedAway, unavailable, notSent} {
		var tried tries
		for i, want := range []time.Duration{400 * time.Millisecond, 800 * time.Millisecond, 1600 * time.Millisecond, 3 * s, 3 * s} {
			if pause, again := r.next(&tried, how, 0); pause != want || !again {
				t.Errorf("ending %d, attempt %d: %s %v, want %s", how, i, pause, again, want)
			}
		}
		if _, again := r.next(&tried, how, 0); again {
			t.Errorf("ending %d: tried a sixth time more", how)
		}
	}
}

func TestALongerRetryAfterIsHonouredWithinBounds(t *testing.T) {
	r := retryOf(trace.DefaultRetry())
	for after, want := range map[time.Duration]time.Duration{
		0: 400 * time.Millisecond, time.Second: time.Second, 30 * time.Second: 30 * time.Second, time.Hour: maxRetryAfter,
	} {
		if pause, _ := r.next(&tries{}, turnedAway, after); pause != after && pause != want {
			t.Errorf("Retry-After %s: %s, want %s", after, pause, want)
		}
	}
}

func TestAfterATimeoutTheRequestIsSentAgainAtOnce(t *testing.T) {
	r := retryOf(trace.Retry{}) // a trace that says nothing
	var tried tries
	for range 5 {
		if pause, again := r.next(&tried, timedOut, 0); pause != 0 || !again {
			t.Errorf("%s %v", pause, again)
		}
	}
	if _, again := r.next(&tried, timedOut, 0); again {
		t.Error("tried for ever")
	}
}

// quick is a policy whose pauses a test can wait for.
var quick = trace.Retry{FirstMillis: 200, MostMillis: 400, Attempts: 2, TimeoutMillis: 100}

var keyLine = regexp.MustCompile(`Idempotency-Key: (\S+)`)

// keys collects the keys of requests.
type keys struct {
	mu   sync.Mutex
	seen []string
}

func (k *keys) add(request []byte) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen = append(k.seen, string(keyLine.FindSubmatch(request)[1]))
	return len(k.seen)
}

func (k *keys) distinct() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(slices.Compact(slices.Clone(k.seen)))
}

func TestBackPressureIsWaitedOutAndIsNoLatency(t *testing.T) {
	var asked keys
	shop := newShop(t, func(request []byte) []byte {
		if asked.add(request) == 1 {
			return respond(429, problemBody(429, "overloaded"), "Retry-After: 0")
		}
		return granted(request)
	})
	stage := hallStage(t, 8, 1)
	result, err := Play(t.Context(), Options{Stage: stage, Source: holds(1, 0), Retry: quick, Endpoints: []string{shop.addr()}, Speed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(asked.seen) != 2 || asked.distinct() != 1 {
		t.Errorf("asked with keys %v, want one key twice", asked.seen)
	}
	p, f := result.Pressure, result.FirstMinute()
	if p.BackedOff != 1 || p.Retried != 1 || p.Accepted != 1 || p.Requests != 2 || p.GivenUp != 0 || f.Refused[429] != 1 {
		t.Errorf("%+v %+v", p, f)
	}
	// The pause of 200 ms is the cluster's wish: it stands in what was waited, and nowhere else.
	hold := operationOfResult(t, result, opHold)
	if n := over(hold.Intended, 190*time.Millisecond); n != 0 || over(result.Waited(), 190*time.Millisecond) != 1 || hold.TurnedAway.TotalCount() != 1 {
		t.Errorf("%d latencies with the pause in them; waited %d; turned away %d", n, over(result.Waited(), 190*time.Millisecond), hold.TurnedAway.TotalCount())
	}
	if !f.Held() {
		t.Error("a 429 breaks the first minute's aim")
	}
}

func TestUnavailabilityIsWaitedOutAndIsLatency(t *testing.T) {
	var asked keys
	shop := newShop(t, func(request []byte) []byte {
		if asked.add(request) == 1 {
			return respond(503, problemBody(503, "no_leader"))
		}
		return granted(request)
	})
	result, err := Play(t.Context(), Options{Stage: hallStage(t, 8, 1), Source: holds(1, 0), Retry: quick, Endpoints: []string{shop.addr()}, Speed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if n := over(operationOfResult(t, result, opHold).Intended, 190*time.Millisecond); n != 1 || asked.distinct() != 1 {
		t.Errorf("%d latencies with the pause in them, keys %v", n, asked.seen)
	}
	if f := result.FirstMinute(); f.Others() != 1 || f.Held() {
		t.Errorf("a 503 is no 409 and no 429: %+v", f)
	}
}

func TestASilentServerIsAskedAgainWithTheSameKeyAndTheWaitCounts(t *testing.T) {
	var asked keys
	shop := newShop(t, func(request []byte) []byte {
		if asked.add(request) == 1 {
			return nil
		}
		return granted(request)
	})
	stage := hallStage(t, 8, 1)
	result, err := Play(t.Context(), Options{Stage: stage, Source: holds(1, 0), Retry: quick, Endpoints: []string{shop.addr()}, Speed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if result.Pressure.TimedOut != 1 || result.Pressure.Accepted != 1 || asked.distinct() != 1 {
		t.Errorf("%+v, keys %v", result.Pressure, asked.seen)
	}
	if n := over(operationOfResult(t, result, opHold).Intended, 95*time.Millisecond); n != 1 {
		t.Error("the time-out does not count into the latency")
	}
	if op := only(t, stage.Run); op.Outcome != history.Done || op.Attempts != 2 {
		t.Errorf("the history has it as %s after %d attempts", op.Outcome, op.Attempts)
	}
}

// only is the one operation of a history.
func only(t *testing.T, run *history.Run) *history.Op {
	t.Helper()
	var ops []*history.Op
	if err := run.Each(func(o *history.Op) bool { ops = append(ops, o.Clone()); return true }); err != nil || len(ops) != 1 {
		t.Fatalf("%d operations in the history, %v", len(ops), err)
	}
	return ops[0]
}

func TestWhoIsTurnedAwayTooOftenGivesUpAndDoesNothingThatDependsOnIt(t *testing.T) {
	shop := newShop(t, func([]byte) []byte { return respond(429, problemBody(429, "overloaded")) })
	stage := hallStage(t, 8, 1)
	s := holds(1, 0)
	s.records[0].Last = false
	s.records = append(s.records, trace.Record{Action: trace.Confirm, If: trace.IfHeld, Last: true})
	result, err := Play(t.Context(), Options{Stage: stage, Source: s, Retry: quick, Endpoints: []string{shop.addr()}, Speed: 1})
	if err != nil {
		t.Fatal(err)
	}
	p := result.Pressure
	if p.Requests != 3 || p.GivenUp != 1 || result.Skipped.Condition != 1 {
		t.Errorf("%+v, skipped %+v", p, result.Skipped)
	}
	if op := only(t, stage.Run); op.Outcome != history.TurnedAway || op.Code != history.CodeOverloaded {
		t.Errorf("the history has it as %s %s", op.Outcome, op.Code)
	}
}

func TestANodeThatIsDownIsLeftForTheNext(t *testing.T) {
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = dead.Close()
	shop := newShop(t, granted)
	result, err := Play(t.Context(), Options{
		Stage: hallStage(t, 8, 1), Source: holds(5, time.Millisecond), Retry: quick, Endpoints: []string{dead.Addr().String(), shop.addr()}, Speed: 1,
	})
	if err != nil || result.Pressure.Accepted != 5 || result.Pressure.Broken != 0 {
		t.Errorf("%+v %v", result.Pressure, err)
	}
}

func TestAnEndedReplayWritesDownWhatWasUnderWay(t *testing.T) {
	asked := make(chan struct{})
	shop := newShop(t, func([]byte) []byte { close(asked); return nil })
	stage := hallStage(t, 8, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	_, err := Play(ctx, Options{Stage: stage, Source: holds(1, 0), Endpoints: []string{shop.addr()}, Speed: 1})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
	if op := only(t, stage.Run); op.Outcome != history.Unknown {
		t.Errorf("the history has it as %s", op.Outcome)
	}
}

func TestASpeedIsANumberOrMax(t *testing.T) {
	for text, want := range map[string]Speed{"1": 1, "60": 60, "0.5": 0.5, "max": Max} {
		if got, err := ParseSpeed(text); err != nil || got != want || got.String() != text {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"0", "-1", "fast", "", "NaN", "Inf"} {
		if got, err := ParseSpeed(text); !errors.Is(err, ErrSpeed) {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
}

func TestPhasesFollowTheTrace(t *testing.T) {
	c := newCalendar(10*time.Second, 8*time.Minute)
	for at, want := range map[time.Duration]phase{
		0: beforeOpen, 9 * time.Second: beforeOpen, 10 * time.Second: firstMinute, 69 * time.Second: firstMinute,
		70 * time.Second: firstWave, 489 * time.Second: firstWave, 490 * time.Second: laterWaves, time.Hour: laterWaves,
	} {
		if got := c.of(at.Microseconds()); got != want {
			t.Errorf("%s is in %s, want %s", at, got, want)
		}
	}
	var told string
	for _, p := range c.report(10, 30) {
		told += fmt.Sprintf("%s %g-%g;", p.Name, p.From, p.To)
	}
	if want := "before the opening 0-1;first minute 1-7;rest of the first wave 7-30;"; told != want {
		t.Errorf("a replay of 30 s at speed 10 has %q, want %q", told, want)
	}
}
