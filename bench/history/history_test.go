package history

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func hall() *Chart {
	return &Chart{
		Name: "hall", Seats: []string{"A-1-1", "A-1-2", "A-1-3"}, Tables: []string{"T1"}, Areas: []Area{{"Floor", 100}},
	}
}

func newRun() (*Run, *Chart) {
	r, c := New(), hall()
	r.AddEvent("opening", r.AddChart(c))
	return r, c
}

func fullOp() *Op {
	o := &Op{}
	o.Begin(KindChange, 0, 17)
	o.Attempts, o.Status, o.Outcome, o.Code, o.State = 3, 201, Done, CodeNoLeader, StateHeld
	o.Flags = FlagRetake | FlagStrong
	o.Returned, o.Buyer, o.Reference, o.Revision, o.Deadline = 99, 1<<63, Digest("psp-1"), 1<<40, 1_800_000_000_123
	o.TTLSeconds, o.Wanted, o.ID = 480, 4, ID{1, 2, 3}
	o.Session, o.Node, o.Key, o.MinRevision = 7, 3, 1<<63|5, 1<<40
	o.Ask(2)
	o.Ask(0)
	o.GivePlaces(4, 6)
	o.Give(NoPlace)
	o.Take(1)
	return o
}

func collect(t *testing.T, r *Run) (all []*Op) {
	t.Helper()
	if err := r.Each(func(o *Op) bool {
		all = append(all, o.Clone())
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAnOperationComesBackAsItWasAdded(t *testing.T) {
	r, _ := newRun()
	plain := &Op{}
	plain.Begin(KindReadMap, 0, 5)
	want := []*Op{fullOp(), plain, fullOp()}
	log := r.NewLog()
	for _, o := range want {
		log.Add(o)
	}
	got := collect(t, r)
	if r.Len() != 3 || len(got) != 3 {
		t.Fatalf("%d operations, %d came back", r.Len(), len(got))
	}
	for i := range want {
		if w, g := fmt.Sprintf("%+v", *want[i]), fmt.Sprintf("%+v", *got[i]); w != g {
			t.Errorf("operation %d:\n got %s\nwant %s", i, g, w)
		}
	}
}

func TestLogsOfManyWorkersAreOneHistory(t *testing.T) {
	r, _ := newRun()
	const workers, each = 4, 20_000
	done := make(chan struct{})
	for w := range workers {
		log := r.NewLog()
		go func() {
			var o Op
			for i := range each {
				o.Begin(KindHold, 0, int64(i*1000))
				o.Buyer = uint64(w*each + i + 1)
				o.Answered(201, CodeNone, int64(i*1000+500))
				log.Add(&o)
			}
			done <- struct{}{}
		}()
	}
	for range workers {
		<-done
	}
	sum := uint64(0)
	for _, o := range collect(t, r) {
		sum += o.Buyer
		if o.Returned-o.Called != 500 || o.Outcome != Done {
			t.Fatalf("%+v", o)
		}
	}
	if n := uint64(workers * each); sum != n*(n+1)/2 {
		t.Errorf("the buyers sum up to %d, want %d", sum, n*(n+1)/2)
	}
}

func TestAddingAllocatesNothingButChunks(t *testing.T) {
	r, _ := newRun()
	log, o := r.NewLog(), fullOp()
	perOp := testing.AllocsPerRun(10_000, func() { log.Add(o) })
	if perOp > 0.01 {
		t.Errorf("an operation allocates %v times", perOp)
	}
}

func TestALogOfNoRunKeepsNothing(t *testing.T) {
	var r *Run
	log := r.NewLog()
	log.Add(fullOp())
	if log != nil || log.Now() != 0 {
		t.Error("a nil run gave a log")
	}
}

func TestTheOutcomeFollowsFromAllAttempts(t *testing.T) {
	type attempt struct {
		status int
		code   Code
	}
	broke, notSent := attempt{-1, CodeNone}, attempt{-2, CodeNone}
	for _, c := range []struct {
		name     string
		attempts []attempt
		want     Outcome
		decided  bool
	}{
		{"done", []attempt{{201, CodeNone}}, Done, true},
		{"refused", []attempt{{409, CodeSeatUnavailable}}, Refused, true},
		{"turned away", []attempt{{429, CodeOverloaded}, {503, CodeNoLeader}}, TurnedAway, false},
		{"never sent", []attempt{notSent}, TurnedAway, false},
		{"broke, then done", []attempt{broke, {201, CodeNone}}, Done, true},
		{"broke, then refused", []attempt{broke, {409, CodeSeatUnavailable}}, Refused, true},
		{"broke, then turned away", []attempt{broke, {429, CodeOverloaded}}, Unknown, false},
		{"broke, then not sent", []attempt{broke, notSent}, Unknown, false},
		{"unknown", []attempt{{504, CodeOutcomeUnknown}}, Unknown, false},
		{"halted", []attempt{{503, CodeHalted}}, Unknown, false},
		{"a proxy's words", []attempt{{502, CodeOther}}, Unknown, false},
		{"unknown, then overloaded", []attempt{{504, CodeOutcomeUnknown}, {429, CodeOverloaded}}, Unknown, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var o Op
			o.Begin(KindHold, 0, 1)
			decided := false
			for i, a := range c.attempts {
				switch now := int64(10 * (i + 1)); a {
				case broke:
					o.Broke(now)
				case notSent:
					o.NotSent(now)
				default:
					decided = o.Answered(a.status, a.code, now)
				}
			}
			if o.Outcome != c.want || decided != c.decided {
				t.Errorf("%s, decided %v; want %s, %v", o.Outcome, decided, c.want, c.decided)
			}
			if o.Returned != int64(10*len(c.attempts)) || int(o.Attempts) != len(c.attempts) {
				t.Errorf("returned %d after %d attempts", o.Returned, o.Attempts)
			}
		})
	}
}

const holdAnswer = `{"hold":"01HZXW3F8Q7V2K9M4N6P8R0S1T","event":"e\"x","buyer":"b","state":"held","together":true,
 "places":[{"seat":"A-1-2","category":"1","price":12000},{"table":"T1","category":"1","price":1},
 {"area":"Floor","quantity":2,"category":"2","price":-6500}],"total":37000,"currency":"CHF",
 "reference":"psp-1","expires_at":"2027-03-01T19:30:00.250Z","extensions_left":1,"revision":42}`

func TestAHoldsAnswerIsRead(t *testing.T) {
	_, c := newRun()
	var o Op
	o.Begin(KindHold, 0, 1)
	decided, err := o.AnsweredWith(c, 201, []byte(holdAnswer), 2)
	deadline := time.Date(2027, 3, 1, 19, 30, 0, 250e6, time.UTC).UnixMilli()
	if err != nil || !decided || o.State != StateHeld || o.Revision != 42 || o.Reference != Digest("psp-1") || o.Deadline != deadline ||
		o.ID.String() != "01HZXW3F8Q7V2K9M4N6P8R0S1T" || !reflect.DeepEqual(o.Given, []Place{{1, 1}, {3, 1}, {4, 2}}) {
		t.Errorf("%v %v %+v", decided, err, o)
	}
}

func TestARefusalsAnswerIsRead(t *testing.T) {
	_, c := newRun()
	var o Op
	o.Begin(KindHold, 0, 1)
	body := `{"type":"t","title":"x","status":409,"detail":"d","code":"seat_unavailable","seats":["A-1-3","A-\u0031-1","Z-9"],"errors":[]}`
	decided, err := o.AnsweredWith(c, 409, []byte(body), 2)
	if err != nil || !decided || o.Outcome != Refused || o.Code != CodeSeatUnavailable ||
		!reflect.DeepEqual(o.Given, []Place{{2, 1}, {0, 1}, {NoPlace, 1}}) {
		t.Errorf("%v %v %+v", decided, err, o)
	}
}

func TestAConfirmationAnswered200IsARepetition(t *testing.T) {
	_, c := newRun()
	for status, want := range map[int]bool{200: true, 201: false} {
		var o Op
		o.Begin(KindConfirm, 0, 1)
		if _, err := o.AnsweredWith(c, status, []byte(`{"order":"01HZXW3F8Q7V2K9M4N6P8R0S1T","expires_at":null}`), 2); err != nil {
			t.Fatal(err)
		}
		if o.Has(FlagRepeated) != want {
			t.Errorf("%d: %v", status, !want)
		}
	}
}

func TestAnAnswerThatCannotBeReadLeavesTheOutcomeOpen(t *testing.T) {
	_, c := newRun()
	for _, body := range []string{`{`, `{"hold":}`, `{"places":[{]}`, `{"revision":-1}`, `[]`, `{"a":"`, `{"a" 1}`, `{"a":` + strings.Repeat("[", 100)} {
		var o Op
		o.Begin(KindHold, 0, 1)
		if decided, err := o.AnsweredWith(c, 201, []byte(body), 2); decided || !errors.Is(err, ErrAnswer) || o.Outcome != Unknown {
			t.Errorf("%s: %v %v %s", body, decided, err, o.Outcome)
		}
	}
	var o Op
	o.Begin(KindHold, 0, 1)
	if _, err := o.AnsweredWith(c, 502, []byte("<h1>Bad gateway</h1>"), 2); err != nil || o.Code != CodeOther || o.Outcome != Unknown {
		t.Errorf("a proxy's page: %v %+v", err, o)
	}
}

func TestReadingAnAnswerAllocatesNothing(t *testing.T) {
	_, c := newRun()
	var o Op
	body := []byte(strings.ReplaceAll(holdAnswer, `\"`, "")) // a text with escapes is copied
	if n := testing.AllocsPerRun(100, func() {
		o.Begin(KindHold, 0, 1)
		if _, err := o.AnsweredWith(c, 201, body, 2); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAnIDIsItsText(t *testing.T) {
	for _, text := range []string{"00000000000000000000000000", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01HZXW3F8Q7V2K9M4N6P8R0S1T"} {
		if id, ok := ParseID(text); !ok || id.String() != text {
			t.Errorf("%s became %s, %v", text, id, ok)
		}
	}
	for _, text := range []string{"", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01HZXW3F8Q7V2K9M4N6P8R0S1I", "01hzxw3f8q7v2k9m4n6p8r0s1t", "01HZ"} {
		if id, ok := ParseID([]byte(text)); ok {
			t.Errorf("%q was read as %s", text, id)
		}
	}
}

func TestABatchsResultsAreRead(t *testing.T) {
	type result struct {
		i, status int
		body      string
	}
	var got []result
	err := EachResult([]byte(`{"x":[1],"results":[{"status":201,"body":{"hold":"h"}},{"status":204,"revision":7,"body":null},{"body":{},"status":404}]}`),
		func(i, status int, body []byte) { got = append(got, result{i, status, string(body)}) })
	if want := []result{{0, 201, `{"hold":"h"}`}, {1, 204, ""}, {2, 404, "{}"}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v, want %v", got, err, want)
	}
	if err := EachResult([]byte(`{"results":[{"status":201}`), func(int, int, []byte) {}); !errors.Is(err, ErrAnswer) {
		t.Errorf("a cut answer: %v", err)
	}
}

func TestWhatARequestAsksForIsRead(t *testing.T) {
	_, c := newRun()
	for _, k := range []struct {
		body string
		want func(o *Op)
	}{
		{`{"buyer":"b","seats":["A-1-2","A-1-1"],"tables":[{"table":"T1"}],"areas":[{"area":"Floor","quantity":3}]}`, func(o *Op) {
			o.Asked = []Place{{1, 1}, {0, 1}, {3, 1}, {4, 3}}
		}},
		{`{"best_available":{"quantity":4,"together":"require"}}`, func(o *Op) { o.Wanted, o.Flags = 4, FlagTogether }},
		{`{"best_available":{"quantity":4,"together":"prefer"}}`, func(o *Op) { o.Wanted = 4 }},
		{`{"best_available":{"categories":["1"],"quantity":4}}`, func(o *Op) { o.Wanted, o.Flags = 4, FlagNarrowed }},
		{`{"add":["A-1-1"],"remove":{"areas":[{"area":"Floor","quantity":2}],"seats":["A-1-3"]}}`, func(o *Op) {
			o.Asked, o.Taken = []Place{{0, 1}}, []Place{{4, 2}, {2, 1}}
		}},
		{`{"hold":"01HZXW3F8Q7V2K9M4N6P8R0S1T","reference":"psp-1","if_expired":"retake"}`, func(o *Op) {
			o.ID, _ = ParseID("01HZXW3F8Q7V2K9M4N6P8R0S1T")
			o.Reference, o.Flags = Digest("psp-1"), FlagRetake
		}},
		{`{"ttl_seconds":300}`, func(o *Op) { o.TTLSeconds = 300 }},
	} {
		var got, want Op
		if err := got.AskedWith(c, []byte(k.body)); err != nil {
			t.Errorf("%s: %v", k.body, err)
		}
		k.want(&want)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", k.body, got, want)
		}
	}
	var o Op
	if err := o.AskedWith(c, []byte(`{"seats":["A-1-1"`)); !errors.Is(err, ErrRequest) {
		t.Errorf("a cut body: %v", err)
	}
}

func TestAnEventIsFoundByItsName(t *testing.T) {
	r, _ := newRun()
	r.AddEvent("matinee", 0)
	if n, ok := r.EventNumber("matinee"); !ok || n != 1 {
		t.Errorf("%d %v", n, ok)
	}
	if _, ok := r.EventNumber("gala"); ok {
		t.Error("an event that nobody added was found")
	}
}
