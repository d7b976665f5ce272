package actors

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// The stage on which the tests play: a small hall, commands in short words, and a partition that is given entries.

const curtainMillis = 1_800_000_000_000

// hall is a plan of two rows of n/2 seats each (A-1…, B-1…), a whole table T1, and an area Floor of 40 places.
func hall(t testing.TB, seats int) *command.Chart {
	t.Helper()
	spec := &seatmap.PlanSpec{
		Categories: []seatmap.CategorySpec{{Key: "1", Name: "Front", Color: "#c0392b"}},
		Tables:     []seatmap.TableSpec{{Key: "T1", Whole: true, Seats: make([]seatmap.SeatSpec, 6)}},
		Areas:      []seatmap.AreaSpec{{Key: "Floor", Name: "Standing", Section: -1, Capacity: 40}},
	}
	for _, row := range []string{"A", "B"} {
		r := seatmap.RowSpec{Section: -1, Key: row}
		for n := range seats / 2 {
			r.Seats = append(r.Seats, seatmap.SeatSpec{Label: fmt.Sprintf("%s-%d", row, n+1), Rank: uint32(n)})
		}
		spec.Rows = append(spec.Rows, r)
	}
	plan, err := seatmap.NewPlan(spec)
	if err != nil {
		t.Fatal(err)
	}
	return &command.Chart{
		Name: "hall", Document: pack(t, fmt.Appendf(nil, `{"name":"hall of %d"}`, seats)),
		Content: sha256.Sum256(fmt.Appendf(nil, "hall of %d", seats)),
		Plan:    plan.Hash(), PlanCode: pack(t, plan.AppendBinary(nil)), Key: keyOf(uint64(seats)),
	}
}

func pack(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func keyOf(n uint64) (k seatmap.Key) {
	binary.BigEndian.PutUint64(k[:], ^n)
	binary.BigEndian.PutUint64(k[8:], n)
	return k
}

func idOf(n uint64) (id seatmap.ID) {
	binary.BigEndian.PutUint64(id[8:], n)
	id[0] = 1
	return id
}

func onSale() seatmap.Config {
	return seatmap.Config{
		Name: "Opening night", Currency: "CHF", State: seatmap.SaleOn, Orphans: seatmap.OrphansAllow,
		Prices:         []seatmap.CategoryPrice{{Category: "1", Price: 12_000}},
		HoldTTLSeconds: 480, HoldExtensions: 1, PlacesPerHold: 8,
	}
}

func putChart(c *command.Chart) command.Command {
	return command.Command{Kind: command.KindPutChart, Chart: c}
}

func install(c *command.Chart) command.Command {
	return command.Command{Kind: command.KindInstallChart, Chart: c}
}

func create(event string, c *command.Chart, n uint64) command.Command {
	return command.Command{Kind: command.KindCreateEvent, Event: event, Create: &command.Create{
		Chart: c.Name, Plan: c.Plan, Config: onSale(), Key: keyOf(n),
	}}
}

func hold(event string, n uint64, seats ...string) command.Command {
	return command.Command{Kind: command.KindEvent, Event: event, Request: seatmap.Request{
		Op: seatmap.OpHold, Key: keyOf(n), Fingerprint: n, ID: idOf(n), Buyer: "b-81", Add: seatmap.Selection{Seats: seats},
	}}
}

func confirm(event string, n, of uint64) command.Command {
	return command.Command{Kind: command.KindEvent, Event: event, Request: seatmap.Request{
		Op: seatmap.OpConfirm, Key: keyOf(n), Fingerprint: n, ID: idOf(of), Reference: "psp-1",
	}}
}

func release(event string, n, of uint64) command.Command {
	return command.Command{Kind: command.KindEvent, Event: event, Request: seatmap.Request{
		Op: seatmap.OpRelease, Key: keyOf(n), Fingerprint: n, ID: idOf(of),
	}}
}

func expire(event string) command.Command {
	return command.Command{Kind: command.KindEvent, Event: event, Request: seatmap.Request{Op: seatmap.OpExpire, Limit: 100}}
}

// replica is a partition that is given entries one after the other.
type replica struct {
	t testing.TB
	*Partition
	index     uint64
	nowMillis int64
}

func newReplica(t testing.TB) *replica { return newReplicaOf(t, Options{Partition: 3}) }

func newReplicaOf(t testing.TB, o Options) *replica {
	t.Helper()
	p := NewPartition(o)
	t.Cleanup(p.Stop)
	return &replica{t: t, Partition: p, nowMillis: curtainMillis}
}

// apply decides the commands as one entry, one millisecond after the last.
func (r *replica) apply(commands ...command.Command) []command.Result {
	r.t.Helper()
	results := make([]command.Result, len(commands))
	if err := r.try(commands, results); err != nil {
		r.t.Fatal(err)
	}
	return results
}

func (r *replica) try(commands []command.Command, results []command.Result) error {
	r.index++
	r.nowMillis++
	return r.Apply(r.index, r.nowMillis, commands, results)
}

// do decides one command and wants it to come to the given code.
func (r *replica) do(c command.Command, want seatmap.Code) seatmap.Answer {
	r.t.Helper()
	answer := r.apply(c)[0].Answer
	if answer.Code != want {
		r.t.Fatalf("decided %v (%s: %s), want %v", answer.Code, answer.Field, answer.Reason, want)
	}
	return answer
}

// open installs the hall and makes events of it.
func (r *replica) open(seats int, events ...string) *command.Chart {
	r.t.Helper()
	chart := hall(r.t, seats)
	commands := []command.Command{putChart(chart)}
	for i, event := range events {
		commands = append(commands, create(event, chart, uint64(1_000_000+i)))
	}
	for _, result := range r.apply(commands...) {
		if result.Answer.Code != seatmap.CodeOK || !result.Answer.Created {
			r.t.Fatalf("opening: %+v", result.Answer)
		}
	}
	return chart
}

func (r *replica) event(key string) *Event {
	r.t.Helper()
	e, ok := r.Event(key)
	if !ok {
		r.t.Fatalf("no event %q", key)
	}
	return e
}

// fresh is a view that shows everything.
func (r *replica) fresh(key string) *View {
	r.t.Helper()
	v, err := r.event(key).Fresh(soon(r.t))
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

func (r *replica) status(event, label string) seatmap.Status {
	r.t.Helper()
	v := r.fresh(event)
	slot, ok := v.Plan().Slot(label)
	if !ok {
		r.t.Fatalf("no seat %q", label)
	}
	return v.Status(slot)
}

func (r *replica) snapshot() []byte {
	r.t.Helper()
	f, err := r.Freeze()
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Release()
	var b bytes.Buffer
	if err := f.Encode(&b); err != nil {
		r.t.Fatal(err)
	}
	return b.Bytes()
}

// soon is a context that ends long after whatever is waited for should be there.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// eventually polls until what holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}
