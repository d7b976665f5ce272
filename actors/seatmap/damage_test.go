package seatmap

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
)

// wornMap has everything that a state can have: holds and orders of all states, area claims, places that holds had once,
// remembered successes and refusals, free records, price books, blocked places.
func wornMap(t testing.TB) (*Map, venue) {
	v := smallVenues(t)[0]
	config := DefaultConfig()
	config.State, config.Currency = SaleOn, "CHF"
	m, err := New(v.plan, &config)
	if err != nil {
		t.Fatal(err)
	}
	now := int64(1_800_000_000_000)
	do := func(id byte, req Request) {
		now += 1000
		req.ID[0], req.ID[15], req.CallerKey = id, 1, true
		req.Key[0], req.Key[1], req.Fingerprint = byte(now/1000), byte(now/256_000), uint64(id)
		m.Do(now, &req, nil)
	}
	seats := func(labels ...string) Selection { return Selection{Seats: labels} }
	prices := Config{Prices: []CategoryPrice{{"1", 100}, {"2", 50}}}
	do(1, Request{Op: OpHold, Buyer: "anna", Add: Selection{Seats: []string{"A-1-2", "A-1-1"}, Areas: []AreaQuantity{{"Floor", 3}}}})
	do(2, Request{Op: OpHold, Buyer: "ben", Add: Selection{Seats: []string{"B-1-1"}, Tables: []string{"T1"}}})
	do(2, Request{Op: OpChange, Remove: seats("B-1-1"), Add: Selection{Areas: []AreaQuantity{{"Bar", 2}}}})
	do(3, Request{Op: OpHold, Add: seats("B-1-2", "B-1-3")})
	do(4, Request{Op: OpSale, Buyer: "anna", Reference: "psp-4", Add: Selection{Areas: []AreaQuantity{{"Floor", 4}}}})
	do(4, Request{Op: OpCancel, Tickets: []uint32{uint32(v.plan.Slots()) + 1}})
	do(0, Request{Op: OpConfigure, Patch: &ConfigPatch{Set: FieldPrices, Config: prices}})
	do(5, Request{Op: OpSale, Reference: "psp-5", Add: seats("T2-1")})
	do(5, Request{Op: OpCancel})
	do(2, Request{Op: OpConfirm, Reference: "psp-2"})
	do(3, Request{Op: OpRelease})
	do(6, Request{Op: OpHold, Buyer: "carl", Add: seats("nowhere", "B-1-2")})
	do(6, Request{Op: OpHold, Buyer: "carl", Add: seats("B-1-2", "B-1-2")})
	do(7, Request{Op: OpHold, Buyer: "carl", Add: seats("A-1-4", "A-1-5")})
	do(2, Request{Op: OpConfirm, Reference: "psp-2"})
	do(0, Request{Op: OpBlock, Add: Selection{Seats: []string{"B-1-4"}, Areas: []AreaQuantity{{"Floor", 1}}}})
	now = 1_800_000_000_000 + DefaultHoldTTL*1000
	do(7, Request{Op: OpExtend, TTLSeconds: 500})
	now += DefaultHoldTTL*1000 + KeyLifeMillis/2
	do(1, Request{Op: OpConfirm, Retake: true, Reference: "psp-1"})
	do(9, Request{Op: OpHold, Buyer: "ben", Add: seats("A-1-5", "T2-2")})
	m.Do(now, &Request{Op: OpHold, ID: ID{8}, Add: Selection{Areas: []AreaQuantity{{"Bar", 1}}}}, nil)
	m.Do(now, &Request{Op: OpRelease, ID: ID{8}}, nil) // of which no key tells
	for state := HoldHeld; state <= HoldCancelled; state++ {
		if m.byState[state] == 0 {
			t.Fatalf("no hold is %s", state)
		}
	}
	if m.rosters.live() == 0 || m.claims.idle == 0 || m.unchanged.records.count() < 3 || len(m.books) < 4 || m.buyers.live() < 3 {
		t.Fatalf("the map is not worn: %d rosters, %d idle claims, %d refusals, %d prices, %d buyers", m.rosters.live(),
			m.claims.idle, m.unchanged.records.count(), len(m.books), m.buyers.live())
	}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	return m, v
}

func encoded(t testing.TB, m *Map) []byte {
	var b bytes.Buffer
	if err := m.Freeze().Encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestASnapshotRestoresToTheSameBytes(t *testing.T) {
	m, v := wornMap(t)
	code := encoded(t, m)
	again, err := Restore(v.plan, bytes.NewReader(code))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(code, encoded(t, again)) {
		t.Error("restored and written again, the bytes differ")
	}
	if err := again.Check(); err != nil {
		t.Error(err)
	}
	if again.Counts() != m.Counts() || again.Hash() != m.Hash() {
		t.Error("restored, it counts or hashes otherwise")
	}
}

func TestASnapshotRestoresEverySetting(t *testing.T) {
	v := smallVenues(t)[0]
	config := Config{
		Name: "A name longer than any other text", StartsAtMillis: 1, Currency: "CHF", Prices: []CategoryPrice{{"1", 2}, {"2", 3}},
		State: SalePaused, SaleOpensMillis: 4, SaleClosesMillis: 5, HoldTTLSeconds: 6, HoldExtensions: 7, PlacesPerHold: 8,
		PlacesPerBuyer: 9, Orphans: OrphansRefuse,
	}
	m, err := New(v.plan, &config)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Restore(v.plan, bytes.NewReader(encoded(t, m)))
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Config(); !reflect.DeepEqual(*got, config) {
		t.Errorf("restored as %+v", *got)
	}
}

func TestEveryDamagedBitOfASnapshotIsNoticed(t *testing.T) {
	m, v := wornMap(t)
	code := encoded(t, m)
	for i := range code {
		for bit := range 8 {
			damaged := bytes.Clone(code)
			damaged[i] ^= 1 << bit
			if _, err := Restore(v.plan, bytes.NewReader(damaged)); !errors.Is(err, ErrDamaged) {
				t.Fatalf("bit %d of byte %d of %d flipped: %v", bit, i, len(code), err)
			}
		}
	}
}

func TestAShortenedOrLengthenedSnapshotIsNoticed(t *testing.T) {
	m, v := wornMap(t)
	code := encoded(t, m)
	for length := range code {
		if _, err := Restore(v.plan, bytes.NewReader(code[:length])); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut to %d of %d bytes: %v", length, len(code), err)
		}
	}
	if _, err := Restore(v.plan, bytes.NewReader(append(bytes.Clone(code), 0))); !errors.Is(err, ErrDamaged) {
		t.Fatalf("a byte too many: %v", err)
	}
}

func TestASnapshotOfAnotherPlanIsRefused(t *testing.T) {
	m, _ := wornMap(t)
	other := smallVenues(t)[1].plan
	if _, err := Restore(other, bytes.NewReader(encoded(t, m))); !errors.Is(err, ErrDamaged) {
		t.Fatal(err)
	}
}

// failingWriter takes so many bytes and no more.
type failingWriter struct{ left int }

var errDiskFull = errors.New("disk full")

func (w *failingWriter) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, errDiskFull
	}
	return len(b), nil
}

func TestEncodeTellsOfAFailedWrite(t *testing.T) {
	s := soldShop(t, arena50k(t), true)
	for _, room := range []int{0, 100_000} {
		if err := s.m.Freeze().Encode(&failingWriter{left: room}); !errors.Is(err, errDiskFull) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
	}
}

func FuzzRestore(f *testing.F) {
	m, v := wornMap(f)
	fresh, err := New(v.plan, m.Config())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encoded(f, m))
	f.Add(encoded(f, fresh))
	f.Fuzz(func(t *testing.T, code []byte) {
		restored, err := Restore(v.plan, bytes.NewReader(code))
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		if err := restored.Check(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(encoded(t, restored), code) {
			t.Fatal("one state has two encodings")
		}
	})
}

// FuzzRestoreInside damages what the outer marks and the state hash would hide: it must be refused, or hold together.
func FuzzRestoreInside(f *testing.F) {
	m, v := wornMap(f)
	code := encoded(f, m)
	f.Add(uint16(60), byte(1))
	f.Add(uint16(len(code)-30), byte(0x80))
	f.Fuzz(func(t *testing.T, at uint16, flip byte) {
		damaged := bytes.Clone(code)
		damaged[int(at)%len(damaged)] ^= flip
		d := newDecoder(bytes.NewReader(damaged))
		again := newMap(v.plan)
		d.header(v.plan)
		again.decodeFrom(d)
		if d.err != nil || again.rebuild() != nil {
			return
		}
		var ans Answer
		for i := range again.changes.records.count() {
			r := again.changes.records.at(again.changes.records.head + i)
			again.Do(r.atMillis, &Request{Op: OpRelease, Key: r.key, Fingerprint: r.fingerprint}, &ans)
		}
		if err := again.Check(); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzDecodePlan(f *testing.F) {
	for _, v := range smallVenues(f) {
		f.Add(v.plan.AppendBinary(nil))
	}
	f.Fuzz(func(t *testing.T, code []byte) {
		plan, err := DecodePlan(code)
		if err != nil {
			if !errors.Is(err, ErrBadPlan) {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(plan.AppendBinary(nil), code) {
			t.Fatal("one plan has two encodings")
		}
	})
}
