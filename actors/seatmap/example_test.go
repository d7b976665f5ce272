package seatmap_test

import (
	"fmt"

	"github.com/parterre/parterre/actors/seatmap"
)

// Two seats are held and paid for; a second buyer comes too late.
func Example() {
	plan, err := seatmap.NewPlan(&seatmap.PlanSpec{
		Categories: []seatmap.CategorySpec{{Key: "1", Name: "Front"}},
		Rows: []seatmap.RowSpec{{Section: -1, Key: "A", Seats: []seatmap.SeatSpec{
			{Label: "A-1"}, {Label: "A-2"}, {Label: "A-3"},
		}}},
	})
	if err != nil {
		panic(err)
	}
	config := seatmap.DefaultConfig()
	config.State, config.Currency = seatmap.SaleOn, "CHF"
	config.Prices = []seatmap.CategoryPrice{{Category: "1", Price: 12000}}
	event, err := seatmap.New(plan, &config)
	if err != nil {
		panic(err)
	}

	const now = 1_800_000_000_000 // log time, Unix milliseconds
	var answer seatmap.Answer
	pair := seatmap.Selection{Seats: []string{"A-1", "A-2"}}
	event.Do(now, &seatmap.Request{Op: seatmap.OpHold, ID: seatmap.ID{1}, Buyer: "anna", Add: pair}, &answer)
	fmt.Println(answer.Code, answer.State, answer.Total, answer.Currency, answer.Together)

	event.Do(now+1, &seatmap.Request{Op: seatmap.OpHold, ID: seatmap.ID{2}, Buyer: "ben", Add: pair}, &answer)
	fmt.Println(answer.Code, answer.Labels)

	event.Do(now+2, &seatmap.Request{Op: seatmap.OpConfirm, ID: seatmap.ID{1}, Reference: "psp-1"}, &answer)
	fmt.Println(answer.Code, answer.State, string(event.Picture().AppendStates(nil)))
	// Output:
	// ok held 24000 CHF true
	// seat_unavailable [A-1 A-2]
	// ok confirmed ssf
}
