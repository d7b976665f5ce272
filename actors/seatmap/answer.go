package seatmap

// HoldState is the state of a hold or of the order it became. Numbers stand in snapshots: never renumber.
type HoldState uint8

// The states.
const (
	HoldHeld      HoldState = 1
	HoldConfirmed HoldState = 2 // it is an order
	HoldReleased  HoldState = 3 // a tombstone: given back
	HoldExpired   HoldState = 4 // a tombstone: lapsed
	HoldCancelled HoldState = 5 // an order of which every ticket was cancelled
)

// String is the state's word in the HTTP contract.
func (s HoldState) String() string {
	switch s {
	case HoldHeld:
		return "held"
	case HoldConfirmed:
		return "confirmed"
	case HoldReleased:
		return "released"
	case HoldExpired:
		return "expired"
	case HoldCancelled:
		return "cancelled"
	}
	return "unknown"
}

// PlaceKind tells what a place is.
type PlaceKind uint8

// The kinds of places.
const (
	PlaceSeat  PlaceKind = 1
	PlaceTable PlaceKind = 2 // a table sold whole: one place, one price, one ticket
	PlaceArea  PlaceKind = 3
)

// Place is one place of a hold or order, with the price that was frozen when the hold was made. In a hold, an area's
// places are one Place with a Quantity; in an order each is a Place of its own, since each has its own ticket.
type Place struct {
	Kind     PlaceKind
	Label    string // seat label, table key or area key
	Category string // category key
	Price    int64  // of one, in minor units
	Quantity int32  // 1 but for areas
	// Ticket numbers the place within its order; the ticket's name is the order's id, "-", and this number.
	Ticket uint32
}

// Answer is what was decided. Its strings belong to the chart, to the map's write-once arena or to the request: they
// stay valid, but a caller that keeps an Answer keeps those alive.
type Answer struct {
	Code Code
	// Replayed says that the key was known: this is the first answer again.
	Replayed bool
	// Created tells a first success from one that found the work done (201 against 200).
	Created bool
	// Together says that all chosen seats are neighbours in one row.
	Together bool
	State    HoldState
	// ExtensionsLeft is how often the hold may still be extended.
	ExtensionsLeft int32
	// Revision is the event's revision right after the decision (at its first time, if Replayed).
	Revision  uint64
	ID        ID
	Buyer     string
	Reference string
	Currency  string
	// ExpiresAtMillis is the deadline in log time, Unix milliseconds; 0 where there is none.
	ExpiresAtMillis int64
	// Total is the sum over Places of price × quantity, in minor units.
	Total  int64
	Places []Place
	// Labels lists the seats, tables and areas that a refusal is about.
	Labels []string
	// Field and Reason explain CodeInvalid; Reason may explain other refusals.
	Field, Reason string
	// Lapsed is the number of holds that were freed before the decision, since their deadlines had passed.
	Lapsed int32
}

// Reset empties a for another use and keeps its slices.
func (a *Answer) Reset() { *a = Answer{Places: a.Places[:0], Labels: a.Labels[:0]} }
