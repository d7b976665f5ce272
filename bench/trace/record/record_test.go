package record

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/bench/trace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const chart = `{"name":"Hall","categories":[{"key":"1"},{"key":"2"}],
	"sections":[{"key":"A","rows":[{"key":"1","seats":{"count":20}}]}],
	"areas":[{"key":"Floor","category":"2","capacity":50}],"tables":[{"key":"T1","category":"1","seats":8,"book":"whole"}]}`

var errUnknown = errors.New("unknown event")

func describe(event string) (trace.Chart, trace.Event, error) {
	if strings.HasPrefix(event, "no-") {
		return trace.Chart{}, trace.Event{}, errUnknown
	}
	return trace.Chart{Name: "hall", Document: json.RawMessage(chart)},
		trace.Event{Settings: json.RawMessage(`{"hold_ttl_seconds":60}`), HoldTTLSeconds: 60}, nil
}

func start(t testing.TB, change func(*Options)) (*Recorder, Options) {
	t.Helper()
	o := Options{Dir: filepath.Join(t.TempDir(), "traces"), Node: "n1", By: "n1 test", Describe: describe, Registerer: prometheus.NewRegistry()}
	if change != nil {
		change(&o)
	}
	r, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r, o
}

// counter reads a metric as a scrape does.
func counter(t testing.TB, o Options, name string) float64 {
	t.Helper()
	families, err := o.Registerer.(*prometheus.Registry).Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	t.Fatalf("there is no %s", name)
	return 0
}

func files(t testing.TB, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.trace")) // sorted
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// content reads a whole folder.
func content(t testing.TB, dir string) (all []trace.Record, dropped int64) {
	t.Helper()
	for _, name := range files(t, dir) {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := trace.NewReader(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		for {
			var rec trace.Record
			if err = r.Next(&rec); err != nil {
				break
			}
			all = append(all, rec)
		}
		if !errors.Is(err, io.EOF) {
			t.Fatalf("%s: %v", name, err)
		}
		dropped += r.Trailer().Dropped
	}
	return all, dropped
}

func id(n byte) seatmap.ID { return seatmap.ID{1, n} }

func held(n byte, buyer string, seats ...string) (*seatmap.Request, *seatmap.Answer) {
	return &seatmap.Request{Op: seatmap.OpHold, ID: id(n), Buyer: buyer, Add: seatmap.Selection{Seats: seats}},
		&seatmap.Answer{Code: seatmap.CodeOK, ID: id(n), Buyer: buyer}
}

// line is a record without its time and its reference.
func line(r trace.Record) string {
	who := fmt.Sprint(r.Shopper)
	if r.Anonymous {
		who += "?"
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s slot %d: %d %s %s", who, r.Action, r.If, r.Slot, r.Status, r.Way, shown(r)))
}

func shown(r trace.Record) string {
	var parts []string
	for _, p := range append(slices.Clone(r.Places), r.Removed...) {
		parts = append(parts, fmt.Sprintf("%d/%d/%d", p.Kind, p.Index, p.Quantity))
	}
	if r.Way == trace.WayBest {
		parts = append(parts, fmt.Sprint(r.Quantity, r.Together, r.Accessible, r.Categories, r.Sections))
	}
	if r.Retake {
		parts = append(parts, "retake")
	}
	if r.Seconds > 0 {
		parts = append(parts, fmt.Sprint(r.Seconds, " s"))
	}
	if len(r.Tickets) > 0 {
		parts = append(parts, fmt.Sprint("tickets ", r.Tickets))
	}
	return strings.Join(parts, " ")
}

func lines(all []trace.Record) (list []string) {
	for _, r := range all {
		list = append(list, line(r))
	}
	return list
}

func equal(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestActionsBecomeRecords(t *testing.T) {
	r, o := start(t, nil)
	ok := func(n byte, buyer string) *seatmap.Answer {
		return &seatmap.Answer{Code: seatmap.CodeOK, ID: id(n), Buyer: buyer}
	}
	q, a := held(1, "alice", "A-1-2", "A-1-3")
	q.Add.Areas, q.Add.Tables = []seatmap.AreaQuantity{{Area: "Floor", Quantity: 4}}, []string{"T1"}
	r.Looked("opening", "10.0.0.1:99", false)
	r.Decided("opening", q, a, 201)
	r.Looked("opening", "10.0.0.1:99", true)
	q, _ = held(2, "bob", "A-1-2")
	r.Decided("opening", q, &seatmap.Answer{Code: seatmap.CodeSeatUnavailable}, 409)
	q = &seatmap.Request{Op: seatmap.OpHold, ID: id(3), Buyer: "bob", Wish: seatmap.Wish{
		Quantity: 2, Together: seatmap.TogetherAny, Accessible: 1, Categories: []string{"2"}, Sections: []string{"A"},
	}}
	r.Decided("opening", q, ok(3, "bob"), 201)
	r.Decided("opening", &seatmap.Request{Op: seatmap.OpExtend, ID: id(1), TTLSeconds: 90}, ok(1, "alice"), 200)
	r.Decided("opening", &seatmap.Request{Op: seatmap.OpChange, ID: id(3), Add: seatmap.Selection{Seats: []string{"A-1-9"}}, Remove: seatmap.Selection{Seats: []string{"A-1-1"}}}, ok(3, "bob"), 200)
	r.Decided("opening", &seatmap.Request{Op: seatmap.OpConfirm, ID: id(1), Retake: true, Reference: "secret"}, ok(1, "alice"), 201)
	r.Decided("opening", &seatmap.Request{Op: seatmap.OpGetHold, ID: id(3)}, ok(3, "bob"), 200)
	r.Decided("opening", &seatmap.Request{Op: seatmap.OpRelease, ID: id(3)}, ok(3, ""), 204)
	r.Decided("opening", &seatmap.Request{Op: seatmap.OpGetOrder, ID: id(1)}, ok(1, "alice"), 200)
	r.Decided("opening", &seatmap.Request{Op: seatmap.OpCancel, ID: id(1), Tickets: []uint32{8, 9}}, ok(1, "alice"), 200)
	q, a = held(4, "bob", "A-1-7")
	q.Op = seatmap.OpSale
	r.Decided("matinee", q, a, 201)
	q, a = held(5, "", "A-1-8")
	r.Decided("matinee", q, a, 201)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	all, dropped := content(t, o.Dir)
	equal(t, lines(all), []string{
		"0? look always slot 0: 0 chosen",
		"1 hold always slot 0: 201 chosen 0/1/0 0/2/0 2/0/0 1/0/4",
		"0? look_again always slot 0: 0 chosen",
		"2 hold always slot 0: 409 chosen 0/1/0",
		"2 hold always slot 0: 201 best 2 any 1 [1] [0]",
		"1 extend if_held slot 0: 200 chosen 90 s",
		"2 change if_held slot 0: 200 chosen 0/8/0 0/0/0",
		"1 confirm if_held slot 0: 201 chosen retake",
		"2 read_hold if_held slot 0: 200 chosen",
		"2 release if_held slot 0: 204 chosen",
		"1 read_order if_ordered slot 0: 200 chosen",
		"1 cancel if_ordered slot 0: 200 chosen tickets [0 1]",
		"2 sale always slot 1: 201 chosen 0/6/0",
		"3? hold always slot 0: 201 chosen 0/7/0",
	})
	if dropped != 0 || all[12].Event != 1 || all[1].Reference == 0 || all[1].Reference != all[7].Reference || all[3].Reference != 0 {
		t.Errorf("%d dropped, event %d, references %x %x %x", dropped, all[12].Event, all[1].Reference, all[7].Reference, all[3].Reference)
	}
	if got := counter(t, o, "parterre_record_actions_total"); got != 14 {
		t.Errorf("%v actions are counted", got)
	}
}

func TestWhatCannotBeReplayedIsLeftOut(t *testing.T) {
	r, o := start(t, nil)
	q, _ := held(1, "alice", "Z-9-9")
	r.Decided("opening", q, &seatmap.Answer{Code: seatmap.CodeUnknownSeat}, 404)
	q, a := held(2, "alice", "A-1-1")
	r.Decided("no-such", q, a, 201)
	r.Decided("opening", &seatmap.Request{Op: seatmap.OpBlock}, a, 200)
	r.Decided("opening", q, a, 201)
	r.Decided("opening", q, a, 201) // its client asked again with the same key
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	all, _ := content(t, o.Dir)
	if len(all) != 1 || all[0].Status != 201 {
		t.Errorf("%q", lines(all))
	}
}

func TestAHoldOfAnotherNodeGetsASlotOfItsBuyer(t *testing.T) {
	r, o := start(t, nil)
	q, a := held(1, "alice", "A-1-1")
	r.Decided("opening", q, a, 201)
	for range 2 {
		r.Decided("opening", &seatmap.Request{Op: seatmap.OpConfirm, ID: id(9)}, &seatmap.Answer{Code: seatmap.CodeOK, ID: id(9), Buyer: "alice"}, 201)
	}
	r.Decided("opening", &seatmap.Request{Op: seatmap.OpRelease, ID: id(8)}, &seatmap.Answer{Code: seatmap.CodeOK}, 204)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	all, _ := content(t, o.Dir)
	equal(t, lines(all), []string{
		"0 hold always slot 0: 201 chosen 0/0/0", "0 confirm if_held slot 1: 201 chosen", "0 confirm if_held slot 1: 201 chosen",
		"1? release if_held slot 0: 204 chosen",
	})
}

func TestABuyerWithManyHoldsGoesOnAsAnotherShopper(t *testing.T) {
	r, o := start(t, nil)
	for n := range byte(trace.MaxSlots + 2) {
		q, a := held(n+1, "agency", "A-1-1")
		r.Decided("opening", q, a, 201)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	all, _ := content(t, o.Dir)
	if last := all[len(all)-1]; last.Shopper != 1 || last.Slot != 1 || all[trace.MaxSlots-1].Slot != trace.MaxSlots-1 {
		t.Errorf("%q", lines(all))
	}
}

func TestAFileTellsNobodyWhoBought(t *testing.T) {
	r, o := start(t, nil)
	q, a := held(1, "alice@example.org", "A-1-1")
	q.Reference = "psp-4711"
	r.Decided("opening", q, a, 201)
	r.Looked("opening", "192.0.2.17:5555", false)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range files(t, o.Dir) {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"alice", "psp-4711", "192.0.2.17", string(id(1).String())} {
			if bytes.Contains(file, []byte(secret)) {
				t.Errorf("%s stands in the file", secret)
			}
		}
	}
}

// gate holds the scribe at its first event until it is opened.
func gate(o *Options) (open func()) {
	shut := make(chan struct{})
	o.Describe = func(event string) (trace.Chart, trace.Event, error) {
		<-shut
		return describe(event)
	}
	return sync.OnceFunc(func() { close(shut) })
}

func TestUnderOverloadActionsAreDroppedAndCounted(t *testing.T) {
	var open func()
	r, o := start(t, func(o *Options) { o.BufferBytes = 4 << 10; open = gate(o) })
	defer open()
	const actions, writers = 4_000, 4
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range actions / writers {
				q, a := held(byte(w), "", "A-1-1", "A-1-2")
				q.ID, a.ID = seatmap.ID{byte(w), byte(i), byte(i >> 8), 1}, seatmap.ID{byte(w), byte(i), byte(i >> 8), 1}
				r.Decided("opening", q, a, 201)
			}
		})
	}
	all.Wait() // although nothing is written: nobody waits for the scribe
	open()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	recorded, dropped := content(t, o.Dir)
	if int64(len(recorded))+dropped != actions || dropped < actions/2 || len(recorded) == 0 {
		t.Errorf("%d recorded and %d dropped, of %d", len(recorded), dropped, actions)
	}
	if got := counter(t, o, "parterre_record_dropped_total"); got != float64(dropped) {
		t.Errorf("the metric counts %v dropped actions, the trailer %d", got, dropped)
	}
}

func TestFilesRotateAndTheirNamesSort(t *testing.T) {
	r, o := start(t, func(o *Options) { o.FileBytes = 1 })
	for n := range byte(4) {
		q, a := held(n+1, "alice", "A-1-1")
		r.Decided("opening", q, a, 201)
		want := int(n) + 2 // every action fills a file
		waitFor(t, func() bool { return len(files(t, o.Dir)) >= want })
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	all, _ := content(t, o.Dir)
	if len(all) != 4 {
		t.Fatalf("%q", lines(all))
	}
	var started []string
	for _, name := range files(t, o.Dir) {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		reader, err := trace.NewReader(bufio.NewReader(f))
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
		started = append(started, reader.Header().Started)
	}
	if !slices.IsSorted(started) {
		t.Errorf("%q", started)
	}
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen in time")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestWhatWasRecordedIsReadableBeforeTheEnd(t *testing.T) {
	r, o := start(t, nil)
	q, a := held(1, "alice", "A-1-1")
	r.Decided("opening", q, a, 201)
	waitFor(t, func() bool { // a kill would leave what is read here
		file, err := os.ReadFile(files(t, o.Dir)[0])
		if err != nil {
			t.Fatal(err)
		}
		reader, err := trace.NewReader(bytes.NewReader(file))
		var rec trace.Record
		return err == nil && reader.Next(&rec) == nil && rec.Action == trace.Hold && errors.Is(reader.Next(&rec), trace.ErrTruncated)
	})
}

func TestAFolderThatCannotBeWrittenIsToldAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(Options{Dir: file, Node: "n1", Describe: describe}); err == nil {
		t.Error("a file was taken for a folder")
	}
}

func TestAFaultEndsTheRecordingAndNotTheNode(t *testing.T) {
	r, o := start(t, nil)
	q, a := held(1, "alice", "A-1-1")
	r.Decided("opening", q, a, 201)
	waitFor(t, func() bool { return counter(t, o, "parterre_record_actions_total") == 1 })
	_ = r.scribe.file.disk.Close() // as a disk that is gone
	for n := range byte(200) {
		q, a := held(n+2, "", "A-1-1")
		r.Decided("opening", q, a, 201)
	}
	if err := r.Close(); err == nil {
		t.Error("the fault is not told")
	}
	q, a = held(250, "late", "A-1-1")
	r.Decided("opening", q, a, 201) // nobody is there any more, and nobody waits
}

func TestRecordingAllocatesNothing(t *testing.T) {
	var open func()
	r, _ := start(t, func(o *Options) { o.BufferBytes = 64 << 20; open = gate(o) })
	defer open()
	q, a := held(1, "alice", "A-1-2", "A-1-3")
	if n := testing.AllocsPerRun(10_000, func() { r.Decided("opening", q, a, 201) }); n >= 0.01 {
		t.Errorf("%v allocations", n)
	}
	if n := testing.AllocsPerRun(10_000, func() { r.Looked("opening", "10.0.0.1:99", true) }); n >= 0.01 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkRequest is what a request pays for being recorded.
func BenchmarkRequest(b *testing.B) {
	r := &Recorder{metrics: newMetrics(nil)}
	r.buffer.start, r.buffer.limit, r.buffer.wake = time.Now(), 8<<20, make(chan struct{}, 1)
	spare := make([]byte, 0, 9<<20)
	q, a := held(1, "alice", "A-1-2", "A-1-3")
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		r.Decided("opening", q, a, 201)
		if n%50_000 == 0 {
			spare, _ = r.buffer.swap(spare)
		}
	}
	if n := r.buffer.dropped; n > 0 {
		b.Errorf("%d dropped", n)
	}
}

// BenchmarkRecorder is the whole road on the same processors, as fast as callers can call.
func BenchmarkRecorder(b *testing.B) {
	r, o := start(b, nil)
	q, a := held(1, "alice", "A-1-2", "A-1-3")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r.Decided("opening", q, a, 201)
		}
	})
	b.ReportMetric(counter(b, o, "parterre_record_dropped_total")/float64(b.N), "dropped/op")
}
