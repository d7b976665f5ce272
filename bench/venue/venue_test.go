package venue

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

const small = `{"name":"Small","focal_point":{"x":0,"y":0},
 "categories":[{"key":"1"},{"key":"2"},{"key":"3"}],
 "sections":[
  {"key":"B","rows":[{"key":"9","seats":{"count":5,"first":11,"x":-2,"y":9,"dx":1,"dy":0}}]},
  {"key":"","rows":[{"key":"1","seats":[{"key":"1","x":-2,"y":1},{"key":"2","x":-1,"y":1,"aisle_after":true},{"key":"3","x":0,"y":1},{"key":"4","x":1,"y":1}]}]}],
 "areas":[{"key":"Floor","capacity":40},{"key":"Pit","capacity":2}],
 "tables":[{"key":"T1","seats":8,"book":"whole","y":3},{"key":"T2","seats":2,"book":"seat","y":4}]}`

func read(t *testing.T, document string) *Venue {
	t.Helper()
	v, err := Read([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestLabelsStandInTheOrderOfTheSeatMap(t *testing.T) {
	v := read(t, small)
	want := "B-9-11 B-9-12 B-9-13 B-9-14 B-9-15 1-1 1-2 1-3 1-4 T2-1 T2-2"
	if got := strings.Join(v.Labels, " "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if v.Seats() != 11 || v.Standing() != 42 || v.Places() != 54 || !slices.Equal(v.Tables, []string{"T1"}) {
		t.Errorf("%d seats, %d standing places, %d places, tables %v", v.Seats(), v.Standing(), v.Places(), v.Tables)
	}
}

func TestRowsEndAtAislesAndGoFromTheFrontToTheBack(t *testing.T) {
	var got []string
	for _, row := range read(t, small).Rows {
		got = append(got, strings.Join(row.Labels, " "))
	}
	want := []string{"1-3 1-4", "1-1 1-2", "T2-1 T2-2", "B-9-11 B-9-12 B-9-13 B-9-14 B-9-15"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAGapInTheDrawingIsAnAisle(t *testing.T) {
	v := read(t, `{"sections":[{"key":"A","rows":[{"key":"1","seats":[
		{"key":"1","x":0},{"key":"2","x":10},{"key":"3","x":26},{"key":"4","x":43},{"key":"5","x":53}]}]}]}`)
	if len(v.Rows) != 2 || v.Rows[0].First != 0 || len(v.Rows[0].Labels) != 3 { // median 10: 16 is none yet, 17 is one
		t.Errorf("%+v", v.Rows)
	}
}

func TestTheFirstCategoryIsTheDearest(t *testing.T) {
	prices := read(t, small).Prices()
	if len(prices) != 3 || prices["1"] <= prices["2"] || prices["2"] <= prices["3"] || prices["3"] <= 0 {
		t.Errorf("%v", prices)
	}
}

func TestADocumentThatIsTooLargeIsRefused(t *testing.T) {
	for _, document := range []string{
		`{"sections":[{"rows":[{"seats":{"count":200001}}]}]}`,
		`{"sections":[{"rows":[{"seats":{"count":100001}},{"seats":{"count":100000}}]}]}`,
		`{"tables":[{"key":"T","book":"seat","seats":200001}]}`,
		`{"name":"` + strings.Repeat("x", MaxDocumentBytes) + `"}`,
	} {
		if _, err := Read([]byte(document)); !errors.Is(err, ErrSize) {
			t.Errorf("%.60s: %v", document, err)
		}
	}
}

func TestWhatIsNoChartIsAnError(t *testing.T) {
	var syntax *json.SyntaxError
	if _, err := Read([]byte(`{"sections":`)); !errors.As(err, &syntax) {
		t.Errorf("%v", err)
	}
}

func TestTheNearestFreeRunIsFound(t *testing.T) {
	v := read(t, small) // rows: 7-8, 5-6, 9-10, 0-4
	for _, c := range []struct {
		name, states     string
		row, seat, count int
		first            int
		ok               bool
	}{
		{"what is liked is free", "fffffffffff", 3, 2, 2, 2, true},
		{"beside it", "fshffffffff", 3, 2, 2, 3, true},
		{"to the left of two equally near", "ffsffffffff", 3, 1, 2, 0, true},
		{"its own row, though a better one is free", "fffffffffff", 1, 0, 2, 5, true},
		{"the next row in front", "fffffssffff", 1, 0, 2, 7, true},
		{"the row behind, when the front is taken", "fffffssssff", 1, 0, 2, 9, true},
		{"a row that is long enough", "fffffffffff", 0, 0, 3, 0, true},
		{"no run is long enough", "ffhffffffff", 0, 0, 4, 0, false},
		{"all is taken", "shbhshshshs", 0, 0, 1, 0, false},
		{"a map that ends early", "fff", 3, 4, 1, 2, true},
		{"a row that does not exist", "fffffffffff", 99, 0, 1, 0, true},
		{"nobody", "fffffffffff", 0, 0, 0, 0, false},
	} {
		first, ok := NewPicture(v, c.states).FreeRun(c.row, c.seat, c.count)
		if ok != c.ok || ok && first != c.first {
			t.Errorf("%s: %d %v, want %d %v", c.name, first, ok, c.first, c.ok)
		}
	}
}

func TestAPictureCountsFreeSeats(t *testing.T) {
	if free := NewPicture(read(t, small), "fffssbhhfff").Free(); free != 6 {
		t.Errorf("%d", free)
	}
}

func TestLookingForARunAllocatesNothing(t *testing.T) {
	p := NewPicture(read(t, small), "fsfsfffffff")
	if n := testing.AllocsPerRun(100, func() { p.FreeRun(3, 2, 2) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
