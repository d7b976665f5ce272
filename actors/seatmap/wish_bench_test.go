package seatmap

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// wishHouse is a venue of so many seats, in sections of 25 rows of 40 with an aisle in the middle, eight sections side by
// side, ranked by the distance to the stage, in four categories. The last row of each section has four accessible seats
// with a companion beside each.
func wishHouse(tb testing.TB, seats int) *Plan {
	tb.Helper()
	const width, depth, abreast = 40, 25, 8
	spec := &PlanSpec{}
	for i := range 4 {
		spec.Categories = append(spec.Categories, CategorySpec{Key: fmt.Sprint(i + 1)})
	}
	for r := range seats / width {
		section := r / depth
		if section == len(spec.Sections) {
			spec.Sections = append(spec.Sections, SectionSpec{Key: fmt.Sprint(section + 1)})
		}
		row := RowSpec{Section: section, Key: fmt.Sprint(r%depth + 1)}
		for i := range width {
			x := float64(section%abreast)*45 - 157 + float64(i) - 19.5
			y := float64(section/abreast)*45 + float64(r%depth)*1.5 + 12
			s := SeatSpec{
				Label: fmt.Sprintf("%d-%d-%d", section+1, r%depth+1, i+1), Category: section * 4 * width * depth / seats % 4,
				Rank: uint32(math.Hypot(x, y) * 10), AisleAfter: i == width/2-1,
			}
			if r%depth == depth-1 && i < 8 {
				s.Flags = []SeatFlags{SeatAccessible, SeatCompanion}[i%2]
			}
			row.Seats = append(row.Seats, s)
		}
		spec.Rows = append(spec.Rows, row)
	}
	plan, err := NewPlan(spec)
	if err != nil {
		tb.Fatal(err)
	}
	return plan
}

// wishSizes is the mix of parties of one to eight, in a hundred.
var wishSizes = func() (sizes []int32) {
	for size, share := range []int{0, 8, 34, 15, 33, 3, 3, 2, 2} {
		for range share {
			sizes = append(sizes, int32(size))
		}
	}
	return sizes
}()

// wishShop asks for the best seats, and allocates nothing by itself.
type wishShop struct {
	m        *Map
	req      Request
	ans      Answer
	commands uint64
	random   *rand.Rand
	held     []ID
	filtered bool // a quarter of the parties name a category
	keys     []string
}

func newWishShop(tb testing.TB, plan *Plan) *wishShop {
	s := &wishShop{m: onSale(tb, plan), random: rand.New(rand.NewPCG(1, 5))}
	for _, c := range plan.Categories() {
		s.keys = append(s.keys, c.Key)
	}
	return s
}

// ask prepares a hold for the next party.
func (s *wishShop) ask(size int32) {
	s.prepare(OpHold)
	binary.BigEndian.PutUint64(s.req.ID[:], s.commands)
	s.req.Wish.Quantity = size
	s.req.Wish.Categories = s.req.Wish.Categories[:0]
	if s.filtered && s.random.IntN(4) == 0 {
		s.req.Wish.Categories = append(s.req.Wish.Categories, s.keys[s.random.IntN(len(s.keys))])
	}
}

func (s *wishShop) prepare(op Op) {
	s.commands++
	s.req.Op, s.req.CallerKey = op, true
	binary.BigEndian.PutUint64(s.req.Key[:], s.commands*mixMultiplier)
	binary.BigEndian.PutUint64(s.req.Key[8:], s.commands)
	s.req.Wish.Quantity = 0
}

func (s *wishShop) do() { s.m.Do(1_800_000_000_000, &s.req, &s.ans) }

// back gives a random hold back.
func (s *wishShop) back() {
	i := s.random.IntN(len(s.held))
	s.prepare(OpRelease)
	s.req.ID = s.held[i]
	s.held[i] = s.held[len(s.held)-1]
	s.held = s.held[:len(s.held)-1]
	s.do()
}

// fill sells the house from empty to sold out; every fifth party gives its seats back later. Each hold is timed.
func (s *wishShop) fill(tb testing.TB, times []int64) []int64 {
	for s.m.Counts().Free > 0 {
		s.ask(wishSizes[s.random.IntN(len(wishSizes))])
		begin := time.Now()
		s.do()
		times = append(times, int64(time.Since(begin)))
		switch s.ans.Code {
		case CodeOK:
			s.held = append(s.held, s.ans.ID)
			if s.random.IntN(5) == 0 {
				s.back()
			}
		case CodeNotEnoughSeats:
		default:
			tb.Fatal(s.ans.Code, s.ans.Field, s.ans.Reason)
		}
	}
	return times
}

// clockNanos is what it takes to read the clock twice.
func clockNanos() int64 {
	least := int64(math.MaxInt64)
	for range 10_000 {
		begin := time.Now()
		least = min(least, int64(time.Since(begin)))
	}
	return least
}

// BenchmarkBestAvailable fills a house from empty to sold out: parties of one to eight, releases mixed in. The metrics are
// of one hold, with all that it changes; reading the clock is taken off. Every round makes the same decisions, so each
// hold is also given the least time that it took in any round: what other processes cost is not in those.
func BenchmarkBestAvailable(b *testing.B) {
	for _, seats := range []int{2_000, 30_000, 100_000} {
		for _, filtered := range []bool{false, true} {
			b.Run(fmt.Sprintf("seats=%d/filtered=%t", seats, filtered), func(b *testing.B) {
				plan := wishHouse(b, seats)
				var all, least, round []int64
				var bytes int
				for b.Loop() {
					s := newWishShop(b, plan)
					s.filtered = filtered
					round = s.fill(b, round[:0])
					bytes = s.m.seating.heapBytes()
					all = append(all, round...)
					if least == nil {
						least = slices.Clone(round)
					}
					for i := range least {
						least[i] = min(least[i], round[i])
					}
				}
				b.ReportMetric(0, "ns/op") // of a whole sale: says nothing
				report(b, all, "")
				report(b, least, "-least")
				b.ReportMetric(float64(len(least)), "holds")
				b.ReportMetric(float64(bytes)/float64(seats), "index-B/seat")
			})
		}
	}
}

func report(b *testing.B, times []int64, kind string) {
	clock, sum := clockNanos(), int64(0)
	slices.Sort(times)
	for i := range times {
		times[i] -= clock
		sum += times[i]
	}
	b.ReportMetric(float64(sum)/float64(len(times)), "mean"+kind+"-ns")
	for _, at := range []struct {
		name  string
		share float64
	}{{"median", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}, {"most", 1}} {
		b.ReportMetric(float64(times[int(at.share*float64(len(times)-1))]), at.name+kind+"-ns")
	}
}

// BenchmarkRefusals is the end of a sale: thousands ask for what is gone.
func BenchmarkRefusals(b *testing.B) {
	for _, seats := range []int{2_000, 100_000} {
		for _, c := range []struct {
			name string
			wish Wish
		}{
			{"together", Wish{Quantity: 2, Together: TogetherRequire}},
			{"category", Wish{Quantity: 4, Categories: []string{"1"}}},
			{"more-than-left", Wish{Quantity: 8}},
		} {
			b.Run(fmt.Sprintf("seats=%d/%s", seats, c.name), func(b *testing.B) {
				s := soldButSingles(b, wishHouse(b, seats), c.name == "more-than-left")
				b.ReportAllocs()
				for b.Loop() {
					s.prepare(OpHold)
					binary.BigEndian.PutUint64(s.req.ID[:], s.commands)
					s.req.CallerKey, s.req.Wish = false, c.wish
					if s.do(); s.ans.Code != CodeNotEnoughSeats {
						b.Fatal(s.ans.Code)
					}
				}
			})
		}
	}
}

// soldButSingles is a house in which a seat is left in every third row but those of category 1, or three seats in all.
func soldButSingles(tb testing.TB, plan *Plan, few bool) *wishShop {
	s := newWishShop(tb, plan)
	left := 0
	for slot := range uint32(plan.Seats()) {
		single := plan.CategoryOf(slot) > 0 && slot%120 == 20 && (!few || left < 3)
		if single {
			left++
			continue
		}
		s.prepare(OpSale)
		binary.BigEndian.PutUint64(s.req.ID[:], s.commands)
		s.req.Add.Seats = append(s.req.Add.Seats[:0], plan.Label(slot))
		s.do()
	}
	s.req.Add.Seats = nil
	return s
}

// BenchmarkNotTogether seats a party that no row can seat, and gives its seats back: split where every row has a pair left,
// scattered where every third row has a single.
func BenchmarkNotTogether(b *testing.B) {
	for _, seats := range []int{2_000, 100_000} {
		for name, party := range map[string]int32{"split": 4, "scattered": 3} {
			b.Run(fmt.Sprintf("seats=%d/%s", seats, name), func(b *testing.B) {
				plan := wishHouse(b, seats)
				s := newWishShop(b, plan)
				for slot := range uint32(plan.Seats()) {
					if name == "split" && slot%40 >= 10 && slot%40 < 12 || name == "scattered" && slot%120 == 20 {
						continue
					}
					s.prepare(OpSale)
					binary.BigEndian.PutUint64(s.req.ID[:], s.commands)
					s.req.Add.Seats = append(s.req.Add.Seats[:0], plan.Label(slot))
					s.do()
				}
				s.req.Add.Seats = nil
				b.ReportAllocs()
				for b.Loop() {
					s.ask(party)
					if s.do(); s.ans.Code != CodeOK || s.ans.Together {
						b.Fatal(s.ans.Code, s.ans.Together)
					}
					s.held = append(s.held, s.ans.ID)
					s.back()
				}
			})
		}
	}
}
