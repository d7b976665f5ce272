package venue_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/chart/venue"
)

func make1(t testing.TB, kind venue.Kind, seats int, seed uint64) *chart.Document {
	t.Helper()
	d, err := venue.Make(venue.Options{Kind: kind, Seats: seats, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// numbered counts the seats that are sold by their number: those in rows and those at tables sold by seat.
func numbered(d *chart.Document) int {
	n := d.Seats()
	for _, t := range d.Tables {
		if t.Book == chart.BookWhole {
			n -= int(t.Seats)
		}
	}
	return n
}

// sound fails the test unless a venue has exactly that many seats and no fault.
func sound(t *testing.T, kind venue.Kind, seats int, seed uint64) *chart.Document {
	t.Helper()
	d := make1(t, kind, seats, seed)
	if n := numbered(d); n != seats {
		t.Errorf("%s, %d seats, seed %d: has %d", kind, seats, seed, n)
	}
	for _, p := range d.Validate() {
		t.Errorf("%s, %d seats, seed %d: %s: %s", kind, seats, seed, p.Field, p.Reason)
	}
	return d
}

func TestEverySmallSizeIsMetExactlyAndFaultless(t *testing.T) {
	for _, kind := range venue.Kinds() {
		for seats := venue.MinSeats; seats < 1_000; seats += 7 {
			sound(t, kind, seats, uint64(seats)) //nolint:gosec // small
		}
	}
}

func TestRandomSizesAreMetExactlyAndFaultless(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test
	for _, kind := range venue.Kinds() {
		for range 25 {
			seats := int(math.Exp(math.Log(100) + random.Float64()*math.Log(300)))
			sound(t, kind, seats, random.Uint64())
		}
	}
}

func TestTheLargestVenuesAreFaultlessAndWithinTheLimits(t *testing.T) {
	for _, kind := range venue.Kinds() {
		sound(t, kind, 50_000, 3)
		d := sound(t, kind, venue.MaxSeats, 3)
		if n := len(d.Canonical()); n > chart.MaxDocumentBytes {
			t.Errorf("%s: %d bytes", kind, n)
		}
	}
}

func TestEveryVenueCompilesAndIsReadBack(t *testing.T) {
	for _, kind := range venue.Kinds() {
		d := make1(t, kind, 3_000, 5)
		canonical := d.Canonical()
		if len(canonical) > chart.MaxDocumentBytes {
			t.Errorf("%s: %d bytes", kind, len(canonical))
		}
		read, err := chart.Parse(canonical)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if !bytes.Equal(read.Canonical(), canonical) {
			t.Errorf("%s: what was read differs", kind)
		}
		if _, err := read.Compile(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestOneSeedMakesOneVenue(t *testing.T) {
	for _, kind := range venue.Kinds() {
		a, b := make1(t, kind, 2_500, 11).Canonical(), make1(t, kind, 2_500, 11).Canonical()
		if !bytes.Equal(a, b) {
			t.Errorf("%s: the same seed made two venues", kind)
		}
		if bytes.Equal(a, make1(t, kind, 2_500, 12).Canonical()) {
			t.Errorf("%s: two seeds made the same venue", kind)
		}
	}
}

// The hashes pin the venues that documents and tests name by size and seed. A change of the shapes changes them on
// purpose; a change of Go or of the machine must not.
func TestVenuesAreTheSameOnEveryMachine(t *testing.T) {
	for _, test := range []struct {
		kind venue.Kind
		want string
	}{
		{venue.Theatre, "65096f2e5cd1da6e"}, {venue.Arena, "c4dec0f36d0f48ea"}, {venue.Stadium, "f961c1bcb1954811"},
	} {
		hash := chart.ContentHash(make1(t, test.kind, 2_000, 7).Canonical())
		if got := fmt.Sprintf("%x", hash[:8]); got != test.want {
			t.Errorf("%s: %s, want %s", test.kind, got, test.want)
		}
	}
}

func TestNoTwoSeatsStandInOnePlace(t *testing.T) {
	const least = 40 // centimetres between two seats' middles
	for _, kind := range venue.Kinds() {
		for _, seats := range []int{100, 450, 2_000, 8_000, 25_841} {
			type cell struct{ x, y int }
			grid := map[cell][]chart.Point{}
			eachSeat(make1(t, kind, seats, 9), func(_ *chart.Section, _ *chart.Row, s chart.Seat) {
				at := cell{int(math.Floor(s.X / least)), int(math.Floor(s.Y / least))}
				for dx := -1; dx <= 1; dx++ {
					for dy := -1; dy <= 1; dy++ {
						for _, other := range grid[cell{at.x + dx, at.y + dy}] {
							if math.Hypot(other.X-s.X, other.Y-s.Y) < least {
								t.Fatalf("%s, %d seats: two at %g, %g", kind, seats, s.X, s.Y)
							}
						}
					}
				}
				grid[at] = append(grid[at], chart.Point{X: s.X, Y: s.Y})
			})
		}
	}
}

func TestAWheelchairPlaceHasACompanionBesideIt(t *testing.T) {
	for _, kind := range venue.Kinds() {
		for _, seats := range []int{100, 2_000, 12_000} {
			places := 0
			d := make1(t, kind, seats, 4)
			for _, s := range d.Sections {
				for _, r := range s.Rows {
					for i := range r.Seats.Len() {
						if !r.Seats.At(i).Accessible {
							continue
						}
						places++
						before := i > 0 && r.Seats.At(i-1).Companion
						after := i < r.Seats.Len()-1 && r.Seats.At(i+1).Companion
						if !before && !after {
							t.Errorf("%s: %s-%s-%s has no companion", kind, s.Key, r.Key, r.Seats.At(i).Key)
						}
					}
				}
			}
			if places < 2 || places > seats/20 {
				t.Errorf("%s of %d seats: %d wheelchair places", kind, seats, places)
			}
		}
	}
}

func TestVenuesHaveWhatTheirKindsHave(t *testing.T) {
	for _, test := range []struct {
		kind                        venue.Kind
		seats                       int
		sections, categories, areas int
		tables                      bool
	}{
		{venue.Theatre, 2_000, 12, 6, 0, true},
		{venue.Arena, 12_000, 30, 6, 2, false},
		{venue.Stadium, 25_841, 60, 6, 2, false},
	} {
		d := make1(t, test.kind, test.seats, 1)
		restricted, aisles, runs := 0, 0, 0
		eachSeat(d, func(_ *chart.Section, r *chart.Row, s chart.Seat) {
			restricted, aisles = restricted+number(s.RestrictedView), aisles+number(s.AisleAfter)
			runs += number(r.Seats.Run != nil)
		})
		whole, bySeat := 0, 0
		for _, table := range d.Tables {
			whole, bySeat = whole+number(table.Book == chart.BookWhole), bySeat+number(table.Book == chart.BookSeat)
		}
		if len(d.Sections) < test.sections || len(d.Categories) < test.categories || len(d.Areas) != test.areas || restricted == 0 {
			t.Errorf("%s: %d sections, %d categories, %d areas, %d restricted", test.kind,
				len(d.Sections), len(d.Categories), len(d.Areas), restricted)
		}
		if test.tables && (whole == 0 || bySeat == 0 || aisles == 0) {
			t.Errorf("%s: %d tables sold whole, %d by seat, %d marked aisles", test.kind, whole, bySeat, aisles)
		}
		if !test.tables && runs == 0 {
			t.Errorf("%s: no row is a run", test.kind)
		}
	}
}

func TestTheStairsMouthSplitsARow(t *testing.T) {
	plan, err := make1(t, venue.Stadium, 25_841, 1).Compile()
	if err != nil {
		t.Fatal(err)
	}
	split := 0
	for _, r := range plan.Rows {
		for i := range len(r.Seats) - 1 {
			split += number(r.Seats[i].AisleAfter)
		}
	}
	if split < 50 {
		t.Errorf("%d rows are split", split)
	}
}

func TestFrontRowsCostMoreThanRearRows(t *testing.T) {
	d := make1(t, venue.Theatre, 2_000, 2)
	rank := map[string]int{}
	for i, c := range d.Categories {
		rank[c.Key] = i
	}
	first, last := d.Sections[0], d.Sections[0]
	for _, s := range d.Sections {
		if s.Name == "Balcony" {
			last = s
		}
	}
	if rank[first.Category] >= rank[last.Category] {
		t.Errorf("%s is %s, %s is %s", first.Name, first.Category, last.Name, last.Category)
	}
}

func TestWhatCannotBeMadeIsRefused(t *testing.T) {
	for _, test := range []struct {
		o    venue.Options
		want error
	}{
		{venue.Options{Kind: "barn", Seats: 500}, venue.ErrKind},
		{venue.Options{Kind: venue.Arena, Seats: venue.MinSeats - 1}, venue.ErrSeats},
		{venue.Options{Kind: venue.Arena, Seats: venue.MaxSeats + 1}, venue.ErrSeats},
	} {
		if _, err := venue.Make(test.o); !errors.Is(err, test.want) {
			t.Errorf("%+v: %v", test.o, err)
		}
	}
}

func eachSeat(d *chart.Document, visit func(*chart.Section, *chart.Row, chart.Seat)) {
	for i := range d.Sections {
		for j := range d.Sections[i].Rows {
			for k := range d.Sections[i].Rows[j].Seats.Len() {
				visit(&d.Sections[i], &d.Sections[i].Rows[j], d.Sections[i].Rows[j].Seats.At(k))
			}
		}
	}
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
