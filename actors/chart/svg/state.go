package svg

import (
	"errors"
	"fmt"
	"strings"

	"github.com/parterre/parterre/actors/chart"
)

// ErrState says that a state is not one of the chart that is to be drawn.
var ErrState = errors.New("svg: the state is of another chart")

// fits checks that the state has all that the chart has. No state fits every chart.
func (s *State) fits(d *chart.Document) error {
	if s == nil {
		return nil
	}
	seats, tables := d.Seats(), 0
	for i := range d.Tables {
		t := &d.Tables[i]
		if t.Book != chart.BookWhole {
			continue
		}
		seats -= int(t.Seats)
		tables++
		if !strings.ContainsRune("fhsb", rune(s.Tables[t.Key])) {
			return fmt.Errorf("%w: it does not say what table %q is in", ErrState, t.Key)
		}
	}
	for i := range d.Areas {
		if _, ok := s.Areas[d.Areas[i].Key]; !ok {
			return fmt.Errorf("%w: it does not tell of area %q", ErrState, d.Areas[i].Key)
		}
	}
	switch {
	case len(s.Seats) != seats:
		return fmt.Errorf("%w: it has %d seats, the chart %d", ErrState, len(s.Seats), seats)
	case len(s.Tables) != tables:
		return fmt.Errorf("%w: it has %d tables sold whole, the chart %d", ErrState, len(s.Tables), tables)
	case len(s.Areas) != len(d.Areas):
		return fmt.Errorf("%w: it has %d areas, the chart %d", ErrState, len(s.Areas), len(d.Areas))
	case strings.Trim(s.Seats, "fhsb") != "":
		return fmt.Errorf("%w: its seats have other letters than f, h, s and b", ErrState)
	}
	return nil
}

// seat is the state of the i-th seat in chart order; free without a state.
func (s *State) seat(i int) byte {
	if s == nil {
		return free
	}
	return s.Seats[i]
}

func (s *State) table(key string) byte {
	if s == nil {
		return free
	}
	return s.Tables[key]
}
