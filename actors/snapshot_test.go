package actors

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// soldOut is a replica with two charts, three events and some holds and orders.
func soldOut(t testing.TB) *replica {
	r := newReplica(t)
	chart := r.open(6, "a", "b", "c")
	other := hall(t, 8)
	other.Name = "other"
	r.apply(
		putChart(other), create("d", chart, 50),
		hold("a", 1, "A-1", "A-2"), hold("b", 2, "B-1"), confirm("b", 3, 2), hold("a", 4, "A-3"), release("a", 5, 4),
	)
	return r
}

func TestARestoredPartitionIsTheSame(t *testing.T) {
	r := soldOut(t)
	snapshot := r.snapshot()
	if !bytes.Equal(snapshot, r.snapshot()) {
		t.Fatal("two snapshots of one state differ")
	}
	again := newReplica(t)
	again.open(20, "a", "x")
	again.do(hold("a", 1, "A-9"), seatmap.CodeOK)
	// One byte at a time: what is read must not depend on how it comes.
	if err := again.Restore(iotest.OneByteReader(bytes.NewReader(snapshot))); err != nil {
		t.Fatal(err)
	}
	if again.Hash() != r.Hash() || again.AppliedIndex() != r.AppliedIndex() || again.NowMillis() != r.NowMillis() {
		t.Error("hash, index or log time differ")
	}
	if !bytes.Equal(again.snapshot(), snapshot) {
		t.Error("the restored partition writes another snapshot")
	}
	if _, ok := again.Event("x"); ok {
		t.Error("an event that is not in the snapshot is still there")
	}
	if c, ok := again.Chart("other"); !ok || !again.HasPlan(c.Plan) {
		t.Error("a chart is missing")
	}
	want, got := r.fresh("a"), again.event("a").View()
	if !bytes.Equal(want.AppendStates(nil), got.AppendStates(nil)) || want.Revision() != got.Revision() {
		t.Error("an event looks different")
	}
	if got.AppliedIndex != r.index || got.NowMillis != r.nowMillis {
		t.Errorf("restored view of index %d, %d ms", got.AppliedIndex, got.NowMillis)
	}
	if due, want := again.Due(1<<62, 10), r.Due(1<<62, 10); !slices.Equal(due, want) || len(due) != 1 {
		t.Errorf("due %v, want %v", due, want)
	}
	again.index, again.nowMillis = r.index, r.nowMillis
	for _, c := range []command.Command{hold("a", 1, "A-1", "A-2"), create("c", hall(t, 6), 1_000_002), confirm("a", 60, 1), hold("d", 61, "A-1")} {
		if a, b := r.do(c, seatmap.CodeOK), again.do(c, seatmap.CodeOK); a.Created != b.Created || a.Replayed != b.Replayed || a.Revision != b.Revision {
			t.Errorf("%+v, restored %+v", a, b)
		}
	}
	if again.Hash() != r.Hash() {
		t.Error("the restored partition goes another way")
	}
}

func TestAFrozenStateStaysWhileTheLogGoesOn(t *testing.T) {
	r := soldOut(t)
	want := r.snapshot()
	f, err := r.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	chart, _ := r.Chart("hall")
	r.apply(hold("b", 70, "B-2"), hold("c", 71, "A-1"), release("a", 72, 1), create("z", &command.Chart{Name: "hall", Plan: chart.Plan}, 73), hold("z", 74, "A-1"))
	var got bytes.Buffer
	if err := f.Encode(&got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Error("what was frozen changed")
	}
	if bytes.Equal(r.snapshot(), want) {
		t.Error("nothing changed at all: the test shows nothing")
	}
}

func TestAFrozenStateIsWrittenBesideApply(t *testing.T) {
	r := soldOut(t)
	want := r.snapshot()
	for n := range uint64(20) {
		f, err := r.Freeze()
		if err != nil {
			t.Fatal(err)
		}
		want := slices.Clone(want)
		if n > 0 {
			want = r.snapshot()
		}
		written := make(chan []byte)
		go func() {
			defer f.Release()
			var b bytes.Buffer
			if err := f.Encode(&b); err != nil {
				t.Error(err)
			}
			written <- b.Bytes()
		}()
		r.apply(hold("c", 100+2*n, "A-1"), release("c", 101+2*n, 100+2*n))
		if !bytes.Equal(<-written, want) {
			t.Fatal("what was frozen changed")
		}
	}
}

func TestReadersGoOnWithTheRestoredEvent(t *testing.T) {
	r := soldOut(t)
	e := r.event("a")
	revision := r.fresh("a").Revision()
	snapshot := r.snapshot()
	behind := newReplica(t)
	behind.open(6, "a", "x")
	stale, gone := behind.event("a"), behind.event("x")
	type found struct {
		v   *View
		err error
	}
	waited, lost := make(chan found), make(chan found)
	go func() {
		v, err := stale.ViewAt(soon(t), revision)
		waited <- found{v, err}
	}()
	go func() {
		v, err := gone.ViewAt(soon(t), revision)
		lost <- found{v, err}
	}()
	if err := behind.Restore(bytes.NewReader(snapshot)); err != nil {
		t.Fatal(err)
	}
	if f := <-waited; f.err != nil || !bytes.Equal(f.v.AppendStates(nil), e.View().AppendStates(nil)) {
		t.Errorf("waited for a view: %v", f.err)
	}
	if f := <-lost; !errors.Is(f.err, ErrGone) {
		t.Errorf("waited for an event that is gone: %v", f.err)
	}
	if v, err := stale.Fresh(context.Background()); err != nil || v.Revision() != revision {
		t.Errorf("Fresh of the event of before: %v", err)
	}
	if _, err := gone.Fresh(context.Background()); !errors.Is(err, ErrGone) {
		t.Errorf("Fresh of an event that is gone: %v", err)
	}
}

func TestALargeRecordIsStreamedInFrames(t *testing.T) {
	r := newReplica(t)
	chart := hall(t, 6)
	chart.Document = make([]byte, 3*maxFrameBytes+17)
	source := rand.NewChaCha8([32]byte{7})
	if _, err := source.Read(chart.Document); err != nil {
		t.Fatal(err)
	}
	exact := hall(t, 8)
	exact.Name = "exact"
	exact.Document = slices.Clone(chart.Document[:2*maxFrameBytes-len((&StoredChart{Name: exact.Name}).appendFields(nil))])
	r.apply(putChart(chart), putChart(exact))
	snapshot := r.snapshot()
	frames := map[byte]int{}
	for _, f := range framesOf(t, snapshot) {
		frames[f.kind]++
		if len(f.payload) > maxFrameBytes {
			t.Errorf("frame of %d bytes", len(f.payload))
		}
	}
	if frames[frameChart] != 4+2 {
		t.Errorf("%d frames for two charts, want 6", frames[frameChart])
	}
	again := newReplica(t)
	if err := again.Restore(bytes.NewReader(snapshot)); err != nil {
		t.Fatal(err)
	}
	if c, _ := again.Chart("hall"); !bytes.Equal(c.Document, chart.Document) {
		t.Error("the drawing differs")
	}
	if !bytes.Equal(again.snapshot(), snapshot) {
		t.Error("the restored partition writes another snapshot")
	}
}
