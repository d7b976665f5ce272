package seatmap

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"testing"
)

// arena50k is a venue of 50,000 numbered seats in 1,000 rows of 50.
func arena50k(tb testing.TB) *Plan {
	tb.Helper()
	spec := &PlanSpec{Categories: []CategorySpec{{Key: "1"}, {Key: "2"}, {Key: "3"}}, Sections: []SectionSpec{{Key: "A"}, {Key: "B"}}}
	for r := range 1000 {
		row := RowSpec{Section: r % 2, Key: fmt.Sprint(r + 1)}
		for s := range 50 {
			row.Seats = append(row.Seats, SeatSpec{
				Label: fmt.Sprintf("%s-%d-%d", spec.Sections[r%2].Key, r+1, s+1), Category: r / 334, Rank: uint32(r),
			})
		}
		spec.Rows = append(spec.Rows, row)
	}
	plan, err := NewPlan(spec)
	if err != nil {
		tb.Fatal(err)
	}
	return plan
}

func onSale(tb testing.TB, plan *Plan) *Map {
	tb.Helper()
	config := DefaultConfig()
	config.State, config.Currency = SaleOn, "CHF"
	for i, category := range plan.Categories() {
		config.Prices = append(config.Prices, CategoryPrice{Category: category.Key, Price: int64(100 * (i + 1))})
	}
	m, err := New(plan, &config)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// shop makes the requests of one party after the other, with keys, ids and buyers of their own, and allocates nothing.
type shop struct {
	labels  []string // all seats, in chart order
	taken   int
	parties uint64
	keys    uint64
	now     int64
	buyers  []string
	req     Request
	ans     Answer
	m       *Map
	quiet   bool
}

func newShop(tb testing.TB, plan *Plan) *shop {
	s := &shop{m: onSale(tb, plan), now: 1_800_000_000_000}
	for slot := range uint32(plan.Seats()) {
		s.labels = append(s.labels, plan.Label(slot))
	}
	for i := range 50_000 {
		s.buyers = append(s.buyers, fmt.Sprintf("b-%05d", i))
	}
	return s
}

// partySizes is the mix of parties in a hundred: 8, 35, 15, 34, 3 and 5 of one to six.
var partySizes = func() (sizes []int) {
	for size, share := range []int{0, 8, 35, 15, 34, 3, 5} {
		for range share {
			sizes = append(sizes, size)
		}
	}
	return sizes
}()

func (s *shop) do(op Op) {
	s.keys++
	s.now++
	s.req.Op, s.req.CallerKey = op, true
	binary.BigEndian.PutUint64(s.req.Key[:], s.keys*mixMultiplier)
	binary.BigEndian.PutUint64(s.req.Key[8:], s.keys)
	if s.quiet {
		s.m.Do(s.now, &s.req, nil)
		return
	}
	s.m.Do(s.now, &s.req, &s.ans)
	if s.ans.Code != CodeOK {
		panic(fmt.Sprint(op, " ", s.ans.Code, " ", s.ans.Labels, s.ans.Reason))
	}
}

// choose begins the next party of so many and gives it the next seats.
func (s *shop) choose(size int) {
	if s.taken+size > len(s.labels) {
		s.taken = 0
	}
	s.parties++
	binary.BigEndian.PutUint64(s.req.ID[:], s.parties)
	s.req.Buyer = s.buyers[s.parties%uint64(len(s.buyers))]
	s.req.Reference = "psp"
	s.req.Add.Seats = append(s.req.Add.Seats[:0], s.labels[s.taken:s.taken+size]...)
	s.taken += size
}

func BenchmarkHoldConfirm(b *testing.B) {
	for _, quiet := range []bool{false, true} {
		b.Run(map[bool]string{false: "answered", true: "follower"}[quiet], func(b *testing.B) {
			plan := arena50k(b)
			s := newShop(b, plan)
			s.quiet = quiet
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if s.taken > len(s.labels)-3 {
					b.StopTimer()
					s = newShop(b, plan)
					s.quiet = quiet
					b.StartTimer()
				}
				s.choose(2 + i&1)
				s.do(OpHold)
				s.do(OpConfirm)
			}
		})
	}
}

func BenchmarkHoldConfirmCancel(b *testing.B) {
	s := newShop(b, arena50k(b))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.choose(2 + i&1)
		s.do(OpHold)
		s.do(OpConfirm)
		s.do(OpCancel)
		s.now += 100_000
	}
}

func BenchmarkSale(b *testing.B) {
	plan := arena50k(b)
	s := newShop(b, plan)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if s.taken > len(s.labels)-3 {
			b.StopTimer()
			s = newShop(b, plan)
			b.StartTimer()
		}
		s.choose(2 + i&1)
		s.do(OpSale)
	}
}

func BenchmarkHoldRelease(b *testing.B) {
	s := newShop(b, arena50k(b))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.choose(2 + i&1)
		s.do(OpHold)
		s.do(OpRelease)
		s.now += 1_000
	}
}

// BenchmarkLapse is one hold of two or three seats made and lapsed among 10,000 others.
func BenchmarkLapse(b *testing.B) {
	s := newShop(b, arena50k(b))
	for range 10_000 {
		s.choose(2)
		s.do(OpHold)
		s.now += 47
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.choose(2 + i&1)
		s.do(OpHold)
		s.now += 47
	}
}

// soldShop is a venue sold in whole to the mix of parties.
func soldShop(tb testing.TB, plan *Plan, confirm bool) *shop {
	s := newShop(tb, plan)
	for i := 0; s.taken < len(s.labels); i++ {
		s.choose(min(partySizes[i*37%100], len(s.labels)-s.taken))
		s.do(OpHold)
		if confirm {
			s.do(OpConfirm)
		}
	}
	return s
}

func BenchmarkPicture(b *testing.B) {
	s := soldShop(b, arena50k(b), true)
	states := make([]byte, 0, 50_000)
	b.ReportAllocs()
	for b.Loop() {
		states = s.m.Picture().AppendStates(states[:0])
	}
}

func BenchmarkFreezeEncode(b *testing.B) {
	s := soldShop(b, arena50k(b), true)
	var size bytes.Buffer
	if err := s.m.Freeze().Encode(&size); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(size.Len()))
	b.ReportAllocs()
	for b.Loop() {
		_ = s.m.Freeze().Encode(io.Discard)
	}
}

func BenchmarkRestore(b *testing.B) {
	s := soldShop(b, arena50k(b), true)
	var code bytes.Buffer
	_ = s.m.Freeze().Encode(&code)
	b.SetBytes(int64(code.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Restore(s.m.Plan(), bytes.NewReader(code.Bytes())); err != nil {
			b.Fatal(err)
		}
	}
}

// heapOf is the heap that make's result keeps alive.
func heapOf[T any](make func() T) (T, int) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&before)
	kept := make()
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&after)
	return kept, int(after.HeapAlloc) - int(before.HeapAlloc)
}

// bytesPerSeat measures a free seat, and a held or sold one besides the callers' strings.
func bytesPerSeat(tb testing.TB) (free, held, sold float64) {
	plan := arena50k(tb)
	m, bytesFree := heapOf(func() *Map { return onSale(tb, plan) })
	runtime.KeepAlive(m)
	taken := func(confirm bool) float64 {
		var names int
		s, bytes := heapOf(func() *shop {
			s := soldShop(tb, plan, confirm)
			names = s.m.text.live
			return &shop{m: s.m}
		})
		runtime.KeepAlive(s)
		return float64(bytes-names) / float64(plan.Seats())
	}
	return float64(bytesFree) / float64(plan.Seats()), taken(false), taken(true)
}

func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		free, held, sold := bytesPerSeat(b)
		b.ReportMetric(free, "B/free-seat")
		b.ReportMetric(held, "B/held-seat")
		b.ReportMetric(sold, "B/sold-seat")
	}
}
