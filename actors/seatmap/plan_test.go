package seatmap

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func TestAPlanNumbersSeatsThenTablesSoldBySeatThenWholeTables(t *testing.T) {
	plan := smallVenues(t)[0].plan
	want := []string{"A-1-1", "A-1-2", "A-1-3", "A-1-4", "A-1-5", "B-1-1", "B-1-2", "B-1-3", "B-1-4", "T2-1", "T2-2", "T2-3", "T1", "T3"}
	if plan.Slots() != len(want) || plan.Seats() != 12 {
		t.Fatalf("%d slots, %d seats", plan.Slots(), plan.Seats())
	}
	for i, label := range want {
		slot, ok := plan.Slot(label)
		if !ok || slot != uint32(i) || plan.Label(slot) != label || plan.IsTable(slot) != (i >= 12) {
			t.Errorf("%s is slot %d (%t), called %s", label, slot, ok, plan.Label(slot))
		}
	}
	for _, label := range []string{"", "A-1-6", "T2", "Floor", "a-1-1"} {
		if slot, ok := plan.Slot(label); ok {
			t.Errorf("%q is slot %d", label, slot)
		}
	}
	if i, ok := plan.Area("Bar"); !ok || i != 1 {
		t.Errorf("Bar is area %d (%t)", i, ok)
	}
	if _, ok := plan.Area("A-1-1"); ok {
		t.Error("a seat is an area")
	}
}

func TestAPlanKnowsSectionsCategoriesFlagsRanksAndAisles(t *testing.T) {
	spec := smallVenues(t)[0].spec
	spec.Rows[0].Seats[1].Flags = SeatAccessible | SeatRestrictedView
	spec.Rows[0].Seats[1].Rank = 77
	plan, err := NewPlan(spec)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Flags(1) != SeatAccessible|SeatRestrictedView || plan.Rank(1) != 77 || plan.Flags(0) != 0 {
		t.Errorf("flags %d, rank %d", plan.Flags(1), plan.Rank(1))
	}
	if !plan.AisleAfter(2) || plan.AisleAfter(1) || plan.Flags(2) != 0 {
		t.Error("the aisle is after the third seat, and no flag of the drawing's")
	}
	for slot, section := range map[uint32]int{0: 0, 5: 1, 9: -1, 12: -1} {
		if plan.SectionOf(slot) != section {
			t.Errorf("slot %d is in section %d", slot, plan.SectionOf(slot))
		}
	}
	if plan.CategoryOf(0) != 0 || plan.CategoryOf(5) != 1 || plan.CategoryOf(13) != 1 {
		t.Error("categories")
	}
}

func TestAPlanSurvivesItsEncoding(t *testing.T) {
	plans := []*Plan{arena50k(t)}
	for _, v := range smallVenues(t) {
		plans = append(plans, v.plan)
	}
	for _, plan := range plans {
		code := plan.AppendBinary([]byte("before"))[len("before"):]
		again, err := DecodePlan(code)
		if err != nil {
			t.Fatal(err)
		}
		if again.Hash() != plan.Hash() || !bytes.Equal(again.AppendBinary(nil), code) {
			t.Error("another plan came back")
		}
	}
}

func TestADamagedPlanIsAnError(t *testing.T) {
	code := smallVenues(t)[0].plan.AppendBinary(nil)
	for length := range code {
		if _, err := DecodePlan(code[:length]); !errors.Is(err, ErrBadPlan) {
			t.Fatalf("cut to %d of %d bytes: %v", length, len(code), err)
		}
	}
	if _, err := DecodePlan(append(bytes.Clone(code), 0)); !errors.Is(err, ErrBadPlan) {
		t.Fatalf("a byte too many: %v", err)
	}
	if _, err := DecodePlan(make([]byte, MaxPlanCodeBytes+1)); !errors.Is(err, ErrBadPlan) {
		t.Fatalf("too long: %v", err)
	}
}

// A short encoding that promises long lists is refused before room is made for them.
func TestAPlanThatPromisesMuchIsRefusedCheaply(t *testing.T) {
	head := append([]byte(planMagic), planVersion)
	wholeTables := appendNumber(head, 1)                             // one category
	wholeTables = append(appendText(wholeTables, "1"), 0, 0)         // no name, no colour
	wholeTables = appendNumber(append(wholeTables, 0, 0), MaxTables) // no sections, no rows
	for i := range 1000 {
		wholeTables = appendText(wholeTables, fmt.Sprint("T", i))
		wholeTables = appendNumber(append(wholeTables, 0, 0, 1), MaxSeats) // whole, with all the chairs of a venue
	}
	rows := append(bytes.Clone(head), 0, 0, 1, 0, 0)
	rows = appendNumber(rows, MaxSeats)
	for name, code := range map[string][]byte{"whole tables": wholeTables, "a row": rows} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := DecodePlan(code)
		runtime.ReadMemStats(&after)
		allocated := after.TotalAlloc - before.TotalAlloc
		if !errors.Is(err, ErrBadPlan) || allocated > 32<<20 {
			t.Errorf("%s: %v after %d bytes", name, err, allocated)
		}
	}
}

func TestAChartThatBreaksARuleDoesNotCompile(t *testing.T) {
	long := strings.Repeat("x", MaxLabelBytes+1)
	for name, spoil := range map[string]func(s *PlanSpec){
		"two seats of one label":     func(s *PlanSpec) { s.Rows[0].Seats[0].Label = "B-1-1" },
		"a seat called like an area": func(s *PlanSpec) { s.Rows[0].Seats[0].Label = "Floor" },
		"a seat called like a table": func(s *PlanSpec) { s.Rows[0].Seats[0].Label = "T1" },
		"a seat called like T2":      func(s *PlanSpec) { s.Rows[0].Seats[0].Label = "T2" },
		"two areas of one key":       func(s *PlanSpec) { s.Areas[0].Key = "Bar" },
		"two tables of one key":      func(s *PlanSpec) { s.Tables[0].Key = "T3" },
		"two categories of one key":  func(s *PlanSpec) { s.Categories[0].Key = "2" },
		"a seat without label":       func(s *PlanSpec) { s.Rows[0].Seats[0].Label = "" },
		"a label that is too long":   func(s *PlanSpec) { s.Rows[0].Seats[0].Label = long },
		"a category without key":     func(s *PlanSpec) { s.Categories[1].Key = "" },
		"a seat of no category":      func(s *PlanSpec) { s.Rows[0].Seats[0].Category = 2 },
		"a seat of category -1":      func(s *PlanSpec) { s.Rows[0].Seats[0].Category = -1 },
		"an unknown flag":            func(s *PlanSpec) { s.Rows[0].Seats[0].Flags = 64 },
		"a row of no section":        func(s *PlanSpec) { s.Rows[0].Section = 2 },
		"a table of no category":     func(s *PlanSpec) { s.Tables[0].Category = 9 },
		"an area of no category":     func(s *PlanSpec) { s.Areas[0].Category = 9 },
		"an area of no section":      func(s *PlanSpec) { s.Areas[0].Section = 9 },
		"an area for nobody":         func(s *PlanSpec) { s.Areas[0].Capacity = 0 },
		"an area for everybody":      func(s *PlanSpec) { s.Areas[0].Capacity = MaxAreaCapacity + 1 },
		"too many seats":             func(s *PlanSpec) { s.Rows[0].Seats = make([]SeatSpec, MaxSeats+1) },
		"too many seats with tables": func(s *PlanSpec) { s.Tables[0].Seats = make([]SeatSpec, MaxSeats) },
		"too many areas":             func(s *PlanSpec) { s.Areas = make([]AreaSpec, MaxAreas+1) },
		"a name that is too long":    func(s *PlanSpec) { s.Areas[0].Name = strings.Repeat("x", MaxNameBytes+1) },
	} {
		spec := smallVenues(t)[0].spec
		spoil(spec)
		if _, err := NewPlan(spec); !errors.Is(err, ErrBadPlan) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAVenueOfTheMostSeatsCompiles(t *testing.T) {
	spec := &PlanSpec{Categories: []CategorySpec{{Key: "1"}}}
	for r := range 200 {
		row := RowSpec{Section: -1}
		for s := range MaxSeats / 200 {
			row.Seats = append(row.Seats, SeatSpec{Label: fmt.Sprintf("%d-%d", r, s)})
		}
		spec.Rows = append(spec.Rows, row)
	}
	plan, err := NewPlan(spec)
	if err != nil {
		t.Fatal(err)
	}
	for _, slot := range []uint32{0, 77_777, MaxSeats - 1} {
		if found, ok := plan.Slot(plan.Label(slot)); !ok || found != slot {
			t.Errorf("slot %d is found as %d", slot, found)
		}
	}
}
