package pretix_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/chart/pretix"
)

func cellar(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("testdata/cellar.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func read(t testing.TB, plan string) (*chart.Document, []pretix.Note) {
	t.Helper()
	d, notes, err := pretix.Read([]byte(plan))
	if err != nil {
		t.Fatal(err)
	}
	return d, notes
}

func change(t testing.TB, text, old, with string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("no %q", old)
	}
	return strings.Replace(text, old, with, 1)
}

func TestZonesRowsAndSeatsBecomeSectionsRowsAndSeats(t *testing.T) {
	d, _ := read(t, cellar(t))
	if d.Name != "Cellar Stage" || len(d.Sections) != 2 || d.Seats() != 3+2+4+2 {
		t.Fatalf("%q, %d sections, %d seats", d.Name, len(d.Sections), d.Seats())
	}
	plan, err := d.Compile()
	if err != nil {
		t.Fatal(err)
	}
	var labels []string
	for _, r := range plan.Rows {
		for _, s := range r.Seats {
			labels = append(labels, s.Label+" "+plan.Categories[s.Category].Key)
		}
	}
	want := "P-1-1 Front, P-1-2 Front, P-1-3 Front, P-2-1 Front, P-2-2 Rear, Gallery-T2-A Table seats, Gallery-T2-B Table seats"
	if got := strings.Join(labels, ", "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestPositionsOfZoneRowAndSeatAddUp(t *testing.T) {
	d, _ := read(t, cellar(t))
	if s := d.Sections[0].Rows[0].Seats.List[1]; s.X != 100+10+25.5 || s.Y != 50+20+1.5 {
		t.Errorf("%g, %g", s.X, s.Y)
	}
}

func TestWhatAllSeatsOfARowHaveTheRowHas(t *testing.T) {
	d, _ := read(t, cellar(t))
	rows := d.Sections[0].Rows
	if rows[0].Category != "Front" || rows[0].Seats.List[0].Category != "" {
		t.Errorf("row %q, seat %q", rows[0].Category, rows[0].Seats.List[0].Category)
	}
	if rows[1].Category != "" || rows[1].Seats.List[1].Category != "Rear" {
		t.Errorf("row %q, seat %q", rows[1].Category, rows[1].Seats.List[1].Category)
	}
}

func TestARowAboutACircleBecomesATableWithTheSameLabels(t *testing.T) {
	d, _ := read(t, cellar(t))
	if len(d.Tables) != 1 {
		t.Fatalf("%d tables", len(d.Tables))
	}
	want := chart.Table{Key: "Gallery-T1", Category: "Table seats", Seats: 4, Book: chart.BookSeat, X: 450, Y: 250}
	if d.Tables[0] != want {
		t.Errorf("%+v", d.Tables[0])
	}
	plan, err := d.Compile()
	if err != nil {
		t.Fatal(err)
	}
	if label := plan.Tables[0].Seats[3].Label; label != "Gallery-T1-4" {
		t.Errorf("its last seat is %q", label)
	}
}

func TestTheStageIsTheFocalPoint(t *testing.T) {
	d, _ := read(t, cellar(t))
	if *d.FocalPoint != (chart.Point{X: 100 + 100 + 100, Y: 50 - 40 + 15}) {
		t.Errorf("%+v", *d.FocalPoint)
	}
	d, notes := read(t, change(t, cellar(t), "Bühne", "Garderobe"))
	if d.FocalPoint.Y >= 70 {
		t.Errorf("%+v is not above the seats", *d.FocalPoint)
	}
	if !told(notes, "zones: no area says that it is the stage") {
		t.Errorf("%v", notes)
	}
}

func told(notes []pretix.Note, text string) bool {
	for _, n := range notes {
		if strings.Contains(n.String(), text) {
			return true
		}
	}
	return false
}

func TestWhatHasNoCounterpartIsTold(t *testing.T) {
	_, notes := read(t, cellar(t))
	for _, want := range []string{
		`zones[0].areas[0]: "Bühne" is the focal point`,
		"zones[0].areas[1]: polygon is decoration",
		`zones[0].areas[2]: "Bar" is decoration`,
		`zones[1].rows[0]: its seats stand about a round area: it is the table "Gallery-T1"`,
		"zones[1].areas[1]: is decoration and left out: no row",
		"zones[1].rows[2]: has no seat",
	} {
		if !told(notes, want) {
			t.Errorf("no note %q in %v", want, notes)
		}
	}
	if len(notes) != 6 {
		t.Errorf("%d notes", len(notes))
	}
}

func TestZonesOfOneNameGetKeysOfTheirOwn(t *testing.T) {
	d, notes := read(t, change(t, cellar(t), `"name": "Gallery"`, `"name": "P"`))
	if d.Sections[1].Key != "P 2" || !told(notes, `zones[1]: another zone is "P" too: its key is "P 2"`) {
		t.Errorf("%q, %v", d.Sections[1].Key, notes)
	}
}

func TestTheFirstVersionOfTheFormatIsRead(t *testing.T) {
	d, _ := read(t, `{"name": "Old", "categories": [{"name": "A"}], "zones": [{"name": "Z", "displayed": true, "position": {"x": 1, "y": 2},
		"rows": [{"row_number": "1", "number_of_seats": 1, "seats_spacing": 5,
			"seats": [{"seat_guid": "x", "seat_number": "1", "category": "A", "position": {"x": 3, "y": 4}}]}],
		"areas": [{"width": 20, "height": 10, "position": {"x": 0, "y": -20}, "text": "STAGE"}]}]}`)
	if s := d.Sections[0].Rows[0].Seats.List[0]; s.X != 4 || s.Y != 6 {
		t.Errorf("%+v", s)
	}
	if *d.FocalPoint != (chart.Point{X: 11, Y: -13}) {
		t.Errorf("%+v", *d.FocalPoint)
	}
}

func TestEveryProblemNamesItsField(t *testing.T) {
	for _, test := range []struct{ name, old, with, field, reason string }{
		{"no JSON", `{`, `[}`, "", "invalid character"},
		{"another JSON", `"zones"`, `"sections"`, "zones", "no seating plan"},
		{"text for a list", `"rows": [`, `"rows": "", "x": [`, "zones[0].rows", "want a list, not string"},
		{"text for a number", `"x": 25.5`, `"x": "25"`, "zones[0].rows[0].seats[1].position.x", "want a number, not string"},
		{"number for a text", `"seat_number": "3"`, `"seat_number": 3`, "zones[0].rows[0].seats[2].seat_number", "want a text, not number"},
		{"null for a seat", `"seats": []`, `"seats": [null]`, "zones[1].rows[2].seats[0]", "want an object"},
		{"number for a zone", `"zones": [`, `"zones": [7,`, "zones[0]", "want an object, not number"},
		{"seat without position", `"position": {"x": 51, "y": 0}, `, ``, "zones[0].rows[0].seats[2].position", "is needed"},
		{"zone without position", `, "position": {"x": 400, "y": 200}`, ``, "zones[1].position", "is needed"},
		{"unknown category", `"category": "Rear"`, `"category": "Attic"`, "zones[0].rows[1].seats[1].category", `no category with the name "Attic"`},
		{"no category", `, "category": "Rear"`, ``, "zones[0].rows[1].seats[1].category", "is needed"},
		{"two seats of one guid", `"P-2-2"`, `"P-1-2"`, "zones[0].rows[1].seats[1].seat_guid", `also the one of zones[0].rows[0].seats[1]`},
		{"no guid", `"seat_guid": "P-2-2", `, ``, "zones[0].rows[1].seats[1].seat_guid", "is needed"},
		{"two seats of one number", `"seat_number": "3"`, `"seat_number": "2"`, "zones[0].rows[0].seats[2].seat_number", "zones[0].rows[0].seats[1] has the same"},
		{"no number", `"seat_number": "3"`, `"seat_number": " "`, "zones[0].rows[0].seats[2].seat_number", "is needed"},
		{"long zone", `"zone_id": "P"`, `"zone_id": "` + strings.Repeat("P", 62) + `"`, "zones[0].rows[0].seats[0].seat_number", "label is longer"},
		{"seat far away", `"x": 51`, `"x": 5100000`, "zones[0].rows[0].seats[2].x", "want a number from"},
		{"two categories of one name", `{"name": "Rear"`, `{"name": "Front"`, "zones[0].rows[1].seats[1].category", `"Rear"`},
		{"nobody sits anywhere", `"zones": [`, `"zones": [], "x": [`, "zones", "no seat"},
	} {
		_, _, err := pretix.Read([]byte(change(t, cellar(t), test.old, test.with)))
		var invalid *pretix.Invalid
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		found := false
		for _, p := range invalid.Problems {
			found = found || p.Field == test.field && strings.Contains(p.Reason, test.reason)
		}
		if !found {
			t.Errorf("%s: %v, want %s: %s", test.name, invalid.Problems, test.field, test.reason)
		}
	}
}

func TestTooMuchIsRefused(t *testing.T) {
	if _, _, err := pretix.Read(make([]byte, chart.MaxDocumentBytes+1)); !errors.Is(err, chart.ErrTooLarge) {
		t.Error(err)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	plan := `{"zones": [` + strings.Repeat("7,", 1_000) + `7]}`
	_, _, err := pretix.Read([]byte(plan))
	var invalid *pretix.Invalid
	if !errors.As(err, &invalid) || len(invalid.Problems) != pretix.MaxProblems {
		t.Errorf("%v", err)
	}
}

func FuzzReadNeverMakesAFaultyChart(f *testing.F) {
	f.Add([]byte(cellar(f)))
	f.Add([]byte(`{"zones":[{"position":{"x":1e300,"y":0},"rows":[]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, _, err := pretix.Read(data)
		if err != nil {
			return
		}
		if _, err := chart.Parse(d.Canonical()); err != nil {
			t.Error(err)
		}
	})
}
