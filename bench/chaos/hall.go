package chaos

import (
	"fmt"

	"github.com/parterre/parterre/bench/venue"
)

// The hall is small, so that buyers get in each other's way, and has one of everything that can be sold.
const (
	hallSections = 2
	hallRows     = 4
	hallSeats    = 12 // in a row
	hallFloor    = 40 // standing places
	hallTables   = 3  // sold whole
)

// newHall draws the hall.
func newHall() (*venue.Venue, error) {
	text := `{"name":"Hall","focal_point":{"x":60,"y":0},"categories":[{"key":"1","name":"Front","color":"#aa0000"},{"key":"2","name":"Back","color":"#0000aa"}],"sections":[`
	for s := range hallSections {
		if s > 0 {
			text += ","
		}
		text += fmt.Sprintf(`{"key":"%c","name":"Block","category":"%d","rows":[`, 'A'+s, s+1)
		for r := range hallRows {
			if r > 0 {
				text += ","
			}
			text += fmt.Sprintf(`{"key":"%d","seats":{"count":%d,"first":1,"x":%d,"y":%d,"dx":5,"dy":0}}`, r+1, hallSeats, s*80, 20+10*r)
		}
		text += "]}"
	}
	text += fmt.Sprintf(`],"areas":[{"key":"Floor","name":"Standing","category":"2","capacity":%d}],"tables":[`, hallFloor)
	for t := range hallTables {
		if t > 0 {
			text += ","
		}
		text += fmt.Sprintf(`{"key":"T%d","category":"2","seats":4,"book":"whole","x":%d,"y":90}`, t+1, 20*t)
	}
	return venue.Read([]byte(text + "]}"))
}
