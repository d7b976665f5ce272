package seatmap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

// A day and a half at a bigger venue: records fill many pages, keys and tombstones grow old, strings are compacted, and
// in between the map is frozen and pictured; every frozen state and picture stays what it was.
func TestALongDayCrossesEveryPage(t *testing.T) {
	v := bigVenue(t)
	random := rand.New(rand.NewPCG(3, 3))
	s := &shop{m: onSale(t, v.plan), now: 1_800_000_000_000}
	replica := onSale(t, v.plan)
	type kept struct {
		frozen  *Frozen
		bytes   []byte
		picture *Picture
		states  []byte
	}
	var keep []kept
	for i := range 12_000 {
		s.now += int64(random.IntN(20_000))
		req := longRequest(random, v.plan, i)
		s.m.Do(s.now, &req, &s.ans)
		replica.Do(s.now, &req, nil)
		if i%1_000 == 500 {
			k := kept{frozen: s.m.Freeze(), picture: s.m.Picture(), bytes: encoded(t, s.m)}
			k.states = k.picture.AppendStates(nil)
			keep = append(keep, k)
			if err := s.m.Check(); err != nil {
				t.Fatalf("after %d commands: %v", i, err)
			}
			if s.m, replica = mustRestore(t, v.plan, k.bytes), s.m; s.m.Hash() != replica.Hash() {
				t.Fatalf("after %d commands: restored, it hashes otherwise", i)
			}
		}
	}
	for i, k := range keep {
		var b bytes.Buffer
		_ = k.frozen.Encode(&b)
		if !bytes.Equal(b.Bytes(), k.bytes) || !bytes.Equal(k.picture.AppendStates(nil), k.states) {
			t.Errorf("frozen state or picture %d changed after it was taken", i)
		}
	}
	if !bytes.Equal(encoded(t, s.m), encoded(t, replica)) {
		t.Error("the replicas' bytes differ")
	}
	if s.m.changes.records.base == 0 || s.m.unchanged.records.base == 0 || s.m.tombstones.head == 0 || replica.text.used > 3*replica.text.live+arenaIdleGarbage {
		t.Error("the day was not long enough to drop pages and to compact strings")
	}
}

func bigVenue(t testing.TB) venue {
	spec := smallVenues(t)[0].spec
	for r := range 40 {
		row := RowSpec{Section: r % 2, Key: fmt.Sprint("R", r)}
		for s := range 60 {
			row.Seats = append(row.Seats, SeatSpec{Label: fmt.Sprintf("R%d-%d", r, s), Category: r % 2})
		}
		spec.Rows = append(spec.Rows, row)
	}
	plan, err := NewPlan(spec)
	if err != nil {
		t.Fatal(err)
	}
	return venue{spec, plan}
}

func longRequest(random *rand.Rand, plan *Plan, i int) Request {
	id := func(n int) (id ID) {
		binary.BigEndian.PutUint64(id[:], uint64(n+1))
		return id
	}
	req := Request{
		Op: OpHold, ID: id(i), Key: Key(id(i)), CallerKey: i%2 == 0, Fingerprint: uint64(i),
		Buyer: fmt.Sprintf("a buyer with a rather long name, number %d", random.IntN(800)), Reference: fmt.Sprint("psp-", i),
	}
	switch n := random.IntN(12); {
	case n < 6:
		for range 1 + random.IntN(4) {
			req.Add.Seats = append(req.Add.Seats, plan.Label(uint32(random.IntN(plan.Seats()))))
		}
	default:
		req.ID = id(max(0, i-1-random.IntN(40)))
		req.Op = []Op{OpConfirm, OpConfirm, OpRelease, OpExtend, OpCancel, OpCancel}[n-6]
		req.TTLSeconds, req.Retake = 600, n == 6
	}
	return req
}

func mustRestore(t testing.TB, plan *Plan, code []byte) *Map {
	t.Helper()
	m, err := Restore(plan, bytes.NewReader(code))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Run with -race: readers of frozen states and pictures never meet the writer.
func TestFrozenStatesAndPicturesAreReadBesideTheWriter(t *testing.T) {
	v := bigVenue(t)
	m := onSale(t, v.plan)
	random := rand.New(rand.NewPCG(4, 4))
	var readers sync.WaitGroup
	for i := range 2_000 {
		req := longRequest(random, v.plan, i)
		m.Do(1_800_000_000_000+int64(i)*1_000, &req, nil)
		if i%100 == 0 {
			frozen, picture, hash := m.Freeze(), m.Picture(), m.Hash()
			readers.Go(func() {
				var b bytes.Buffer
				_ = frozen.Encode(&b)
				frozen.Release()
				if again, err := Restore(v.plan, &b); err != nil || again.Hash() != hash {
					t.Errorf("a frozen state did not stay as it was: %v", err)
				}
				free := bytes.Count(picture.AppendStates(nil), []byte("f"))
				for slot := v.plan.Seats(); slot < v.plan.Slots(); slot++ {
					free += int(octetOf(picture.Status(uint32(slot)) == StatusFree))
				}
				for i := range v.plan.Areas() {
					free += int(picture.AreaState(i).Free)
				}
				if free != picture.Counts().Free {
					t.Errorf("a picture shows %d free places and counts %d", free, picture.Counts().Free)
				}
			})
		}
	}
	readers.Wait()
}

// Strings that nobody means any more are given back, and those that were handed out before stay as they were.
func TestCompactingStringsChangesNoAnswer(t *testing.T) {
	a := newAsker(t)
	order := a.ask(Request{Op: OpSale, Buyer: "anna", Reference: "psp-1", Add: seats("A-1-1")}).ID
	held := a.ask(Request{Op: OpHold, Buyer: "ben", Add: seats("A-1-2")}).ID
	a.ask(Request{Op: OpExtend, ID: held, TTLSeconds: MaxHoldTTLSeconds})
	refused := Request{Op: OpHold, ID: ID{1, 2, 3}, Key: Key{1}, CallerKey: true, Add: seats("A-1-1", "A-1-2")}
	var first Answer
	a.m.Do(a.now, &refused, &first)
	handedOut := cloneAnswer(a.ask(Request{Op: OpGetOrder, ID: order}))
	compacted := false
	for i := range 2_000 {
		if i == 1_000 {
			a.now += KeyLifeMillis / 2
		}
		used := a.m.text.used
		id := a.ask(Request{Op: OpHold, Buyer: fmt.Sprintf("somebody with a long name, number %060d", i), Add: seats("A-1-3")}).ID
		a.ask(Request{Op: OpRelease, ID: id})
		a.m.limits.tombstones = 10
		a.m.limits.keys = 1 << 20
		for a.m.changes.records.count() > 20 {
			a.m.drop(&a.m.changes) // as if a day had gone by
		}
		compacted = compacted || a.m.text.used < used
	}
	if !compacted {
		t.Fatal("nothing was compacted")
	}
	if err := a.m.Check(); err != nil {
		t.Fatal(err)
	}
	var again Answer
	if a.m.Do(a.now, &refused, &again); !again.Replayed || fmt.Sprint(again.Labels) != fmt.Sprint(first.Labels) {
		t.Errorf("the refusal was %+v, now %+v", first, again)
	}
	now := a.ask(Request{Op: OpGetOrder, ID: order})
	if handedOut.Buyer != "anna" || handedOut.Reference != "psp-1" || now.Buyer != "anna" || now.Reference != "psp-1" {
		t.Errorf("the order was of %s, %s and is of %s, %s", handedOut.Buyer, handedOut.Reference, now.Buyer, now.Reference)
	}
}

// Two states that differ in one field of one record, or in one setting, have other hashes.
func TestAnySingleDifferenceShowsInTheStateHash(t *testing.T) {
	m, v := wornMap(t)
	code := encoded(t, m)
	differ := func(what string, change func(m *Map)) {
		t.Helper()
		other := mustRestore(t, v.plan, code)
		before := other.Rehash()
		change(other)
		if other.Rehash() == before {
			t.Errorf("%s: the same hash", what)
		}
	}
	number := func(state HoldState) uint32 {
		for i := range m.holds.high {
			if m.holds.at(i).state == state {
				return i
			}
		}
		t.Fatalf("no hold is %s", state)
		return none
	}
	for bit := range 8 {
		flip := uint32(1) << bit
		held, order, lapsed := number(HoldHeld), number(HoldConfirmed), number(HoldExpired)
		differ("id", func(m *Map) { m.holds.edit(held).id[bit] ^= 1 << bit })
		differ("deadline", func(m *Map) { m.holds.edit(held).deadlineMillis ^= 1 << (8 * bit) })
		differ("buyer", func(m *Map) { m.holds.edit(held).buyer ^= flip })
		differ("first slot", func(m *Map) { m.holds.edit(held).firstSlot ^= flip })
		differ("first claim", func(m *Map) { m.holds.edit(held).firstClaim ^= flip })
		differ("roster", func(m *Map) { m.holds.edit(lapsed).past ^= flip })
		differ("epoch", func(m *Map) { m.holds.edit(held).epoch ^= flip })
		differ("tombstone's number", func(m *Map) { m.holds.edit(lapsed).position ^= flip })
		differ("price book", func(m *Map) { m.holds.edit(held).book ^= uint16(flip) })
		differ("extensions", func(m *Map) { m.holds.edit(held).extensions ^= uint8(flip) })
		differ("state", func(m *Map) { m.holds.edit(order).state ^= HoldState(flip) })
		differ("reference", func(m *Map) { m.holds.edit(order).reference = m.text.put(fmt.Sprint("other", bit)) })
		differ("buyer's name", func(m *Map) { m.buyers.edit(0).name = m.text.put(fmt.Sprint("other", bit)) })
		differ("area's places", func(m *Map) { m.areas.edit(0).Blocked ^= int32(flip) })
		differ("price", func(m *Map) { m.books[bit%len(m.books)] ^= int64(flip) })
		differ("revision", func(m *Map) { m.revision ^= 1 << (8 * bit) })
		differ("area tickets", func(m *Map) { m.areaTickets ^= flip })
		differ("free claim", func(m *Map) { *m.claims.free.edit(0) ^= flip })
		differ("setting", func(m *Map) { m.config.SaleClosesMillis ^= 1 << bit })
		differ("status", func(m *Map) { *m.status.edit(uint32(bit)) ^= 1 })
		first := m.changes.records.head
		differ("key", func(m *Map) { m.changes.records.edit(first).key[bit] ^= 1 << bit })
		differ("fingerprint", func(m *Map) { m.changes.records.edit(first).fingerprint ^= 1 << (8 * bit) })
		differ("receipt's time", func(m *Map) { m.changes.records.edit(first).atMillis ^= 1 << (7 * bit) })
		differ("receipt's deadline", func(m *Map) { m.changes.records.edit(first).expiresAfterMillis ^= flip })
		differ("refusal", func(m *Map) {
			r := m.unchanged.records.edit(m.unchanged.records.head)
			r.about = uint32(m.text.put(fmt.Sprint("other", bit)))
		})
	}
}

// What is counted along is no part of the hash: a wrong count is what Check is for.
func TestAWrongCountIsNoticed(t *testing.T) {
	for name, change := range map[string]func(m *Map){
		"receipts of a hold":    func(m *Map) { m.holds.edit(0).receipts++ },
		"places of a hold":      func(m *Map) { m.holds.edit(0).places++ },
		"places of a buyer":     func(m *Map) { m.buyers.edit(0).places++ },
		"holds of a buyer":      func(m *Map) { m.buyers.edit(0).holds++ },
		"places of an area":     func(m *Map) { m.areas.edit(0).Held++ },
		"places of a category":  func(m *Map) { m.tallies.edit(1)[StatusFree]++ },
		"holds by state":        func(m *Map) { m.byState[HoldHeld]++ },
		"tombstones":            func(m *Map) { m.buried++ },
		"deadlines":             func(m *Map) { m.deadlines.count-- },
		"an id in the index":    func(m *Map) { m.holdIDs.used++ },
		"strings":               func(m *Map) { m.text.live++ },
		"the sum of the hashes": func(m *Map) { m.sum++ },
		"a slot's owner":        func(m *Map) { *m.owner.edit(0) ^= 1 },
		"a slot's link":         func(m *Map) { *m.next.edit(0) ^= 1 },
		"a claim's link":        func(m *Map) { m.claims.edit(0).next ^= 1 },
		"a free number":         func(m *Map) { *m.claims.free.edit(0) ^= 1 },
	} {
		m, _ := wornMap(t)
		change(m)
		if err := m.Check(); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHeapBytesIsWhatTheHeapHas(t *testing.T) {
	plan := arena50k(t)
	s, measured := heapOf(func() *shop { return &shop{m: soldShop(t, plan, true).m} })
	if said := s.m.HeapBytes(); float64(said) < 0.9*float64(measured) || float64(said) > 1.1*float64(measured) {
		t.Errorf("says %d bytes, the heap has %d", said, measured)
	}
}
