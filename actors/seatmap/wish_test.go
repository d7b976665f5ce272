package seatmap

import (
	"fmt"
	"testing"
)

func TestAnEventWithoutWishesPaysNothingForBestAvailable(t *testing.T) {
	s := newShop(t, arena50k(t))
	before := s.m.HeapBytes()
	if before != onSale(t, s.m.plan).HeapBytes() {
		t.Fatal("two empty events differ")
	}
	for range 100 {
		s.choose(3)
		s.do(OpHold)
		s.choose(2)
		s.do(OpSale)
	}
	var ans Answer
	s.m.Do(s.now, &Request{Op: OpHold, ID: ID{9}, Wish: Wish{Quantity: 9}}, &ans)
	if ans.Code != CodeInvalid {
		t.Fatal(ans.Code)
	}
	if s.m.seating != nil || s.m.seating.heapBytes() != 0 {
		t.Error("an event that was never asked for the best seats keeps trees")
	}
	s.m.Do(s.now, &Request{Op: OpHold, ID: ID{9}, Wish: Wish{Quantity: 2}}, &ans)
	if ans.Code != CodeOK || s.m.seating == nil {
		t.Errorf("%s: the first wish makes them", ans.Code)
	}
}

// Two trees of blocks for each size, and one of splits for each party that had to be split, over rows of 40.
func TestTheTreesStayWithinTheirBytes(t *testing.T) {
	const budget, budgetSplit = 3, 5 // bytes a seat
	plan := wishHouse(t, 100_000)
	s := newWishShop(t, plan)
	for size := range int32(maxTreeParty) {
		s.ask(size + 1)
		s.do()
	}
	perSeat := func() float64 { return float64(s.m.seating.heapBytes()) / float64(plan.Seats()) }
	blocks := perSeat()
	for party := 2; party <= maxTreeParty; party++ {
		s.m.seating.class(ordinary).refreshSplits(party)
	}
	splits := perSeat()
	t.Logf("bytes a seat: %.2f, with splits %.2f", blocks, splits)
	if blocks > budget || splits > budgetSplit {
		t.Errorf("want at most %d, with splits %d", budget, budgetSplit)
	}
}

func TestBestAvailableAllocatesNothing(t *testing.T) {
	s := newWishShop(t, wishHouse(t, 2_000))
	s.filtered = true
	for i := 0; s.m.Counts().Free > 200; i++ {
		s.ask(wishSizes[i*37%100])
		s.do()
		s.held = append(s.held, s.ans.ID)
	}
	turn := func() {
		for _, size := range []int32{1, 2, 3, 5, 8} {
			s.ask(size)
			if s.do(); s.ans.Code == CodeOK {
				s.held = append(s.held, s.ans.ID)
			}
			for s.m.Counts().Free < 200 {
				s.back()
			}
		}
	}
	for range 4_000 {
		turn()
	}
	if allocs := testing.AllocsPerRun(1_000, turn); allocs != 0 {
		t.Errorf("%v allocations for five holds of the best seats and as many releases", allocs)
	}
}

func TestTheLastPairsAreEverybodys(t *testing.T) {
	const buyers = 160
	s := newWishShop(t, wishHouse(t, 2_000))
	for slot := range uint32(2_000) {
		if at := slot % 40; slot < 1_600 && (at == 2 || at == 3 || at == 8 || at == 9 || at == 30 || at == 31 || at == 36 || at == 37) {
			continue // four pairs in each of forty rows, with taken seats on both sides
		}
		s.prepare(OpBlock)
		s.req.Add.Seats = append(s.req.Add.Seats[:0], s.m.plan.Label(slot))
		s.do()
	}
	s.req.Add.Seats = nil
	for i := range buyers {
		s.ask(2)
		if s.do(); s.ans.Code != CodeOK || !s.ans.Together {
			t.Fatalf("buyer %d: %s, together %t, with %d free", i, s.ans.Code, s.ans.Together, s.m.Counts().Free)
		}
	}
	s.ask(1)
	if s.do(); s.ans.Code != CodeNotEnoughSeats {
		t.Errorf("sold out, answered %s", s.ans.Code)
	}
}

func TestAnotherOrphanRuleChangesWhatIsChosen(t *testing.T) {
	spec := &PlanSpec{Categories: []CategorySpec{{Key: "1"}}}
	for r, seats := range []int{5, 6} {
		row := RowSpec{Section: -1}
		for i := range seats {
			row.Seats = append(row.Seats, SeatSpec{Label: fmt.Sprintf("%d-%d", r+1, i+1), Rank: uint32(r)})
		}
		spec.Rows = append(spec.Rows, row)
	}
	plan, err := NewPlan(spec)
	if err != nil {
		t.Fatal(err)
	}
	s := newWishShop(t, plan)
	for _, c := range []struct {
		rule OrphanRule
		want string
	}{{OrphansAvoid, "2-1"}, {OrphansAllow, "1-1"}, {OrphansRefuse, "2-1"}, {OrphansAllow, "1-1"}} {
		var ans Answer
		s.m.Do(1, &Request{Op: OpConfigure, Patch: &ConfigPatch{Set: FieldOrphans, Config: Config{Orphans: c.rule}}}, &ans)
		s.ask(4)
		if s.do(); s.ans.Code != CodeOK || s.ans.Places[0].Label != c.want {
			t.Errorf("rule %d: %s %v, want a block from %s", c.rule, s.ans.Code, s.ans.Places, c.want)
		}
		s.held = append(s.held, s.ans.ID)
		s.back()
	}
}

func TestOfEqualSplitsTheFirstCategoryWins(t *testing.T) {
	spec := &PlanSpec{Categories: []CategorySpec{{Key: "1"}, {Key: "2"}}}
	for r := range 3 {
		row := RowSpec{Section: -1}
		for i := range 14 {
			seat := SeatSpec{Label: fmt.Sprintf("%d-%d", r+1, i+1), Category: 1 - i/7}
			if i%7 == 0 {
				seat.Flags = SeatAccessible
			}
			row.Seats = append(row.Seats, seat)
		}
		spec.Rows = append(spec.Rows, row)
	}
	plan, err := NewPlan(spec)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []Wish{{Quantity: 8}, {Quantity: 12}, {Quantity: 8, Accessible: 1}} {
		s := newWishShop(t, plan)
		s.m.Do(1, &Request{Op: OpConfigure, Patch: &ConfigPatch{Set: FieldPlacesPerHold, Config: Config{PlacesPerHold: 12}}}, nil)
		s.ask(w.Quantity)
		s.req.Wish = w
		if s.do(); s.ans.Code != CodeOK || s.ans.Together || s.ans.Places[0].Category != "1" {
			t.Errorf("%+v: %s, together %t, from %v", w, s.ans.Code, s.ans.Together, s.ans.Places)
		}
	}
}
