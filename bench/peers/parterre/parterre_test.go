package parterre

import (
	"testing"

	"github.com/parterre/parterre/bench/peers"
)

func TestALabelIsItsSeat(t *testing.T) {
	h := peers.Hall{Sections: 3, RowsPerSection: 4, SeatsPerRow: 5}
	seen := map[string]bool{}
	for seat := range int32(h.Seats()) {
		label := appendLabel(nil, h, seat)
		if back, ok := parseLabel(h, label); !ok || back != seat || seen[string(label)] {
			t.Fatalf("seat %d is %q, which is seat %d (%t)", seat, label, back, ok)
		}
		seen[string(label)] = true
	}
	for _, label := range []string{"", "1", "1-1", "0-1-1", "1-1-6", "4-1-1", "1-5-1", "1-1-1-1", "a-1-1", "1--1"} {
		if seat, ok := parseLabel(h, label); ok {
			t.Errorf("%q is no label, but seat %d", label, seat)
		}
	}
}

func TestBodiesSayWhatThePartyWants(t *testing.T) {
	h := peers.Hall{Sections: 2, RowsPerSection: 2, SeatsPerRow: 5}
	p := &peers.Party{Quantity: 2, Seats: []int32{15, 16}, Token: []byte("ID")}
	if got, want := string(appendHold(nil, h, p)), `{"seats":["2-2-1","2-2-2"]}`; got != want {
		t.Errorf("chosen: %s, want %s", got, want)
	}
	if got, want := string(appendConfirm(nil, p)), `{"hold":"ID","reference":"bench"}`; got != want {
		t.Errorf("confirm: %s, want %s", got, want)
	}
	p.Seats = nil
	if got, want := string(appendHold(nil, h, p)), `{"best_available":{"quantity":2}}`; got != want {
		t.Errorf("best: %s, want %s", got, want)
	}
	answer := `{"hold":"01J","event":"e","places":[{"seat":"1-2-4","category":"x"},{"seat":"1-2-5","category":"x"}]}`
	if err := readHold(h, p, []byte(answer)); err != nil || string(p.Token) != "01J" || len(p.Seats) != 2 || p.Seats[1] != 14 {
		t.Errorf("got token %q, seats %v, %v", p.Token, p.Seats, err)
	}
	p.Seats, p.Quantity = nil, 3
	if err := readHold(h, p, []byte(answer)); err == nil {
		t.Error("two seats passed for three")
	}
}
