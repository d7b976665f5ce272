package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
)

// node writes a recording as a node would.
func node(t *testing.T, started string, events []string, list ...Record) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, &Header{Made: Recorded, Started: started})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddChart(Chart{Name: "hall", Document: json.RawMessage(`{}`)}); err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if _, err := w.AddEvent(Event{Name: e, Settings: json.RawMessage(`{}`)}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range list {
		list[i].Recorded = true
		if err := w.Write(&list[i]); err != nil {
			t.Fatal(err)
		}
	}
	w.Drop(1)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

func TestRecordingsOfTwoNodesBecomeOneTrace(t *testing.T) {
	one := node(
		t, "2026-11-21T20:00:01.000Z", []string{"opening", "matinee"},
		Record{AtMicros: 0, Action: Hold, Shopper: 0, Slot: 0, Reference: 77, Status: 201},
		Record{AtMicros: 5e6, Action: ReadOrder, Shopper: 0, Slot: 0, Reference: 77, If: IfOrdered},
		Record{AtMicros: 6e6, Action: Hold, Shopper: 1, Event: 1, Reference: 78, Status: 201, Anonymous: true},
	)
	other := node(
		t, "2026-11-21T20:00:00.000Z", []string{"matinee", "opening"},
		Record{AtMicros: 500_000, Action: Look, Event: 1, Shopper: 0, Anonymous: true},
		Record{AtMicros: 3e6, Action: Confirm, Event: 1, Shopper: 1, Slot: 4, Reference: 77, If: IfHeld},
		Record{AtMicros: 9e6, Action: Release, Event: 0, Shopper: 2, Reference: 99, If: IfHeld},
	)
	var b bytes.Buffer
	s, err := Merge(&b, []io.ReadSeeker{one, other})
	if err != nil || s.Records != 6 {
		t.Fatalf("%+v, %v", s, err)
	}
	var got []string
	for _, r := range records(t, b.Bytes()) {
		got = append(got, fmt.Sprintf("%d %s event %d shopper %d slot %d %v", r.AtMicros/1000, r.Action, r.Event, r.Shopper, r.Slot, r.Anonymous))
	}
	want := []string{
		"500 look event 0 shopper 0 slot 0 true",
		"1000 hold event 0 shopper 1 slot 0 false",
		"3000 confirm event 0 shopper 1 slot 0 false", // made at the other node
		"6000 read_order event 0 shopper 1 slot 0 false",
		"7000 hold event 1 shopper 3 slot 0 true",
		"9000 release event 1 shopper 4 slot 0 false", // of a hold that nobody recorded
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	r, err := NewReader(bytes.NewReader(b.Bytes()))
	if err != nil || r.Header().Started != "2026-11-21T20:00:00.000Z" || len(r.Charts()) != 1 || len(r.Events()) != 2 {
		t.Errorf("%+v, %v", r.Header(), err)
	}
	tally, err := NewTally(r, nil)
	if err != nil || tally.Dropped != 2 {
		t.Errorf("%+v, %v", tally, err)
	}
}

func TestOnlyRecordingsAreMerged(t *testing.T) {
	p := DefaultParameters()
	p.UsersPerTicket = 0.1
	whole := bytes.NewReader(generate(t, p))
	for name, files := range map[string][]io.ReadSeeker{"a generated trace": {whole}, "nothing": {}} {
		if _, err := Merge(io.Discard, files); !errors.Is(err, ErrParameter) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Merge(io.Discard, []io.ReadSeeker{bytes.NewReader([]byte("no trace"))}); !errors.Is(err, ErrNotATrace) {
		t.Errorf("%v", err)
	}
}
