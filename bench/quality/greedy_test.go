package quality

import (
	"strings"
	"testing"

	"github.com/parterre/parterre/actors/seatmap"
)

// draw makes a house of rows as they are written: f a free seat, x a taken one, a an accessible one, | an aisle. The rank
// is the distance from the row's third seat, and 100 more for each row.
func draw(t *testing.T, rows ...string) *house {
	t.Helper()
	spec := &seatmap.PlanSpec{Categories: []seatmap.CategorySpec{{Key: "1"}}}
	var taken []int
	slots := 0
	for i, text := range rows {
		row := seatmap.RowSpec{Section: -1, Key: string(rune('A' + i))}
		for _, letter := range text {
			n := len(row.Seats)
			if letter == '|' {
				row.Seats[n-1].AisleAfter = true
				continue
			}
			seat := seatmap.SeatSpec{Label: row.Key + string(rune('1'+n)), Rank: uint32(100*i + max(n-2, 2-n))}
			switch letter {
			case 'a':
				seat.Flags = seatmap.SeatAccessible
			case 'x':
				taken = append(taken, slots)
			}
			row.Seats = append(row.Seats, seat)
			slots++
		}
		spec.Rows = append(spec.Rows, row)
	}
	plan, err := seatmap.NewPlan(spec)
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(plan, spec)
	for _, slot := range taken {
		h.set(slot, false)
	}
	return h
}

func TestWhatGreedyAllocatorsTake(t *testing.T) {
	for _, test := range []struct {
		name, allocator string
		insist          bool
		rows            []string
		size            int
		want            string
	}{
		{"the first run, from its better end", FrontToBack, false, []string{"ffffxfff", "ffff"}, 2, "A3 A4"},
		{"the first row that has a block", FrontToBack, false, []string{"fxffx", "ffff"}, 3, "B2 B3 B4"},
		{"a row that is left with a single", FrontToBack, false, []string{"fff", "ffff"}, 2, "A2 A3"},
		{"the best block of the row", BestInRow, false, []string{"fffffff", "ffff"}, 3, "A2 A3 A4"},
		{"a careful one leaves no single", Careful, false, []string{"fff", "ffff"}, 2, "B3 B4"},
		{"a careful one leaves a single before it splits", Careful, false, []string{"fff", "fff"}, 2, "A2 A3"},
		{"an aisle ends a block", FrontToBack, false, []string{"f|fff", "ffff"}, 4, "B1 B2 B3 B4"},
		{"nobody alone when a party is split", FrontToBack, false, []string{"fffx", "ff"}, 4, "A2 A3 B1 B2"},
		{"two groups of two before three and one", FrontToBack, false, []string{"fff", "ff", "f"}, 4, "A2 A3 B1 B2"},
		{"one alone where it must be", FrontToBack, false, []string{"fff", "xf"}, 4, "A1 A2 A3 B2"},
		{"accessible seats last", FrontToBack, false, []string{"aaff", "ff"}, 3, "A3 A4 B2"},
		{"accessible seats when there are no others", FrontToBack, false, []string{"aafx"}, 3, "A1 A2 A3"},
		{"nothing for a party that insists", FrontToBack, true, []string{"ffx", "ff"}, 3, ""},
		{"nothing when there are too few", FrontToBack, false, []string{"ffx"}, 3, ""},
	} {
		h := draw(t, test.rows...)
		before := h.left
		var got []string
		for _, slot := range newGreedy(h, test.allocator, test.insist).choose(test.size) {
			got = append(got, h.plan.Label(uint32(slot)))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v, want %s", test.name, got, test.want)
		}
		if h.left != before {
			t.Errorf("%s: the choice changed the house", test.name)
		}
	}
}

func TestASingleHasNoFreeNeighbour(t *testing.T) {
	for rows, want := range map[string]int{
		"f": 1, "ff": 0, "fxf": 2, "f|f": 2, "ffxf": 1, "xxx": 0, "a|ff": 1, "f,f": 2,
	} {
		if got := draw(t, strings.Split(rows, ",")...).singles(); got != want {
			t.Errorf("%s: %d singles, want %d", rows, got, want)
		}
	}
}

func TestHowAPartySits(t *testing.T) {
	h := draw(t, "fff|ff", "fff")
	for _, test := range []struct {
		slots           []int
		together, alone bool
	}{
		{[]int{0, 1, 2}, true, false},
		{[]int{1, 2, 3, 4}, false, false}, // an aisle
		{[]int{0, 2}, false, true},
		{[]int{3, 4, 5}, false, true}, // the end of a row
		{[]int{3, 4, 5, 6}, false, false},
	} {
		if together, alone := h.sitting(test.slots); together != test.together || alone != test.alone {
			t.Errorf("%v: together %v, alone %v", test.slots, together, alone)
		}
	}
}

func TestAPartyIsStrewnWhenItsSeatsLieInSeveralSections(t *testing.T) {
	spec := &seatmap.PlanSpec{
		Categories: []seatmap.CategorySpec{{Key: "1"}},
		Sections:   []seatmap.SectionSpec{{Key: "S"}, {Key: "T"}},
		Rows: []seatmap.RowSpec{
			{Section: 0, Key: "1", Seats: []seatmap.SeatSpec{{Label: "S1"}}},
			{Section: 0, Key: "2", Seats: []seatmap.SeatSpec{{Label: "S2"}}},
			{Section: 1, Key: "1", Seats: []seatmap.SeatSpec{{Label: "T1"}}},
		},
		Tables: []seatmap.TableSpec{
			{Key: "U", Seats: []seatmap.SeatSpec{{Label: "U1"}, {Label: "U2"}}}, {Key: "V", Seats: []seatmap.SeatSpec{{Label: "V1"}}},
		},
	}
	plan, err := seatmap.NewPlan(spec)
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(plan, spec)
	for _, test := range []struct {
		first, second string
		want          bool
	}{{"S1", "S2", false}, {"S1", "T1", true}, {"T1", "U1", true}, {"U1", "U2", false}, {"U1", "V1", true}} {
		a, _ := plan.Slot(test.first)
		b, _ := plan.Slot(test.second)
		if got := h.strewn([]int{int(a), int(b)}); got != test.want {
			t.Errorf("%s and %s: %v", test.first, test.second, got)
		}
	}
}
