package chart_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/seatmap"
)

func compile(t testing.TB, text string) *seatmap.PlanSpec {
	t.Helper()
	spec, err := parse(t, text).Compile()
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

func TestCompileLabelsEverything(t *testing.T) {
	spec := compile(t, hall)
	var labels []string
	for _, row := range spec.Rows {
		for _, seat := range row.Seats[:3] {
			labels = append(labels, seat.Label)
		}
	}
	for _, table := range spec.Tables {
		for _, seat := range table.Seats {
			labels = append(labels, seat.Label)
		}
	}
	want := "A-1-1 A-1-2 A-1-3 A-2-1 A-2-2 A-2-3         T2-1 T2-2"
	if got := strings.Join(labels, " "); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !spec.Tables[0].Whole || spec.Tables[0].Key != "T1" || spec.Tables[1].Whole || len(spec.Rows[1].Seats) != 24 {
		t.Errorf("tables %+v", spec.Tables)
	}
	if a := spec.Areas[0]; a.Key != "Floor" || a.Category != 1 || a.Section != -1 || a.Capacity != 6000 {
		t.Errorf("area %+v", a)
	}
}

func TestEmptyKeysLeaveNoTraceInALabel(t *testing.T) {
	spec := compile(t, `{"categories": [{"key": "1"}], "sections": [
		{"category": "1", "rows": [{"seats": [{"key": "x"}]}, {"key": "r", "seats": [{"key": "x"}]}]},
		{"key": "S", "category": "1", "rows": [{"seats": [{"key": "x"}]}]}]}`)
	for i, want := range []string{"x", "r-x", "S-x"} {
		if got := spec.Rows[i].Seats[0].Label; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestCategoryIsInheritedFromRowAndSection(t *testing.T) {
	spec := compile(t, `{"categories": [{"key": "s"}, {"key": "r"}, {"key": "x"}], "sections": [{"key": "A", "category": "s", "rows": [
		{"key": "1", "seats": {"count": 1}},
		{"key": "2", "category": "r", "seats": [{"key": "1"}, {"key": "2", "category": "x"}]}]}]}`)
	got := fmt.Sprint(spec.Rows[0].Seats[0].Category, spec.Rows[1].Seats[0].Category, spec.Rows[1].Seats[1].Category)
	if got != "0 1 2" {
		t.Error(got)
	}
}

func TestFlagsAreCarriedOver(t *testing.T) {
	seats := compile(t, hall).Rows[0].Seats
	want := []seatmap.SeatFlags{seatmap.SeatAccessible, seatmap.SeatCompanion, seatmap.SeatRestrictedView}
	for i := range want {
		if seats[i].Flags != want[i] {
			t.Errorf("seat %d: %b, want %b", i, seats[i].Flags, want[i])
		}
	}
}

func TestRanksFollowTheDistanceToTheFocalPoint(t *testing.T) {
	spec := compile(t, `{"focal_point": {"x": 10, "y": 10}, "categories": [{"key": "1"}],
		"sections": [{"category": "1", "rows": [{"seats": [
			{"key": "far", "x": 100}, {"key": "near", "x": 11, "y": 10}, {"key": "same", "x": 10, "y": 11}, {"key": "front", "rank": 0},
			{"key": "equal to thousandths", "x": 9.0000001, "y": 10}]}]}],
		"tables": [{"key": "whole", "category": "1", "seats": 2, "book": "whole", "x": 10, "y": 12},
			{"key": "by seat", "category": "1", "seats": 2, "book": "seat", "x": 10, "y": 12}]}`)
	ranks := map[string]uint32{}
	for _, seat := range slices.Concat(spec.Rows[0].Seats, spec.Tables[1].Seats) {
		ranks[seat.Label] = seat.Rank
	}
	ranks["whole"], ranks["by seat"] = spec.Tables[0].Rank, spec.Tables[1].Rank
	for label, want := range map[string]uint32{
		"near": 0, "same": 1, "equal to thousandths": 2, "by seat-1": 3, "by seat-2": 4, "by seat": 3, "whole": 5, "far": 6, "front": 0,
	} {
		if got, ok := ranks[label]; !ok || got != want {
			t.Errorf("%s: rank %d, want %d", label, got, want)
		}
	}
}

func TestExplicitRankWins(t *testing.T) {
	spec := compile(t, `{"categories": [{"key": "1"}], "sections": [{"category": "1", "rows": [
		{"key": "1", "rank": 50, "seats": [{"key": "1"}, {"key": "2", "rank": 3}]},
		{"key": "2", "rank": 60, "seats": {"count": 2}}]}]}`)
	got := fmt.Sprint(spec.Rows[0].Seats[0].Rank, spec.Rows[0].Seats[1].Rank, spec.Rows[1].Seats[0].Rank, spec.Rows[1].Seats[1].Rank)
	if got != "50 3 60 60" {
		t.Error(got)
	}
}

func TestWideGapsAreAisles(t *testing.T) {
	for _, test := range []struct{ name, seats, want string }{
		{"even row", `{"count": 5, "dx": 5, "dy": 3}`, "....."},
		{"gap in the middle", `[{"key": "1"}, {"key": "2", "x": 5}, {"key": "3", "x": 13.1}, {"key": "4", "x": 18.1}]`, ".|.."},
		{"just 1.6 times", `[{"key": "1"}, {"key": "2", "x": 5}, {"key": "3", "x": 13}, {"key": "4", "x": 18}]`, "...."},
		{"two seats", `[{"key": "1"}, {"key": "2", "x": 500}]`, ".."},
		{"one pitch, one aisle", `[{"key": "1"}, {"key": "2", "x": 5}, {"key": "3", "x": 25}]`, ".|."},
		{"one seat", `[{"key": "1"}]`, "."},
		{"no coordinates", `[{"key": "1"}, {"key": "2"}, {"key": "3"}]`, "..."},
		{"drawn", `[{"key": "1", "aisle_after": true}, {"key": "2"}, {"key": "3"}]`, "|.."},
	} {
		spec := compile(t, `{"categories": [{"key": "1"}], "sections": [{"category": "1", "rows": [{"seats": `+test.seats+`}]}]}`)
		var got strings.Builder
		for _, seat := range spec.Rows[0].Seats {
			if seat.AisleAfter {
				got.WriteByte('|')
			} else {
				got.WriteByte('.')
			}
		}
		if got.String() != test.want {
			t.Errorf("%s: %s, want %s", test.name, got.String(), test.want)
		}
	}
}

func TestInvalidDocumentIsNotCompiled(t *testing.T) {
	doc := parse(t, hall)
	doc.Tables[0].Key = "Floor"
	_, err := doc.Compile()
	var invalid *chart.Invalid
	if !errors.As(err, &invalid) || invalid.Problems[0].Field != "tables[0].key" {
		t.Error(err)
	}
}
