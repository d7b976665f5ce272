package draw

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func seedOf(n uint64) *[SeedBytes]byte {
	var seed [SeedBytes]byte
	binary.BigEndian.PutUint64(seed[:], n)
	binary.BigEndian.PutUint64(seed[24:], ^n)
	return &seed
}

func TestEveryPlaceIsOneNumbers(t *testing.T) {
	for _, count := range []uint64{0, 1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 1000, 4096, 4097, 20_000} {
		d := New(seedOf(count), uint8(count%8), count)
		taken := make([]bool, count)
		for number := range count {
			place := d.Place(number)
			if place >= count || taken[place] {
				t.Fatalf("%d drawn: %d has place %d, which is no place or another's", count, number, place)
			}
			taken[place] = true
			if back := d.Number(place); back != number {
				t.Fatalf("%d drawn: place %d of number %d leads back to %d", count, place, number, back)
			}
		}
	}
}

func TestWhoCameAfterTheDrawKeepsTheirPlace(t *testing.T) {
	d := New(seedOf(1), 0, 100)
	for _, number := range []uint64{100, 101, 1 << 40, 1<<64 - 1} {
		if d.Place(number) != number || d.Number(number) != number {
			t.Errorf("number %d was moved to %d", number, d.Place(number))
		}
	}
}

func TestPlacesFarApartLeadBack(t *testing.T) {
	for _, count := range []uint64{1_000_003, 1 << 32, 1<<32 + 1, MaxCount - 1, MaxCount} {
		d := New(seedOf(7), 3, count)
		for range 50 {
			number := rand.Uint64N(count)
			if place := d.Place(number); place >= count || d.Number(place) != number {
				t.Fatalf("%d drawn: number %d, place %d, back %d", count, number, place, d.Number(place))
			}
		}
	}
}

// Of the seed of 2027: ten drawn in lane 0, then numbers 0, 1 and 999,999 of a million in lane 1. doc.go's recipe gives them
// too, in any language.
var golden = []uint64{0, 4, 8, 5, 2, 1, 9, 7, 3, 6, 61475, 617190, 892782}

const goldenHash = "2786ff6ed075fdd8087cac9aa793882e3a03c91ce4b433f36f3f47eda3de3043"

// What was drawn once can be drawn again for ever.
func TestADrawNeverChanges(t *testing.T) {
	var got []uint64
	d := New(seedOf(2027), 0, 10)
	for number := range uint64(10) {
		got = append(got, d.Place(number))
	}
	million := New(seedOf(2027), 1, 1_000_000)
	got = append(got, million.Place(0), million.Place(1), million.Place(999_999))
	if want := golden; !slices.Equal(got, want) {
		t.Errorf("drawn %v, once was %v", got, want)
	}
	hash := SeedHash(seedOf(2027))
	if text := fmt.Sprintf("%x", hash[:]); text != goldenHash {
		t.Errorf("seed hash %s, once was %s", text, goldenHash)
	}
}

func TestSeedLaneAndCountEachMakeAnotherOrder(t *testing.T) {
	order := func(d *Draw) (places []uint64) {
		for number := range uint64(64) {
			places = append(places, d.Place(number))
		}
		return places
	}
	first := order(New(seedOf(1), 0, 64))
	for _, d := range []*Draw{New(seedOf(2), 0, 64), New(seedOf(1), 1, 64), New(seedOf(1), 0, 65)} {
		if slices.Equal(order(d), first) {
			t.Error("two draws have the same order")
		}
	}
}

// Over many draws each number has each place equally often, and two neighbours each distance. Critical values of chi-square
// at p = 0.0001, by Wilson and Hilferty; seeds are fixed, so that the test says the same every time.
func TestEveryNumberHasEveryPlaceEquallyOften(t *testing.T) {
	for _, count := range []int{3, 4, 5, 10, 16, 30} {
		draws := 150 * count
		seen := make([][]int, count)
		steps := make([]int, count) // from number 0's place to number 1's
		for i := range seen {
			seen[i] = make([]int, count)
		}
		for draw := range draws {
			d := New(seedOf(uint64(draw)), 0, uint64(count))
			for number := range count {
				seen[number][d.Place(uint64(number))]++
			}
			steps[(int(d.Place(1))+count-int(d.Place(0)))%count]++
		}
		var sum float64
		for number := range seen {
			sum += chiSquare(seen[number], draws)
		}
		if degrees := (count - 1) * (count - 1); sum > critical(degrees) {
			t.Errorf("%d drawn: chi-square %.1f of places, at most %.1f expected", count, sum, critical(degrees))
		}
		if c := chiSquare(steps[1:], draws); count > 3 && c > critical(count-2) {
			t.Errorf("%d drawn: chi-square %.1f of neighbours, at most %.1f expected", count, c, critical(count-2))
		}
	}
}

// In one large draw, those who came in each tenth of the time are in every tenth of the line alike.
func TestEarlyArrivalsAreNoBetterOffThanLate(t *testing.T) {
	const count, parts = 50_000, 10
	d := New(seedOf(42), 0, count)
	var cells [parts * parts]int
	for number := range uint64(count) {
		cells[number*parts/count*parts+d.Place(number)*parts/count]++
	}
	if c := chiSquare(cells[:], count); c > critical((parts-1)*(parts-1)) {
		t.Errorf("chi-square %.1f, at most %.1f expected", c, critical((parts-1)*(parts-1)))
	}
}

func chiSquare(seen []int, total int) (sum float64) {
	expected := float64(total) / float64(len(seen))
	for _, n := range seen {
		sum += (float64(n) - expected) * (float64(n) - expected) / expected
	}
	return sum
}

func critical(degrees int) float64 {
	const z = 3.719 // p = 0.0001
	n := float64(degrees)
	c := 1 - 2/(9*n) + z*math.Sqrt(2/(9*n))
	return n * c * c * c
}

func FuzzAPlaceLeadsBack(f *testing.F) {
	f.Add(uint64(1), uint8(0), uint64(10), uint64(3))
	f.Fuzz(func(t *testing.T, seed uint64, lane uint8, count, number uint64) {
		d := New(seedOf(seed), lane, count)
		place := d.Place(number)
		if d.Number(place) != number || (number < d.Count()) != (place < d.Count()) {
			t.Errorf("number %d of %d: place %d, back %d", number, count, place, d.Number(place))
		}
	})
}

func BenchmarkPlace(b *testing.B) {
	for _, count := range []uint64{1_000_000, 1<<20 + 1} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			d := New(seedOf(1), 0, count)
			b.ReportAllocs()
			for i := uint64(0); b.Loop(); i++ {
				d.Place(i % count)
			}
		})
	}
}
