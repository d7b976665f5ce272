package seatmap

// Op is what one event is asked to do. Numbers stand in logs: never renumber, only append.
type Op uint8

// The operations of an event.
const (
	OpHold      Op = 1  // claim Add for Buyer until the hold's deadline
	OpConfirm   Op = 2  // make the hold ID an order
	OpSale      Op = 3  // hold and confirm in one step
	OpRelease   Op = 4  // give the hold ID back
	OpExtend    Op = 5  // move the deadline of hold ID to now + TTLSeconds
	OpChange    Op = 6  // add Add to and remove Remove from hold ID, in one step or not at all
	OpCancel    Op = 7  // free the places of order ID that Tickets name, or all
	OpBlock     Op = 8  // take Add off sale
	OpUnblock   Op = 9  // put Add back on sale
	OpConfigure Op = 10 // change the event's settings by Patch
	OpGetHold   Op = 11 // read hold ID; changes nothing
	OpGetOrder  Op = 12 // read order ID; changes nothing
	OpExpire    Op = 13 // free what is due, at most Limit holds, in order of their deadlines
)

var opWords = [...]string{
	OpHold: "hold", OpConfirm: "confirm", OpSale: "sale", OpRelease: "release", OpExtend: "extend", OpChange: "change",
	OpCancel: "cancel", OpBlock: "block", OpUnblock: "unblock", OpConfigure: "configure", OpGetHold: "get_hold",
	OpGetOrder: "get_order", OpExpire: "expire",
}

// Ops is the number of operations, counting the unused zero; every Op is below it.
const Ops = len(opWords)

// String is the operation's word, used in logs and as a metric label.
func (o Op) String() string {
	if o != 0 && int(o) < len(opWords) {
		return opWords[o]
	}
	return "unknown_op"
}

// Valid reports whether o is one of the operations.
func (o Op) Valid() bool { return o != 0 && int(o) < len(opWords) }

// ReadOnly reports whether o never changes the state by itself. (What is due is freed before a read, too.)
func (o Op) ReadOnly() bool { return o == OpGetHold || o == OpGetOrder }

// Request is one thing asked of one event. It is a flat union: which fields count depends on Op.
// A Request never owns its strings for longer than the call; what the map keeps, it copies.
type Request struct {
	Op Op
	// CallerKey says that the key was chosen by the caller and not by a node: then refusals are remembered too.
	CallerKey bool
	// Retake lets OpConfirm take a lapsed hold's places again if all of them are still free.
	Retake bool
	// Key makes a retry harmless. A zero key (reads, OpExpire) is not remembered.
	Key Key
	// Fingerprint is a hash of everything else in the request that the caller chose: the same key with another
	// fingerprint is a mistake of the caller's.
	Fingerprint uint64
	// ID is the hold or order that is meant; for OpHold and OpSale the id that the new hold gets.
	ID        ID
	Buyer     string
	Reference string // OpConfirm, OpSale: the payment's name in the shop's books
	// TTLSeconds is the time from now to the new deadline (OpExtend).
	TTLSeconds int32
	// Limit bounds OpExpire.
	Limit  int32
	Add    Selection
	Remove Selection
	// Tickets of OpCancel; none means all.
	Tickets []uint32
	Patch   *ConfigPatch
	// Wish of OpHold and OpSale is for seats beside what Add names of areas and tables.
	Wish Wish
}

// Selection names places: chosen seats, whole tables, and numbers of places in areas.
type Selection struct {
	Seats  []string
	Areas  []AreaQuantity
	Tables []string
}

// AreaQuantity is a number of places in an area.
type AreaQuantity struct {
	Area     string
	Quantity int32
}

// Empty reports whether nothing is selected.
func (s *Selection) Empty() bool { return len(s.Seats) == 0 && len(s.Areas) == 0 && len(s.Tables) == 0 }

// Reset empties r for another use and keeps its slices.
func (r *Request) Reset() {
	add, remove, tickets, categories, sections := r.Add, r.Remove, r.Tickets, r.Wish.Categories, r.Wish.Sections
	*r = Request{} // nothing but zeroes: with anything else in it, it would be made elsewhere and copied
	r.Tickets, r.Wish.Categories, r.Wish.Sections = tickets[:0], categories[:0], sections[:0]
	r.Add.Seats, r.Add.Areas, r.Add.Tables = add.Seats[:0], add.Areas[:0], add.Tables[:0]
	r.Remove.Seats, r.Remove.Areas, r.Remove.Tables = remove.Seats[:0], remove.Areas[:0], remove.Tables[:0]
}
