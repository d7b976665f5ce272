package peers

// Hall is the venue that every system sells: sections side by side, each of the same rows of the same length.
//
// A seat is a number from 0: row = seat / SeatsPerRow, and rows are counted from the stage outwards, the front rows of all
// sections first. So a lower number is a better seat, and neighbours differ by one.
type Hall struct {
	Sections, RowsPerSection, SeatsPerRow int
}

// Arena is the hall of the published comparison: 50,000 seats.
var Arena = Hall{Sections: 20, RowsPerSection: 50, SeatsPerRow: 50}

// Rows is the number of rows in all sections.
func (h Hall) Rows() int { return h.Sections * h.RowsPerSection }

// Seats is the number of seats.
func (h Hall) Seats() int { return h.Rows() * h.SeatsPerRow }

// Place is where a seat is: its section, its row there and its place in the row, each from 0.
func (h Hall) Place(seat int32) (section, row, place int) {
	all := int(seat) / h.SeatsPerRow
	return all % h.Sections, all / h.Sections, int(seat) % h.SeatsPerRow
}

// Seat is the number of a place.
func (h Hall) Seat(section, row, place int) int32 {
	return int32((row*h.Sections+section)*h.SeatsPerRow + place)
}
