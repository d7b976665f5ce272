package svg_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/chart/svg"
	"github.com/parterre/parterre/actors/chart/venue"
)

func draw(t testing.TB, d *chart.Document, s *svg.State) string {
	t.Helper()
	var b bytes.Buffer
	if err := svg.Draw(&b, d, svg.Options{State: s}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func made(t testing.TB, kind venue.Kind, seats int) *chart.Document {
	t.Helper()
	d, err := venue.Make(venue.Options{Kind: kind, Seats: seats, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// hall is a small house: two rows, a table of either kind and an area.
func hall() *chart.Document {
	return &chart.Document{
		Name: "Hall", FocalPoint: &chart.Point{},
		Categories: []chart.Category{{Key: "1", Name: "Front", Color: "#c0392b"}, {Key: "2"}},
		Sections: []chart.Section{{Key: "A", Name: "Block A", Category: "1", Rows: []chart.Row{
			{Key: "1", Seats: chart.Seats{Run: &chart.Run{Count: 4, First: 1, X: -15, Y: 30, DX: 10}}},
			{Key: "2", Seats: chart.Seats{List: []chart.Seat{
				{Key: "1", X: -15, Y: 40, Accessible: true},
				{Key: "2", X: -5, Y: 40, Companion: true},
				{Key: "3", X: 5, Y: 40, RestrictedView: true},
				{Key: "4", X: 15, Y: 40},
			}}},
		}}},
		Areas: []chart.Area{{Key: "Floor", Name: "Standing", Category: "2", Capacity: 600, X: -20, Y: 50, Width: 40, Height: 30}},
		Tables: []chart.Table{
			{Key: "T1", Category: "2", Seats: 4, Book: chart.BookWhole, X: -40, Y: 35},
			{Key: "T2", Category: "2", Seats: 2, Book: chart.BookSeat, X: 40, Y: 35},
		},
	}
}

func hallState() *svg.State {
	return &svg.State{
		Event: "tour:opening", Revision: 42, Seats: "fhsb" + "ffhs" + "sb",
		Tables: map[string]byte{"T1": 's'}, Areas: map[string]svg.Counts{"Floor": {Free: 580, Held: 7, Sold: 12, Blocked: 1}},
	}
}

// elements reads a picture as XML, and fails the test if it is none.
func elements(t testing.TB, picture string) (names map[string]int, texts []string) {
	t.Helper()
	names = map[string]int{}
	decoder := xml.NewDecoder(strings.NewReader(picture))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return names, texts
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			names[token.Name.Local]++
		case xml.CharData:
			if s := strings.TrimSpace(string(token)); s != "" {
				texts = append(texts, s)
			}
		}
	}
}

var paths = regexp.MustCompile(`(?m)^<path class="([^"]+)" d="([^"]+)"/>$`)

// marks counts the seats and chairs of each class of shapes.
func marks(picture string) map[string]int {
	n := map[string]int{}
	for _, m := range paths.FindAllStringSubmatch(picture, -1) {
		switch m[1] {
		case "x":
			n[m[1]] += strings.Count(m[2], "m") / 2
		default:
			n[m[1]] += strings.Count(m[2], "m")
		}
	}
	return n
}

func TestEverySeatAndChairIsDrawnOnceInItsCategory(t *testing.T) {
	n := marks(draw(t, hall(), nil))
	if n["c0"] != 6 || n["c0 sq"] != 2 || n["c1"] != 6 || n["rim"] != 1 {
		t.Errorf("%v", n)
	}
	for _, kind := range venue.Kinds() {
		d := made(t, kind, 1_500)
		drawn := 0
		for class, n := range marks(draw(t, d, nil)) {
			if strings.HasPrefix(class, "c") {
				drawn += n
			}
		}
		if drawn != d.Seats() {
			t.Errorf("%s: %d of %d seats are drawn", kind, drawn, d.Seats())
		}
	}
}

func TestEachStateHasAShapeOfItsOwn(t *testing.T) {
	n := marks(draw(t, hall(), hallState()))
	// Free: 1-1, 2-1 and 2-2. Held: 1-2 and 2-3. Sold: 1-3, 2-4, a chair, and four of the table sold whole.
	if n["c0"]+n["c0 sq"] != 5 || n["in"] != 2 || n["x"] != 7 || n["b"] != 2 || n["c1"] != 0 {
		t.Errorf("%v", n)
	}
}

func TestAHeldWheelchairPlaceShowsThatItIsHeld(t *testing.T) {
	signs := func(s *svg.State) int { return strings.Count(draw(t, hall(), s), `<use href="#a" x=`) }
	s := hallState()
	if n := signs(s); n != 1 {
		t.Errorf("free: %d signs", n)
	}
	s.Seats = s.Seats[:4] + "h" + s.Seats[5:]
	if n := signs(s); n != 0 {
		t.Errorf("held: %d signs hide the ring", n)
	}
}

func TestAStateIsToldInWordsToo(t *testing.T) {
	_, texts := elements(t, draw(t, hall(), hallState()))
	all := strings.Join(texts, "\n")
	for _, want := range []string{
		"Event tour:opening at revision 42", "580 free", "7 held, 12 sold, 1 blocked", "Free (3)", "Held (2)", "Sold (3)", "Blocked (2)",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestNamesAndLegendAreWritten(t *testing.T) {
	_, texts := elements(t, draw(t, hall(), nil))
	all := strings.Join(texts, "\n")
	for _, want := range []string{
		"Hall", "Block A", "Standing", "600 places", "T1", "STAGE", "Front (8)", "2 (606)", "Wheelchair place (1)", "Companion (1)",
		"Restricted view (1)", "10 numbered seats, 1 table sold whole, 600 standing places",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestNoTextOfADocumentBecomesMarkupOrStyle(t *testing.T) {
	const evil = `</style></text><script>alert(1)</script>"'&]]><!--`
	d := hall()
	d.Name = evil
	d.Categories[0] = chart.Category{Key: evil, Name: evil, Color: `red}</style><script>x</script>`}
	d.Categories[1].Color = `url(http://example.org/a)`
	d.Sections[0].Category, d.Sections[0].Key, d.Sections[0].Name = evil, "<b>", evil
	d.Sections[0].Rows[1].Key, d.Sections[0].Rows[1].Seats.List[3].Key = `"<i>`, `<`
	d.Areas[0].Name = evil
	d.Tables[0].Key = `<u>&`
	s := hallState()
	s.Event, s.Tables = evil, map[string]byte{`<u>&`: 'f'}
	picture := draw(t, d, s)
	names, texts := elements(t, picture)
	for name := range names {
		if !strings.Contains(" svg title style defs g use rect circle path text ", " "+name+" ") {
			t.Errorf("there is an element %q", name)
		}
	}
	if all := strings.Join(texts, "\n"); !strings.Contains(all, evil) {
		t.Error("the name is not told as it is")
	}
	if strings.Contains(picture, "url(") || strings.Contains(picture, "red}") {
		t.Error("a category's colour is more than a colour")
	}
}

func TestAPictureNeedsNothingElse(t *testing.T) {
	picture := draw(t, made(t, venue.Arena, 1_000), nil)
	elements(t, picture)
	links := regexp.MustCompile(`(href|src)="[^#]|url\(|@import|<script`).FindAllString(picture, -1)
	if len(links) != 0 {
		t.Errorf("%q", links)
	}
}

func TestRoundingDoesNotAddUp(t *testing.T) {
	d := hall()
	d.Sections[0].Rows = []chart.Row{{Seats: chart.Seats{Run: &chart.Run{Count: 1_001, First: 1, X: -500, Y: 30, DX: 1.0001, DY: 0.0333}}}}
	d.Tables, d.Areas = nil, nil
	m := regexp.MustCompile(`<path class="c0" d="([^"]+)"/>\n`).FindStringSubmatch(draw(t, d, nil))
	if m == nil {
		t.Fatal("no path")
	}
	var x, y, firstX, firstY float64
	for i, step := range strings.Split(strings.TrimPrefix(m[1], "m"), "m") {
		numbers := regexp.MustCompile(`-?\d*\.?\d+|-?\d+`).FindAllString(strings.TrimSuffix(step, "h0"), -1)
		if len(numbers) != 2 {
			t.Fatalf("step %q", step)
		}
		dx, errX := strconv.ParseFloat(numbers[0], 64)
		dy, errY := strconv.ParseFloat(numbers[1], 64)
		if errX != nil || errY != nil {
			t.Fatalf("step %q", step)
		}
		if x, y = x+dx, y+dy; i == 0 {
			firstX, firstY = x, y
		}
	}
	// A seat's pitch is ten units.
	if got := math.Hypot(x-firstX, y-firstY); math.Abs(got-10_000) > 0.2 {
		t.Errorf("the row is %g units long", got)
	}
}

func TestTheSameDocumentMakesTheSamePicture(t *testing.T) {
	first := draw(t, hall(), hallState())
	if second := draw(t, hall(), hallState()); first != second {
		t.Error("two pictures differ")
	}
}

func TestAHundredThousandSeatsFitIntoEightMegabytes(t *testing.T) {
	for _, kind := range venue.Kinds() {
		d := made(t, kind, 100_000)
		s := &svg.State{Seats: strings.Repeat("fhsb", 25_000), Tables: map[string]byte{}, Areas: map[string]svg.Counts{}}
		for _, table := range d.Tables {
			if table.Book == chart.BookWhole {
				s.Tables[table.Key] = 's'
			}
		}
		for _, a := range d.Areas {
			s.Areas[a.Key] = svg.Counts{Free: a.Capacity}
		}
		if n := len(draw(t, d, s)); n > 8<<20 {
			t.Errorf("%s: %d bytes", kind, n)
		}
	}
}

func TestTheStageStandsWhereNobodySits(t *testing.T) {
	if p := draw(t, made(t, venue.Theatre, 800), nil); !strings.Contains(p, `<path class="stage"`) {
		t.Error("a theatre has no stage at its end")
	}
	if p := draw(t, made(t, venue.Stadium, 30_000), nil); !strings.Contains(p, `<circle class="stage"`) {
		t.Error("a stadium has no stage in its middle")
	}
	d := hall()
	d.FocalPoint = nil
	if p := draw(t, d, nil); strings.Contains(p, `class="stage"`) {
		t.Error("there is a stage although no focal point is told")
	}
}

func TestADrawingWithoutCoordinatesIsDrawnRowByRow(t *testing.T) {
	d := hall()
	d.Tables, d.Areas, d.FocalPoint = nil, []chart.Area{{Key: "Floor", Category: "2", Capacity: 10}}, nil
	for i := range d.Sections[0].Rows {
		d.Sections[0].Rows[i].Seats = chart.Seats{Run: &chart.Run{Count: 5, First: 1}}
	}
	picture := draw(t, d, nil)
	if strings.Contains(picture, "NaN") || strings.Contains(picture, "Inf") {
		t.Error("there are numbers that are none")
	}
	m := regexp.MustCompile(`<path class="c0" d="([^"]+)"/>`).FindStringSubmatch(picture)
	if m == nil || strings.Contains(m[1], "m0 0h0") {
		t.Error("seats stand on each other")
	}
	_, texts := elements(t, picture)
	if !strings.Contains(strings.Join(texts, "\n"), "10 places") {
		t.Error("the area is not drawn")
	}
}

func TestWhateverADocumentIsThePictureHasOnlyNumbers(t *testing.T) {
	one := hall()
	one.Sections[0].Rows = []chart.Row{{Seats: chart.Seats{List: []chart.Seat{{Key: "1"}}}}}
	one.Tables, one.Areas = nil, nil
	area := &chart.Document{Categories: []chart.Category{{Key: "1"}}, Areas: []chart.Area{{Key: "A", Category: "1", Capacity: 5}}}
	table := &chart.Document{
		Categories: []chart.Category{{Key: "1"}}, FocalPoint: &chart.Point{},
		Tables: []chart.Table{{Key: "T", Category: "1", Seats: 8, Book: chart.BookWhole}},
	}
	far := hall()
	far.Sections[0].Rows[0].Seats.Run.X, far.Sections[0].Rows[1].Seats.List[0].X = -1e6, 1e6
	for i, d := range []*chart.Document{one, area, table, far} {
		picture := draw(t, d, nil)
		elements(t, picture)
		if strings.Contains(picture, "NaN") || strings.Contains(picture, "Inf") || strings.Contains(picture, "-922") {
			t.Errorf("document %d", i)
		}
	}
}

func TestAStateOfAnotherChartIsRefused(t *testing.T) {
	for name, change := range map[string]func(*svg.State){
		"a seat less":       func(s *svg.State) { s.Seats = s.Seats[1:] },
		"an unknown letter": func(s *svg.State) { s.Seats = "z" + s.Seats[1:] },
		"no table":          func(s *svg.State) { s.Tables = nil },
		"a table more":      func(s *svg.State) { s.Tables["T9"] = 'f' },
		"another area":      func(s *svg.State) { s.Areas = map[string]svg.Counts{"Pit": {}} },
		"an area more":      func(s *svg.State) { s.Areas["Pit"] = svg.Counts{} },
	} {
		s := hallState()
		change(s)
		if err := svg.Draw(io.Discard, hall(), svg.Options{State: s}); !errors.Is(err, svg.ErrState) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNumbersAreWrittenInTheFewestBytes(t *testing.T) {
	for n, want := range map[int]string{0: "0", 5: ".5", -5: "-.5", 10: "1", -120: "-12", 123: "12.3", -999: "-99.9"} {
		if got := svg.Tenths(n); got != want {
			t.Errorf("%d tenths: %q, want %q", n, got, want)
		}
	}
}
