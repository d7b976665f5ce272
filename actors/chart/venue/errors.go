package venue

import "errors"

var (
	// ErrKind says that there is no such kind of venue.
	ErrKind = errors.New("venue: want theatre, arena or stadium")
	// ErrSeats says that no venue has that many seats.
	ErrSeats = errors.New("venue: number of seats")
)
