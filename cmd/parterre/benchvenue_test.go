package main

import (
	"testing"

	"github.com/parterre/parterre/actors/chart"
	drawn "github.com/parterre/parterre/actors/chart/venue"
)

func TestAnArenaHasTheSeatsStandingPlacesAndTablesAskedFor(t *testing.T) {
	for _, seats := range []int{100, 1_200, 30_000} {
		a, err := arenaOf(seats)
		if err != nil {
			t.Fatal(err)
		}
		if a.Seats() != seats || a.Standing() != seats/10 || len(a.Tables) != seats/1_500 {
			t.Errorf("%d seats asked for: %d seats, %d standing places, %d tables", seats, a.Seats(), a.Standing(), len(a.Tables))
		}
		d, err := chart.Parse(a.Document)
		if err != nil {
			t.Errorf("%d seats: the API would refuse the chart: %v", seats, err)
			continue
		}
		spec, err := d.Compile()
		if err != nil {
			t.Fatal(err)
		}
		seat := 0
		for _, row := range spec.Rows {
			for i := range row.Seats {
				if a.Labels[seat] != row.Seats[i].Label {
					t.Fatalf("seat %d is %s, the server has %s there", seat, a.Labels[seat], row.Seats[i].Label)
				}
				seat++
			}
		}
	}
}

func TestAVenueCanDoWithoutStandingPlaces(t *testing.T) {
	v, err := benchVenue{kind: drawn.Arena, seats: 500, seed: 1}.make()
	if err != nil || v.Standing() != 0 || len(v.Areas) != 0 {
		t.Errorf("%+v, %v", v.Areas, err)
	}
}

// The shop cuts rows where the server does: otherwise it would ask for neighbours that are none.
func TestRunsOfNeighboursAreThoseOfTheServer(t *testing.T) {
	for _, kind := range drawn.Kinds() {
		v, err := benchVenue{kind: kind, seats: 2_000, standing: -1, seed: 3}.make()
		if err != nil {
			t.Fatal(err)
		}
		d, err := chart.Parse(v.Document)
		if err != nil {
			t.Fatal(err)
		}
		spec, err := d.Compile()
		if err != nil {
			t.Fatal(err)
		}
		starts := map[int]bool{}
		seat := 0
		for _, row := range spec.Rows {
			starts[seat] = true
			for i := range row.Seats {
				seat++
				if row.Seats[i].AisleAfter {
					starts[seat] = true
				}
			}
		}
		for _, table := range spec.Tables {
			if !table.Whole {
				starts[seat] = true
				seat += len(table.Seats)
			}
		}
		delete(starts, seat)
		for _, row := range v.Rows {
			if !starts[row.First] {
				t.Errorf("%s: a run starts at seat %d, none of the server's does", kind, row.First)
			}
			delete(starts, row.First)
		}
		if len(starts) != 0 {
			t.Errorf("%s: %d runs of the server's are missing", kind, len(starts))
		}
	}
}
