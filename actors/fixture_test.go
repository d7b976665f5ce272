package actors

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

var writeMissing = flag.Bool("write-missing", false, "write the fixtures that do not exist yet; never changes one")

// wornState is a partition with something of everything that can stand in a snapshot: holds, lapsed, released, extended and
// changed ones, orders, whole and in part cancelled, blocked places, keys of changes and of refusals, areas and tables.
func wornState(t *testing.T) *replica {
	r := newReplica(t)
	chart := r.open(12, "a", "b:one", "b:two")
	event := func(event string, n uint64, q seatmap.Request) command.Command {
		q.Key, q.Fingerprint, q.CallerKey = keyOf(n), n, true
		return command.Command{Kind: command.KindEvent, Event: event, Request: q}
	}
	floor := seatmap.Selection{Areas: []seatmap.AreaQuantity{{Area: "Floor", Quantity: 3}}, Tables: []string{"T1"}}
	r.apply(
		create("c", chart, 90), install(chart),
		hold("a", 1, "A-1", "A-2"), hold("a", 2, "A-3"), hold("a", 3, "B-1", "B-2"), hold("a", 4, "B-3"),
		event("a", 5, seatmap.Request{Op: seatmap.OpSale, ID: idOf(5), Buyer: "b-9", Reference: "psp-5", Add: floor}),
		confirm("a", 6, 1), release("a", 7, 2),
		event("a", 8, seatmap.Request{Op: seatmap.OpExtend, ID: idOf(3), TTLSeconds: 900}),
		event("a", 9, seatmap.Request{Op: seatmap.OpChange, ID: idOf(3), Add: seatmap.Selection{Seats: []string{"B-4"}}, Remove: seatmap.Selection{Seats: []string{"B-1"}}}),
		event("a", 10, seatmap.Request{Op: seatmap.OpBlock, Add: seatmap.Selection{Seats: []string{"A-6"}, Areas: []seatmap.AreaQuantity{{Area: "Floor", Quantity: 5}}}}),
		event("a", 11, seatmap.Request{Op: seatmap.OpHold, ID: idOf(11), Add: seatmap.Selection{Seats: []string{"A-1"}}}), // refused
		event("a", 12, seatmap.Request{Op: seatmap.OpCancel, ID: idOf(1), Tickets: []uint32{0}}),
		event("a", 13, seatmap.Request{Op: seatmap.OpConfigure, Patch: &seatmap.ConfigPatch{Set: seatmap.FieldState, Config: seatmap.Config{State: seatmap.SalePaused}}}),
		hold("b:one", 14, "A-1"), hold("b:two", 15, "B-5"), confirm("b:two", 16, 15),
	)
	r.nowMillis += 600_000 // what was not extended lapses
	r.apply(expire("a"), expire("b:one"))
	return r
}

// fixture is a file of version 1, which every later version reads.
func fixture(t *testing.T, name string, now []byte) []byte {
	t.Helper()
	path := filepath.Join("testdata", "v1", name)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) && *writeMissing {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, now, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestASnapshotOfVersion1IsReadForEver(t *testing.T) {
	worn := wornState(t)
	then := fixture(t, "partition.snapshot", worn.snapshot())
	r := newReplica(t)
	if err := r.Restore(bytes.NewReader(then)); err != nil {
		t.Fatal(err)
	}
	// The numbers stand here and not only in the file, so that reading it wrong and comparing it wrong cannot agree.
	if r.AppliedIndex() != 3 || r.NowMillis() != curtainMillis+600_003 {
		t.Errorf("index %d at %d", r.AppliedIndex(), r.NowMillis())
	}
	if r.Hash() != worn.Hash() {
		t.Errorf("state hash %016x, and the same commands make %016x now", r.Hash(), worn.Hash())
	}
	if !bytes.Equal(r.snapshot(), then) {
		t.Error("what was read is written differently now")
	}
	for event, want := range map[string]string{"a": "fsfffbfhfhff", "b:one": "ffffffffffff", "b:two": "ffffffffffsf", "c": "ffffffffffff"} {
		if got := string(r.fresh(event).AppendStates(nil)); got != want {
			t.Errorf("event %s is %s, want %s", event, got, want)
		}
	}
	r.index, r.nowMillis = worn.index, worn.nowMillis
	for _, c := range []command.Command{confirm("a", 6, 1), hold("c", 30, "A-1"), release("a", 7, 2), confirm("b:one", 31, 14)} {
		a, b := worn.apply(c)[0].Answer, r.apply(c)[0].Answer
		if a.Code != b.Code || a.Replayed != b.Replayed || a.Revision != b.Revision {
			t.Errorf("%+v, from the file %+v", a, b)
		}
	}
}

func TestASnapshotOfANewerVersionIsRefused(t *testing.T) {
	newer := bytes.Clone(wornState(t).snapshot())
	newer[len(snapshotMagic)]++
	r := newReplica(t)
	if err := r.Restore(bytes.NewReader(newer)); !errors.Is(err, ErrSnapshotVersion) {
		t.Errorf("%v", err)
	}
}
