package chart_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/seatmap"
)

func TestParseReadsTheContractsDrawing(t *testing.T) {
	doc := parse(t, hall)
	if n := doc.Seats(); n != 3+24+8+2 {
		t.Errorf("%d seats", n)
	}
	row := doc.Sections[0].Rows[1]
	if s := row.Seats.At(23); s.Key != "24" || s.X != 125 || s.Y != 30 || *row.Rank != 900 {
		t.Errorf("last seat of the run: %+v, rank %d", s, *row.Rank)
	}
	seats := doc.Sections[0].Rows[0].Seats.List
	if !seats[0].Accessible || !seats[1].Companion || !seats[1].AisleAfter || !seats[2].RestrictedView || *seats[2].Rank != 7 {
		t.Errorf("seats: %+v", seats)
	}
}

func TestRunIsCountedFromOneUnlessToldOtherwise(t *testing.T) {
	doc := parse(t, change(t, hall, `"count": 24, "first": 1,`, `"count": 24,`))
	if key := doc.Sections[0].Rows[1].Seats.At(0).Key; key != "1" {
		t.Errorf("first seat %q", key)
	}
}

func TestParseNamesTheFieldOfEachProblem(t *testing.T) {
	long := strings.Repeat("x", 65)
	for _, test := range []struct{ name, old, with, field, reason string }{
		{"unknown field at the top", `"name": "Hall`, `"venue": 1, "name": "Hall`, "venue", "unknown field"},
		{"field in another case", `"name": "Hall`, `"Name": "x", "name": "Hall`, "Name", "unknown field"},
		{"unknown field of a seat", `"accessible"`, `"wheelchair"`, "sections[0].rows[0].seats[0].wheelchair", "unknown field"},
		{"unknown field of a run", `"dy": 0`, `"dz": {"a": [1, {}]}`, "sections[0].rows[1].seats.dz", "unknown field"},
		{"unknown field of a focal point", `"focal_point": {"x": 0, "y": 0}`, `"focal_point": {"z": 0}`, "focal_point.z", "unknown field"},
		{"field without a name", `"focal_point": {"x": 0, "y": 0}`, `"": 0`, "", "unknown field"},
		{"field twice", `"x": 10, "y": 20, "acc`, `"x": 10, "x": 10, "y": 20, "acc`, "sections[0].rows[0].seats[0].x", "stands twice"},
		{"number for a key", `"seats": [{"key": "1"`, `"seats": [{"key": 1`, "sections[0].rows[0].seats[0].key", "want a text, not a number"},
		{"text for a number", `"x": 10`, `"x": "10"`, "sections[0].rows[0].seats[0].x", "want a number, not a text"},
		{"text for a flag", `"accessible": true`, `"accessible": "yes"`, "sections[0].rows[0].seats[0].accessible", "want true or false, not a text"},
		{"null", `"capacity": 6000`, `"capacity": null`, "areas[0].capacity", "want a whole number, not null"},
		{"object for a list", `"categories": [{"key": "1", "name": "Front", "color": "#c0392b"}, {"key": "2", "name": "Standing"}]`, `"categories": {"1": {}}`, "categories", "want a list, not an object"},
		{"list for an object", `"focal_point": {"x": 0, "y": 0}`, `"focal_point": [0, [0]]`, "focal_point", "want an object, not a list"},
		{"number for seats", `{"count": 24, "first": 1, "x": 10, "y": 30, "dx": 5, "dy": 0}`, `24`, "sections[0].rows[1].seats", "want a list of seats, or an object with their count, not a number"},
		{"fraction", `"capacity": 6000`, `"capacity": 6000.5`, "areas[0].capacity", "want a whole number"},
		{"number beyond every float", `"x": 10`, `"x": 1e999`, "sections[0].rows[0].seats[0].x", "too large"},
		{"negative rank", `"rank": 7`, `"rank": -1`, "sections[0].rows[0].seats[2].rank", "from 0 to"},
		{"rank too large", `"rank": 900`, `"rank": 1000000001`, "sections[0].rows[1].rank", "from 0 to"},
		{"seat without key", `"seats": [{"key": "1"`, `"seats": [{"key": ""`, "sections[0].rows[0].seats[0].key", "is needed"},
		{"control character in a seat's key", `"seats": [{"key": "1"`, `"seats": [{"key": "1\u0007"`, "sections[0].rows[0].seats[0].key", "cannot be printed"},
		{"line break in a section's key", `"sections": [{"key": "A"`, `"sections": [{"key": "A\nB"`, "sections[0].key", "cannot be printed"},
		{"invisible character", `"key": "Floor"`, `"key": "Fl\u200boor"`, "areas[0].key", "cannot be printed"},
		{"space at the end of a key", `"key": "Floor"`, `"key": "Floor "`, "areas[0].key", "space"},
		{"control character in a name", `"name": "Hallenstadion"`, `"name": "\u001b[2J"`, "name", "cannot be printed"},
		{"long key", `"key": "Floor"`, `"key": "` + long + `"`, "areas[0].key", "longer than 64 bytes"},
		{"long label", `"sections": [{"key": "A"`, `"sections": [{"key": "` + long[:62] + `"`, "sections[0].rows[0].seats[0].key", "label is longer"},
		{"long name", `"name": "Block A"`, `"name": "` + strings.Repeat("x", 257) + `"`, "sections[0].name", "longer than 256 bytes"},
		{"two seats of one label", `{"key": "2", "x": 15`, `{"key": "1", "x": 15`, "sections[0].rows[0].seats[1].key", `label "A-1-1"`},
		{"a run over a listed label", `{"key": "2", "rank": 900`, `{"key": "1", "rank": 900`, "sections[0].rows[1].seats", `label "A-1-1"`},
		{"an area with a seat's label", `"key": "Floor"`, `"key": "A-1-1"`, "areas[0].key", `label "A-1-1"`},
		{"a table with an area's key", `"key": "T1"`, `"key": "Floor"`, "tables[0].key", `label "Floor"`},
		{"a table's seat with a table's key", `"key": "T1"`, `"key": "T2-1"`, "tables[1].key", `label "T2-1"`},
		{"two categories of one key", `{"key": "2", "name": "Standing"}`, `{"key": "1"}, {"key": "2"}`, "categories[1].key", "another category"},
		{"category without key", `{"key": "2", "name": "Standing"}`, `{"key": "2"}, {}`, "categories[2].key", "is needed"},
		{"long colour", `#c0392b`, long, "categories[0].color", "longer than 64 bytes"},
		{"unknown category of a section", `"name": "Block A", "category": "1"`, `"category": "9"`, "sections[0].category", `no such category: "9"`},
		{"unknown category of a seat", `"companion": true, "category": "2"`, `"category": "9"`, "sections[0].rows[0].seats[1].category", "no such category"},
		{"area without category", `"category": "2", "capacity"`, `"capacity"`, "areas[0].category", "is needed"},
		{"table without category", `"key": "T1", "category": "1"`, `"key": "T1"`, "tables[0].category", "is needed"},
		{"area for nobody", `"capacity": 6000`, `"capacity": 0`, "areas[0].capacity", "from 1 to 1000000"},
		{"area too large", `"capacity": 6000`, `"capacity": 1000001`, "areas[0].capacity", "from 1 to 1000000"},
		{"area of negative width", `"width": 30`, `"width": -1`, "areas[0].width", "from 0"},
		{"table without seats", `"seats": 8`, `"seats": 0`, "tables[0].seats", "from 1 to 1000"},
		{"table too large", `"seats": 8`, `"seats": 1001`, "tables[0].seats", "from 1 to 1000"},
		{"unknown booking", `"book": "whole"`, `"book": "half"`, "tables[0].book", `"whole" or "seat"`},
		{"no booking", `, "book": "whole"`, ``, "tables[0].book", `"whole" or "seat"`},
		{"coordinate far away", `"x": 10`, `"x": 1000001`, "sections[0].rows[0].seats[0].x", "from -1e+06 to 1e+06"},
		{"run into the distance", `"dx": 5`, `"dx": 500000`, "sections[0].rows[1].seats", "last seat"},
		{"empty run", `"count": 24`, `"count": 0`, "sections[0].rows[1].seats.count", "from 1 to 200000"},
		{"negative run", `"count": 24`, `"count": -24`, "sections[0].rows[1].seats.count", "from 1 to 200000"},
		{"run from below zero", `"first": 1`, `"first": -1`, "sections[0].rows[1].seats.first", "from 0 to"},
		{"empty row", `{"count": 24, "first": 1, "x": 10, "y": 30, "dx": 5, "dy": 0}`, `[]`, "sections[0].rows[1].seats", "at least one seat"},
		{"row without seats", `, "seats": {"count": 24, "first": 1, "x": 10, "y": 30, "dx": 5, "dy": 0}`, ``, "sections[0].rows[1].seats", "at least one seat"},
		{"200,001 seats", `"count": 24, "first": 1, "x": 10, "y": 30, "dx": 5`, `"count": 199988`, "sections", "200001 seats, at most 200000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := chart.Parse([]byte(change(t, hall, test.old, test.with)))
			for _, p := range found(t, err) {
				if p.Field == test.field && strings.Contains(p.Reason, test.reason) {
					return
				}
			}
			t.Errorf("%+v, want %s: %s", found(t, err), test.field, test.reason)
		})
	}
}

func TestSectionsHaveKeysOfTheirOwn(t *testing.T) {
	_, err := chart.Parse([]byte(`{"categories": [{"key": "1"}], "sections": [
		{"key": "A", "category": "1", "rows": [{"seats": {"count": 1}}]},
		{"key": "A", "category": "1", "rows": [{"seats": {"count": 1, "first": 2}}]}]}`))
	if p := found(t, err); len(p) != 1 || p[0].Field != "sections[1].key" {
		t.Errorf("%+v", p)
	}
}

func TestSeatWithoutAnyCategoryIsAProblem(t *testing.T) {
	_, err := chart.Parse([]byte(`{"categories": [{"key": "1"}], "sections": [{"rows": [
		{"key": "a", "seats": [{"key": "1"}, {"key": "2", "category": "1"}]}, {"key": "b", "seats": {"count": 2}}]}]}`))
	p := found(t, err)
	if len(p) != 2 || p[0].Field != "sections[0].rows[0].seats[0].category" || p[1].Field != "sections[0].rows[1].category" {
		t.Errorf("%+v", p)
	}
}

func TestEmptyChartIsAProblem(t *testing.T) {
	_, err := chart.Parse([]byte(`{}`))
	if p := found(t, err); len(p) != 1 || !strings.Contains(p[0].Reason, "no seat") {
		t.Errorf("%+v", p)
	}
}

func TestTextThatIsNoDocumentIsMalformed(t *testing.T) {
	for _, text := range []string{
		``, ` `, `{`, `{"name": }`, `{"name": "x",}`, `{} {}`, `{"name": 'x'}`, "{\"name\": \"\xff\"}", "{\"name\": \"\n\"}",
		strings.Repeat("[", 100_000), `{"name": NaN}`, hall[:len(hall)-1],
	} {
		_, err := chart.Parse([]byte(text))
		var malformed *chart.Malformed
		if !errors.As(err, &malformed) {
			t.Errorf("%.20q: %v, want malformed", text, err)
		}
	}
	for _, text := range []string{`null`, `[]`, `"x"`, `1`} {
		_, err := chart.Parse([]byte(text))
		if p := found(t, err); p[0].Field != "" || !strings.HasPrefix(p[0].Reason, "want an object") {
			t.Errorf("%s: %+v", text, p)
		}
	}
}

func TestDocumentAbove16MiBIsTooLarge(t *testing.T) {
	big := `{"name": "` + strings.Repeat("x", 17<<20) + `"}`
	if _, err := chart.Parse([]byte(big)); !errors.Is(err, chart.ErrTooLarge) {
		t.Error(err)
	}
}

func TestAllProblemsAreToldAtOnce(t *testing.T) {
	text := change(t, hall, `"color"`, `"colour"`)
	text = change(t, text, `"key": "2", "x": 15`, `"key": "1", "x": 15`)
	text = change(t, text, `"book": "whole"`, `"book": "no"`)
	_, err := chart.Parse([]byte(text))
	if p := found(t, err); len(p) != 3 {
		t.Errorf("%+v, want 3 problems", p)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	bad := strings.Repeat(`{"kay": "1", "category": "9"},`, 5_000) + `{"key": "1"}`
	_, err := chart.Parse([]byte(`{"categories": [{"key": "1"}], "sections": [{"rows": [{"seats": [` + bad + `]}]}]}`))
	if p := found(t, err); len(p) != chart.MaxProblems {
		t.Errorf("%d problems", len(p))
	}
}

// listed draws n seats, each of them listed, in rows of 1,000.
func listed(n int) string {
	var b strings.Builder
	b.WriteString(`{"categories": [{"key": "1"}], "sections": [{"category": "1", "rows": [`)
	for i := range n {
		switch {
		case i == 0:
			b.WriteString(`{"key": "0", "seats": [`)
		case i%1_000 == 0:
			fmt.Fprintf(&b, `]}, {"key": "%d", "seats": [`, i/1_000)
		default:
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"key": "%d", "x": %d, "y": %d}`, i%1_000, i%1_000*5, i/1_000*8)
	}
	b.WriteString(`]}]}]}`)
	return b.String()
}

func TestListed200000SeatsAreTakenAnd200001Refused(t *testing.T) {
	if doc := parse(t, listed(seatmap.MaxSeats)); doc.Seats() != seatmap.MaxSeats {
		t.Errorf("%d seats", doc.Seats())
	}
	_, err := chart.Parse([]byte(listed(seatmap.MaxSeats + 1)))
	if p := found(t, err); len(p) != 1 || p[0].Field != "sections[0].rows[200].seats" || !strings.Contains(p[0].Reason, "more than 200000 seats") {
		t.Errorf("%+v", p)
	}
}

func TestCountsOfEverythingAreLimited(t *testing.T) {
	list := func(n int, element string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(element+",", n), ",") + "]"
	}
	for field, text := range map[string]string{
		"categories":       `{"categories": ` + list(seatmap.MaxCategories+1, `{}`) + `}`,
		"sections":         `{"sections": ` + list(seatmap.MaxSections+1, `{}`) + `}`,
		"sections[0].rows": `{"sections": [{"rows": ` + list(seatmap.MaxRows+1, `{}`) + `}]}`,
		"areas":            `{"areas": ` + list(seatmap.MaxAreas+1, `{}`) + `}`,
		"tables":           `{"tables": ` + list(seatmap.MaxTables+1, `{}`) + `}`,
	} {
		_, err := chart.Parse([]byte(text))
		if p := found(t, err); len(p) != 1 || p[0].Field != field || !strings.Contains(p[0].Reason, "more than") {
			t.Errorf("%s: %+v", field, p)
		}
	}
}

func TestValidateLimitsWhatWasNotParsed(t *testing.T) {
	doc := parse(t, hall)
	doc.Areas = make([]chart.Area, seatmap.MaxAreas+1)
	if p := doc.Validate(); len(p) != 1 || p[0].Field != "areas" {
		t.Errorf("%+v", p)
	}
}
