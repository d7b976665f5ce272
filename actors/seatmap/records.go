package seatmap

// The records of the state. None holds a pointer; links are numbers of records, none where there is nothing.

// hold is a hold and the order that it becomes. A live one (held, confirmed) owns the slots of the chain that begins at
// firstSlot and goes on by Map.next (seats in the order asked, then whole tables), and the area claims of the chain at
// firstClaim. A record of state zero is free.
type hold struct {
	id ID
	// deadlineMillis is the deadline while held; in a tombstone it is the log time at which the hold ended.
	deadlineMillis int64
	buyer          uint32 // number of the buyer's record; none for a hold without buyer
	reference      text   // of an order
	firstSlot      uint32
	firstClaim     uint32
	past           uint32 // newest roster of places that the hold had once
	epoch          uint32 // counts the changes of the hold's places; rosters and receipts name it
	receipts       uint32 // remembered keys whose answer is about this hold
	// position is the place in the heap of deadlines while held (derived, not hashed), and the number in the queue of
	// tombstones in one of those.
	position   uint32
	places     uint16 // seats, whole tables and places in areas that the hold owns
	book       uint16 // price book that was in force when the hold was made
	state      HoldState
	extensions uint8 // how often it was extended
}

// holdForgotten is the state of a hold whose tombstone was forgotten while remembered keys still tell of it. It is not
// in the index of ids any more.
const holdForgotten HoldState = 255

func (h *hold) live() bool      { return h.state == HoldHeld || h.state == HoldConfirmed }
func (h *hold) tombstone() bool { return h.state == HoldReleased || h.state == HoldExpired }

// claim is a number of places: in a live hold those of one area, in a roster also a slot. A free record has quantity 0.
type claim struct {
	place    uint32 // slot, or Slots + area
	quantity uint32
	ticket   uint32 // of an order: number of the first place's ticket; the others follow
	next     uint32
}

// roster is the list of places that a hold had in an epoch that is over, for tombstones and for remembered answers. A
// free record has no places.
type roster struct {
	epoch  uint32
	places uint32
	first  uint32 // chain of claims: seats, whole tables, areas
	next   uint32 // the roster before
}

// buyer is somebody with at least one hold or order on record. A free record has no holds.
type buyer struct {
	name   text
	places uint32 // held and sold
	holds  uint32 // records that name the buyer
}

// receipt is a remembered key and what its first answer is rebuilt from.
type receipt struct {
	key         Key
	fingerprint uint64
	atMillis    int64
	revision    uint64
	hold        uint32 // what the answer is about; none for block, unblock, configure and refusals
	// expiresAfterMillis is the deadline then, counted from atMillis; 0 where there was none.
	expiresAfterMillis uint32
	// about is the hold's epoch then if code is CodeOK, else the refusal's words in the arena.
	about          uint32
	code           Code
	state          HoldState
	created        bool
	extensionsLeft uint8
}
