package trace

// Action is what a shopper does. Numbers stand in files: never renumber, only append.
type Action uint8

// The actions.
const (
	Look      Action = 1  // fetch the seat map, as a shop's page does when it is opened
	LookAgain Action = 2  // ask for the map again if it changed since this device saw it (If-None-Match)
	Hold      Action = 3  // hold places: see Way
	Confirm   Action = 4  // pay: make the slot's hold an order
	Decline   Action = 5  // the payment was declined: release the hold if Gives, else send nothing
	Release   Action = 6  // give the slot's hold back
	Extend    Action = 7  // ask for Seconds more
	ReadHold  Action = 8  // read the slot's hold
	ReadOrder Action = 9  // read the slot's order
	Sale      Action = 10 // hold and confirm in one step: an order in the slot at once
	Cancel    Action = 11 // cancel Tickets of the slot's order, or all
	Change    Action = 12 // add Places to the slot's hold and remove Removed from it
)

// Actions is the number of actions, counting the unused zero; every Action is below it.
const Actions = len(actionWords)

var actionWords = [...]string{
	Look: "look", LookAgain: "look_again", Hold: "hold", Confirm: "confirm", Decline: "decline", Release: "release",
	Extend: "extend", ReadHold: "read_hold", ReadOrder: "read_order", Sale: "sale", Cancel: "cancel", Change: "change",
}

// String is the action's word.
func (a Action) String() string { return word(actionWords[:], int(a)) }

// Condition says when a record is performed. Numbers stand in files.
type Condition uint8

// The conditions.
const (
	Always        Condition = 0
	IfHeld        Condition = 1 // the slot's hold was granted and not given back since
	IfRefused     Condition = 2 // the slot was never granted: a picker clicks again
	IfEmptyHanded Condition = 3 // none of the shopper's slots was ever granted: somebody refused comes back
	IfKept        Condition = 4 // IfHeld, and it was the first of the shopper's slots to be granted
	IfSpare       Condition = 5 // IfHeld, and another of the shopper's slots was granted before it
	IfOrdered     Condition = 6 // the slot's order was acknowledged
)

var conditionWords = [...]string{
	Always: "always", IfHeld: "if_held", IfRefused: "if_refused", IfEmptyHanded: "if_empty_handed", IfKept: "if_kept",
	IfSpare: "if_spare", IfOrdered: "if_ordered",
}

// String is the condition's word.
func (c Condition) String() string { return word(conditionWords[:], int(c)) }

// Way is how a Hold or a Sale says what it wants.
type Way uint8

// The ways.
const (
	WayChosen Way = 0 // exactly Places
	WayBest   Way = 1 // the best available seats (Quantity, Together, Accessible, Categories, Sections), and Places beside them
	WayWanted Way = 2 // Quantity neighbours as near to Row and Seat as the map shows them free
)

var wayWords = [...]string{WayChosen: "chosen", WayBest: "best", WayWanted: "wanted"}

// String is the way's word.
func (w Way) String() string { return word(wayWords[:], int(w)) }

// Together is how much the seats of WayBest must be neighbours, as the API has it.
type Together uint8

// The wishes for neighbours; the zero is the API's default.
const (
	Prefer  Together = 0
	Require Together = 1
	Any     Together = 2
)

var togetherWords = [...]string{Prefer: "prefer", Require: "require", Any: "any"}

// String is the word that the API has for it.
func (t Together) String() string { return word(togetherWords[:], int(t)) }

// Fate is what the generator means to become of a hold if it is granted: for reports. What happens stands in records.
type Fate uint8

// The fates.
const (
	FateUnknown  Fate = 0 // of a recorded hold
	FateBought   Fate = 1
	FateReleased Fate = 2
	FateLapsed   Fate = 3
	FateDeclined Fate = 4 // the payment is declined
	FateLate     Fate = 5 // the payment's answer comes after the hold lapsed
	FateHoarded  Fate = 6 // a bot's: kept to the deadline, never bought
)

var fateWords = [...]string{
	FateUnknown: "unknown", FateBought: "bought", FateReleased: "released", FateLapsed: "lapsed", FateDeclined: "declined",
	FateLate: "late", FateHoarded: "hoarded",
}

// String is the fate's word.
func (f Fate) String() string { return word(fateWords[:], int(f)) }

func word(words []string, n int) string {
	if n < len(words) && words[n] != "" {
		return words[n]
	}
	return "unknown"
}

// Kind is what a Place is.
type Kind uint8

// The kinds.
const (
	Seat  Kind = 0
	Area  Kind = 1
	Table Kind = 2 // sold whole
)

// Place is a place of the event's chart, by its index there. Quantity is of areas.
type Place struct {
	Kind     Kind
	Index    uint32
	Quantity uint16
}

// Record is one action of one shopper. It is a flat union: which fields count depends on Action.
type Record struct {
	// AtMicros is when it happens, since the start of the trace. Records stand in this order.
	AtMicros int64
	// Shopper tells shoppers apart; all devices of one have the same number.
	Shopper uint64
	// Event is the index of the event.
	Event uint32
	// Device and Slot are below MaxDevices and MaxSlots. A slot is the shopper's, not the device's.
	Device, Slot uint8
	Action       Action
	If           Condition
	Last         bool // this shopper does nothing more
	Anonymous    bool // no buyer id is sent
	Bot          bool // for reports
	// Recorded says that Status and Reference are set: what the node answered then, and a hash of the hold's id by which
	// the files of several nodes can be brought together.
	Recorded  bool
	Status    uint16
	Reference uint64

	Fate       Fate
	Way        Way
	Quantity   uint16
	Row, Seat  uint32 // WayWanted
	Together   Together
	Accessible uint16
	Categories []uint32 // indexes; none = any
	Sections   []uint32
	Places     []Place
	Removed    []Place
	Retake     bool // Confirm: take the places again if the hold lapsed and all are free
	Gives      bool // Decline: releases the hold
	Seconds    uint32
	Tickets    []uint32
}

// Limits of a record and a file.
const (
	MaxDevices = 16
	MaxSlots   = 16
	MaxPlaces  = 1_000  // in one list of places, categories, sections or tickets
	MaxEvents  = 65_536 // of a file; and as many charts
	MaxSeats   = 1 << 24

	maxShopper    = 1<<63 - 1
	maxAtMicros   = 366 * 24 * 3600 * 1_000_000 // a leap year
	maxJSONBytes  = 24 << 20                    // of a header, chart, event or trailer
	maxBlockBytes = 1 << 20                     // of a block of records
	blockBytes    = 64 << 10                    // at which a Writer closes a block
)

// Reset empties r for another use and keeps its slices.
func (r *Record) Reset() {
	*r = Record{
		Categories: r.Categories[:0], Sections: r.Sections[:0], Places: r.Places[:0], Removed: r.Removed[:0], Tickets: r.Tickets[:0],
	}
}
