package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"testing"
)

// everything is a record of each action, with every argument that it can have.
func everything() []Record {
	places := []Place{{Seat, 0, 0}, {Seat, 199_999, 0}, {Area, 3, 7}, {Table, 12, 0}}
	return []Record{
		{Action: Look},
		{AtMicros: 1, Action: LookAgain, Shopper: maxShopper, Device: 15, Slot: 15, Bot: true},
		{AtMicros: 1, Action: Hold, If: IfEmptyHanded, Fate: FateLate, Places: places},
		{AtMicros: 300, Action: Hold, If: IfRefused, Way: WayWanted, Quantity: 3, Row: 1_199, Seat: 77, Fate: FateHoarded},
		{AtMicros: 1e6, Action: Hold, Way: WayBest, Quantity: 6, Together: Any, Accessible: 1, Categories: []uint32{0, 4}, Sections: []uint32{130}, Places: places[2:3]},
		{AtMicros: 2e6, Action: Sale, Event: 1, Anonymous: true, Recorded: true, Status: 409, Reference: math.MaxUint64, Places: places[:1]},
		{AtMicros: 3e6, Action: Confirm, If: IfKept, Retake: true},
		{AtMicros: 3e6, Action: Decline, If: IfHeld, Gives: true},
		{AtMicros: 3e6, Action: Release, If: IfSpare, Slot: 2},
		{AtMicros: 4e6, Action: Extend, If: IfHeld, Seconds: 86_400},
		{AtMicros: 5e6, Action: ReadHold, If: IfHeld},
		{AtMicros: 6e6, Action: ReadOrder, If: IfOrdered, Last: true},
		{AtMicros: 3600e6, Action: Cancel, If: IfOrdered, Tickets: []uint32{0, 2}},
		{AtMicros: 7200e6, Action: Change, If: IfHeld, Places: places[:2], Removed: places[2:]},
	}
}

func begun(t testing.TB, out io.Writer) *Writer {
	t.Helper()
	w, err := NewWriter(out, &Header{Made: Recorded, By: "n1", Started: "2026-11-21T20:00:00.000Z", Retry: DefaultRetry()})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if _, err := w.AddChart(Chart{Name: fmt.Sprint("chart-", i), Document: json.RawMessage(`{"name":"x"}`)}); err != nil {
			t.Fatal(err)
		}
		index, err := w.AddEvent(Event{Name: fmt.Sprint("event-", i), Chart: uint32(i), Settings: json.RawMessage(`{}`), HoldTTLSeconds: 60})
		if err != nil || index != uint32(i) {
			t.Fatal(index, err)
		}
	}
	return w
}

func written(t testing.TB, list []Record) []byte {
	t.Helper()
	var b bytes.Buffer
	w := begun(t, &b)
	for i := range list {
		if err := w.Write(&list[i]); err != nil {
			t.Fatal(err)
		}
	}
	w.Drop(3)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if w.Bytes() != int64(b.Len()) || w.Records() != int64(len(list)) {
		t.Fatalf("%d bytes and %d records, of %d and %d", w.Bytes(), w.Records(), b.Len(), len(list))
	}
	return b.Bytes()
}

// plain makes empty lists nil, for comparison.
func plain(list []Record) []Record {
	list = slices.Clone(list)
	for i := range list {
		r := &list[i]
		for _, l := range []*[]uint32{&r.Categories, &r.Sections, &r.Tickets} {
			if len(*l) == 0 {
				*l = nil
			}
		}
		for _, l := range []*[]Place{&r.Places, &r.Removed} {
			if len(*l) == 0 {
				*l = nil
			}
		}
	}
	return list
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	want := everything()
	file := written(t, want)
	if got := plain(records(t, file)); !reflect.DeepEqual(got, plain(want)) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if h := r.Header(); h.Made != Recorded || h.By != "n1" || h.Started == "" {
		t.Errorf("%+v", h)
	}
	if len(r.Charts()) != 2 || r.Events()[1].Name != "event-1" || r.Events()[1].Chart != 1 {
		t.Errorf("%+v %+v", r.Charts(), r.Events())
	}
	var rec Record
	for err = nil; err == nil; err = r.Next(&rec) {
	}
	if trailer := r.Trailer(); !errors.Is(err, io.EOF) || trailer.Dropped != 3 || trailer.LastMicros != 7200e6 || trailer.Records != int64(len(want)) {
		t.Errorf("%v, %+v", err, trailer)
	}
	if err := r.Next(&rec); !errors.Is(err, io.EOF) {
		t.Errorf("behind the end: %v", err)
	}
}

func TestManyBlocksAreReadWithoutAllocating(t *testing.T) {
	one := Record{Action: Hold, Shopper: 9, Way: WayBest, Quantity: 2, Categories: []uint32{1}, Places: []Place{{Area, 0, 2}}}
	list := make([]Record, 40_000)
	for i := range list {
		list[i] = one
		list[i].AtMicros = int64(i) * 10
	}
	file := written(t, list)
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var rec Record
	for range 10_000 { // the first blocks size the buffers
		if err := r.Next(&rec); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(20_000, func() { _ = r.Next(&rec) }); n >= 0.01 {
		t.Errorf("%v allocations for each record", n)
	}
	if rec.AtMicros < 100_000 || rec.Quantity != 2 {
		t.Errorf("%+v", rec)
	}
}

func TestATraceThatWasCutOffIsReadUpToThere(t *testing.T) {
	list := make([]Record, 30_000)
	for i := range list {
		list[i] = Record{Action: Look, AtMicros: int64(i), Shopper: uint64(i)}
	}
	file := written(t, list)
	before := 0
	for _, keep := range []int{len(file) / 3, len(file) / 2, len(file) - 1} {
		r, err := NewReader(bytes.NewReader(file[:keep]))
		if err != nil {
			t.Fatal(err)
		}
		var rec Record
		n := 0
		for err = r.Next(&rec); err == nil; err = r.Next(&rec) {
			if rec.Shopper != uint64(n) {
				t.Fatalf("record %d: %+v", n, rec)
			}
			n++
		}
		if !errors.Is(err, ErrTruncated) || n < before {
			t.Errorf("%d of %d bytes: %d records, %v", keep, len(file), n, err)
		}
		before = n
	}
	if before != len(list) {
		t.Errorf("without its last byte the file has %d records, want all", before)
	}
}

func TestAnyByteThatChangesIsSeen(t *testing.T) {
	file := written(t, everything())
	for i := range file {
		damaged := slices.Clone(file)
		damaged[i] ^= 0x10
		r, err := NewReader(bytes.NewReader(damaged))
		var rec Record
		for err == nil {
			err = r.Next(&rec)
		}
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrTruncated) && !errors.Is(err, ErrNotATrace) {
			t.Errorf("byte %d of %d: %v", i, len(file), err)
		}
	}
}

func TestEventsAreReadWithoutTheRecords(t *testing.T) {
	var b bytes.Buffer
	w := begun(t, &b)
	if err := w.Write(&Record{Action: Look}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddEvent(Event{Name: "late", Chart: 1}); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&Record{Action: Look, Event: 2}); err != nil {
		t.Fatal(err)
	}
	cutOff := b.Bytes()
	for _, end := range []string{"cut off", "whole"} {
		charts, events, err := ReadEvents(bytes.NewReader(cutOff))
		if err != nil || len(charts) != 2 || len(events) != 3 || events[2].Name != "late" {
			t.Errorf("%s: %d charts, %+v, %v", end, len(charts), events, err)
		}
		if end == "cut off" {
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			cutOff = b.Bytes()
		}
	}
}

func TestWhatAReaderWouldRefuseIsNotWritten(t *testing.T) {
	w := begun(t, io.Discard)
	if err := w.Write(&Record{Action: Look, AtMicros: 100}); err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]Record{
		"no action":        {AtMicros: 100},
		"unknown action":   {AtMicros: 100, Action: Action(Actions)},
		"before the last":  {AtMicros: 99, Action: Look},
		"unknown event":    {AtMicros: 100, Action: Look, Event: 2},
		"device":           {AtMicros: 100, Action: Look, Device: MaxDevices},
		"slot":             {AtMicros: 100, Action: Look, Slot: MaxSlots},
		"condition":        {AtMicros: 100, Action: Look, If: 7},
		"too many places":  {AtMicros: 100, Action: Hold, Places: make([]Place, MaxPlaces+1)},
		"kind of a place":  {AtMicros: 100, Action: Hold, Places: []Place{{Kind: 3}}},
		"place":            {AtMicros: 100, Action: Hold, Places: []Place{{Index: MaxSeats}}},
		"row":              {AtMicros: 100, Action: Hold, Row: MaxSeats},
		"way":              {AtMicros: 100, Action: Hold, Way: 3},
		"shopper":          {AtMicros: 100, Action: Look, Shopper: 1 << 63},
		"more than a year": {AtMicros: maxAtMicros + 1, Action: Look},
	} {
		if err := w.Write(&r); !errors.Is(err, ErrRecord) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.AddEvent(Event{Chart: 2}); !errors.Is(err, ErrRecord) {
		t.Errorf("an event of an unknown chart: %v", err)
	}
	if w.Records() != 1 {
		t.Errorf("%d records", w.Records())
	}
}

// full is a disk that fills up.
type full struct{ room int }

var errFull = errors.New("full")

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestAWriterKeepsItsFirstError(t *testing.T) {
	w := begun(t, &full{room: 700})
	var err error
	for i := 0; err == nil && i < 100_000; i++ {
		err = w.Write(&Record{Action: Look, AtMicros: int64(i)})
	}
	if !errors.Is(err, errFull) || !errors.Is(w.Close(), errFull) {
		t.Errorf("%v", err)
	}
}

func TestATallyCountsWhatThereIs(t *testing.T) {
	file := written(t, everything())
	for _, cut := range []int{0, 40} {
		r, err := NewReader(bytes.NewReader(file[:len(file)-cut]))
		if err != nil {
			t.Fatal(err)
		}
		each := 0
		tally, err := NewTally(r, func(*Record) error { each++; return nil })
		if err != nil || tally.Whole != (cut == 0) || tally.Records != 14 || each != 14 || tally.Shoppers != 2 || tally.Bots != 1 ||
			tally.Actions["hold"] != 3 || tally.Ways["best"] != 1 || tally.Statuses[409] != 1 || tally.Fates["late"] != 1 ||
			!slices.Equal(tally.Arrivals, []int64{2}) || tally.LastTime != 7200e6 {
			t.Errorf("%d bytes less: %+v, %v", cut, tally, err)
		}
	}
}

// What a file says is never believed: no panic, no more memory than the file is long, and what is read can be written.
func FuzzReader(f *testing.F) {
	whole := written(f, everything())
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 1<<16 {
			return
		}
		_, _, _ = ReadEvents(bytes.NewReader(file))
		r, err := NewReader(bytes.NewReader(file))
		var rec Record
		for err == nil {
			if err = r.Next(&rec); err == nil {
				if wrong := rec.check(); wrong != nil {
					t.Fatal(wrong)
				}
			}
		}
		if !errors.Is(err, io.EOF) && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrTruncated) && !errors.Is(err, ErrNotATrace) {
			t.Fatal(err)
		}
	})
}

// FuzzRecord gets past the checksums: it fuzzes what lies in a block.
func FuzzRecord(f *testing.F) {
	for _, r := range everything() {
		f.Add(r.append(nil, 0))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var r Record
		d := decoder{b: b}
		if !d.record(&r, 0) {
			return
		}
		if err := r.check(); err != nil {
			t.Fatal(err)
		}
		var again Record
		if next := (decoder{b: r.append(nil, 0)}); !next.record(&again, 0) || !reflect.DeepEqual(r, again) {
			t.Fatalf("%+v, then %+v", r, again)
		}
	})
}
