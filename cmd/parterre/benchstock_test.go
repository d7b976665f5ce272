package main

import (
	"testing"
)

func newTestStock() *stock {
	return &stock{names: []string{"bench:0", "bench:1"}, labels: []string{"A-1", "A-2", "A-3", "A-4"}, seats: make([]int, 2)}
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

func TestEventsThatAreSoldInTurnGetAPartyEach(t *testing.T) {
	s := newTestStock() // parties of 2, 1, 4, 2, 3, 2
	s.inTurn = true
	for _, want := range [][2]string{
		{"bench:0", `{"seats":["A-1","A-2"]}`},
		{"bench:1", `{"seats":["A-1"]}`},
	} {
		if event, hold, ok := s.next(nil); !ok || event != want[0] || string(hold) != want[1] {
			t.Errorf("%s %s %v, want %v", event, hold, ok, want)
		}
	}
	if _, hold, ok := s.next(nil); ok {
		t.Errorf("there is %s, where nobody has room for four", hold)
	}
	if event, hold, ok := s.next(nil); !ok || event != "bench:0" || string(hold) != `{"seats":["A-3","A-4"]}` {
		t.Errorf("%s %s %v: an event that has room for two is passed over", event, hold, ok)
	}
	if event, hold, ok := s.next(nil); !ok || event != "bench:1" || string(hold) != `{"seats":["A-2","A-3","A-4"]}` {
		t.Errorf("%s %s %v: an event that has room for three is passed over", event, hold, ok)
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
			s.event = 0
			clear(s.seats)
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
