package main

import (
	"testing"
)

func newTestStock() *stock {
	return &stock{names: []string{"bench:0", "bench:1"}, labels: []string{"A-1", "A-2", "A-3", "A-4"}}
}

func TestAStockNamesEachSeatOnceAndThenGoesToTheNextEvent(t *testing.T) {
	s := newTestStock() // parties of 2, 1, 4, 2: the third does not fit beside the first two
	for _, want := range [][2]string{
		{"bench:0", `{"seats":["A-1","A-2"]}`},
		{"bench:0", `{"seats":["A-3"]}`},
		{"bench:1", `{"seats":["A-1","A-2","A-3","A-4"]}`},
	} {
		if event, hold, ok := s.next(nil); !ok || event != want[0] || string(hold) != want[1] {
			t.Errorf("%s %s %v, want %v", event, hold, ok, want)
		}
	}
	if _, hold, ok := s.next(nil); ok {
		t.Errorf("there is %s when everything is sold", hold)
	}
}

func TestAStockWishesForTheSameParties(t *testing.T) {
	s := newTestStock()
	for _, want := range [][2]string{
		{"bench:0", `{"best_available":{"quantity":2}}`},
		{"bench:0", `{"best_available":{"quantity":1}}`},
		{"bench:1", `{"best_available":{"quantity":4}}`},
	} {
		if event, hold, ok := s.nextWish(nil); !ok || event != want[0] || string(hold) != want[1] {
			t.Errorf("%s %s %v, want %v", event, hold, ok, want)
		}
	}
	if _, hold, ok := s.nextWish(nil); ok {
		t.Errorf("there is %s when everything is sold", hold)
	}
}

func TestTheNextHoldAllocatesNothing(t *testing.T) {
	for name, next := range map[string]func(*stock, []byte) (string, []byte, bool){"chosen": (*stock).next, "wish": (*stock).nextWish} {
		s, body := newTestStock(), make([]byte, 0, 256)
		if got := testing.AllocsPerRun(100, func() {
			s.event, s.seat = 0, 0
			if _, _, ok := next(s, body); !ok {
				t.Fatal("sold out")
			}
		}); got != 0 {
			t.Errorf("%s: %v allocations", name, got)
		}
	}
}

func TestBothKindsOfWorkAreMeasuredInTurn(t *testing.T) {
	c := benchHTTPConfig{wish: true}
	first, second := c.works(0), c.works(1)
	if len(first) != 2 || len(second) != 2 || first[0] != second[1] || first[1] != second[0] || first[0] == first[1] {
		t.Errorf("%v, then %v", first, second)
	}
}
