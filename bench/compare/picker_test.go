package compare

import (
	"slices"
	"testing"

	"github.com/parterre/parterre/bench/peers"
)

var hall = peers.Hall{Sections: 4, RowsPerSection: 5, SeatsPerRow: 20} // 400 seats

// all lets a picker give everything it has.
func all(p *Picker) (list []peers.Party) {
	for {
		var party peers.Party
		party.Reset()
		if !p.Next(&party) {
			return list
		}
		list = append(list, party)
	}
}

func TestChosenSeatsAreNeighboursThatNobodyElseIsGivenButInAContest(t *testing.T) {
	given := map[[2]int]int64{}
	contests := 0
	list := all(NewPicker(hall, Chosen, 3, false, 1))
	for i, p := range list {
		contest := i > 0 && slices.Equal(p.Seats, list[i-1].Seats) && p.Event == list[i-1].Event
		if contest {
			contests++
		}
		for j, seat := range p.Seats {
			if j > 0 && seat != p.Seats[j-1]+1 || int(seat)/hall.SeatsPerRow != int(p.Seats[0])/hall.SeatsPerRow {
				t.Fatalf("party %d: %v are no neighbours", p.Number, p.Seats)
			}
			if other, ok := given[[2]int{p.Event, int(seat)}]; ok && !contest {
				t.Fatalf("seat %d of event %d is given to parties %d and %d", seat, p.Event, other, p.Number)
			}
			given[[2]int{p.Event, int(seat)}] = p.Number
		}
	}
	if want := len(list) / ContestedEvery; contests != want {
		t.Errorf("%d contests among %d parties, want %d", contests, len(list), want)
	}
	if share := float64(len(given)) / float64(3*hall.Seats()); share < 0.95 {
		t.Errorf("only %.2f of the seats are given", share)
	}
}

func TestPartiesAreOneToFourWithMean2Point3(t *testing.T) {
	for _, work := range []Work{Chosen, Best} {
		places, parties := 0, 0
		for i, p := range all(NewPicker(hall, work, 20, false, 1)) {
			if p.Quantity < 1 || p.Quantity > peers.MaxParty || work == Chosen && len(p.Seats) != p.Quantity || p.Number != int64(i)+1 {
				t.Fatalf("%s: party %d is of %d, seats %v", work, p.Number, p.Quantity, p.Seats)
			}
			places, parties = places+p.Quantity, parties+1
		}
		if mean := float64(places) / float64(parties); mean < 2.28 || mean > 2.32 {
			t.Errorf("%s: mean %.3f", work, mean)
		}
	}
}

func TestFrontRowsAreHotter(t *testing.T) {
	p := NewPicker(peers.Arena, Chosen, 1, false, 1)
	rows := map[int]int{}
	for range 2000 {
		var party peers.Party
		party.Reset()
		p.Next(&party)
		rows[int(party.Seats[0])/peers.Arena.SeatsPerRow]++
	}
	front, back := 0, 0
	for row, n := range rows {
		if row < 100 {
			front += n
		} else if row >= 900 {
			back += n
		}
	}
	if front < 5*back {
		t.Errorf("%d parties in the front tenth, %d in the last", front, back)
	}
}

func TestTheSameSeedGivesTheSameParties(t *testing.T) {
	one, same, other := all(NewPicker(hall, Chosen, 2, false, 7)), all(NewPicker(hall, Chosen, 2, false, 7)), all(NewPicker(hall, Chosen, 2, false, 8))
	equal := func(a, b peers.Party) bool { return a.Event == b.Event && slices.Equal(a.Seats, b.Seats) }
	if !slices.EqualFunc(one, same, equal) || slices.EqualFunc(one, other, equal) {
		t.Error("parties do not follow from the seed alone")
	}
}

func TestEventsAreSoldOneAfterTheOtherOrAllAtOnce(t *testing.T) {
	last := 0
	for _, p := range all(NewPicker(hall, Best, 3, false, 1)) {
		if p.Event != last && p.Event != last+1 {
			t.Fatalf("event %d after %d", p.Event, last)
		}
		last = p.Event
	}
	sold := make([]int, 10)
	list := all(NewPicker(hall, Best, len(sold), true, 1))
	for _, p := range list[:len(sold)] {
		sold[p.Event]++
	}
	if slices.Max(sold) != 1 {
		t.Errorf("the first parties are spread as %v", sold)
	}
	for _, p := range list {
		sold[p.Event] += p.Quantity
	}
	if least := slices.Min(sold); least < hall.Seats()*9/10 {
		t.Errorf("an event of %d seats ends with %d sold while others go on", hall.Seats(), least)
	}
}
