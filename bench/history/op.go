package history

import "slices"

// Kind is what an operation asked for.
type Kind uint8

// The kinds; their numbers stand in files: append only. KindWish is a hold of best available seats; a sale has Wanted set if it was one.
const (
	KindNone Kind = iota
	KindHold
	KindWish
	KindConfirm
	KindRelease
	KindExtend
	KindChange
	KindSale
	KindCancel
	KindReadHold  // GET …/holds/{hold}
	KindReadOrder // GET …/orders/{order}
	KindReadMap   // GET …/seats or …/availability
	KindBlock
	KindUnblock
	KindConfigure // PATCH of an event: a change of its revision, and of nothing that the history keeps
	kinds
)

var kindWords = [kinds]string{
	"none", "hold", "wish", "confirm", "release", "extend", "change", "sale", "cancel", "read hold", "read order", "read map",
	"block", "unblock", "configure",
}

func (k Kind) String() string {
	if k < kinds {
		return kindWords[k]
	}
	return "unknown kind"
}

// Outcome is how an operation ended.
type Outcome uint8

// The outcomes; see the package's text. Their numbers stand in files, as do those of flags and states.
const (
	Unknown    Outcome = iota // it may have been done, now or later
	Done                      // 2xx
	Refused                   // decided: nothing changed
	TurnedAway                // nothing can have changed: 429, 503 no_leader, never sent
	outcomes
)

var outcomeWords = [outcomes]string{"unknown", "done", "refused", "turned away"}

func (o Outcome) String() string {
	if o < outcomes {
		return outcomeWords[o]
	}
	return "unknown outcome"
}

// Flag is what else is to be said of an operation.
type Flag uint8

// The flags.
const (
	FlagRetake   Flag = 1 << iota // a confirmation that takes the places again if the hold lapsed
	FlagTogether                  // a wish that must have neighbours
	FlagNarrowed                  // a wish bound to categories, sections, prices or accessible seats
	FlagReplayed                  // the answer said Idempotent-Replayed
	FlagKeyless                   // sent without a key of the caller's: the node may have refused it by its view
	FlagStrong                    // a read with consistency=strong, or one decided in the log
	FlagRepeated                  // a confirmation answered 200: the hold was an order before
)

// State is the state of a hold or order as an answer tells it.
type State uint8

// The states.
const (
	StateNone State = iota
	StateHeld
	StateConfirmed
	StateReleased
	StateLapsed
	StateCancelled
	states
)

// Place is a number of places behind one number of the chart: 1 of a seat or table, any quantity of an area.
type Place struct{ Number, Quantity uint32 }

// maxPlaces bounds each list of places of an operation; further ones are dropped by Ask, Give and Take.
const maxPlaces = 4096

// Op is one operation as its client saw it. Workers use one again and again: Begin clears it and keeps its lists' room.
type Op struct {
	Kind     Kind
	Outcome  Outcome
	Code     Code // why not, of the last answer
	Flags    Flag
	State    State  // of the hold or order in the answer
	Status   uint16 // of the last answer, 0 = there was none
	Attempts uint32
	Event    uint32 // number in Run.Events
	// Session is whose order of calls counts: what it read and wrote before, it must not miss. 0 = the log's own, which Add puts in.
	Session uint32
	// Node is the number of the node that was asked last, from 1; 0 = not noted.
	Node uint32
	// Key is Digest of the idempotency key, 0 = not noted. Operations with one key are one request that was made again.
	Key      uint64
	Called   int64  // nanoseconds since the run's start, of the first attempt
	Returned int64  // of the last answer, or when the client gave up
	Buyer    uint64 // the buyer's number, 0 = none named
	// Reference is Digest of the payment's reference, 0 = not noted.
	Reference uint64
	ID        ID     // of the hold or order: the one asked for, or the answer's
	Revision  uint64 // of the answer, of a refusal too; 0 = not told
	// MinRevision is what a read asked for, 0 = nothing.
	MinRevision uint64
	Deadline    int64  // expires_at of the hold in the answer, Unix milliseconds, 0 = not told
	TTLSeconds  uint32 // asked for by an extension
	Wanted      uint32 // number of seats that a wish is for

	// Asked are the places that were asked for: named by a hold, sale or block, added by a change. Of a read of the map, the
	// seats and tables that were looked at.
	Asked []Place
	// Given are the places in the answer: all of the hold or order; of a refusal, the places that it names; of a read of the
	// map, those of Asked that are not free.
	Given []Place
	// Taken are the places given back: removed by a change, or of the tickets of a cancellation (none = all of them).
	Taken []Place

	mayBeDone bool // an attempt ended without an answer that excludes an effect
}

// Begin clears the operation and notes its first call.
func (o *Op) Begin(kind Kind, event uint32, called int64) {
	*o = Op{Kind: kind, Event: event, Called: called, Asked: o.Asked[:0], Given: o.Given[:0], Taken: o.Taken[:0]}
}

// Ask, Give and Take append one seat or table to a list; the forms with Places take a quantity of an area.
func (o *Op) Ask(number uint32) { o.AskPlaces(number, 1) }

// Give appends a seat or table to what the answer gives or names.
func (o *Op) Give(number uint32) { o.GivePlaces(number, 1) }

// Take appends a seat or table to what is given back.
func (o *Op) Take(number uint32) { o.TakePlaces(number, 1) }

// AskPlaces appends places of an area to what is asked for.
func (o *Op) AskPlaces(number, quantity uint32) { o.Asked = add(o.Asked, number, quantity) }

// GivePlaces appends places of an area to what the answer gives.
func (o *Op) GivePlaces(number, quantity uint32) { o.Given = add(o.Given, number, quantity) }

// TakePlaces appends places of an area to what is given back.
func (o *Op) TakePlaces(number, quantity uint32) { o.Taken = add(o.Taken, number, quantity) }

func add(list []Place, number, quantity uint32) []Place {
	if len(list) == maxPlaces {
		return list
	}
	return append(list, Place{number, quantity})
}

// Answered notes the answer of an attempt. It says whether the answer decides the operation; if not, the same key may be
// asked again, or the operation be given up as it then stands.
func (o *Op) Answered(status int, code Code, now int64) (decided bool) {
	o.Attempts++
	o.Status, o.Code, o.Returned = uint16(status), code, now
	switch {
	case status >= 200 && status < 300:
		o.Outcome = Done
		return true
	case status == 429, status == 503 && code == CodeNoLeader:
		o.Outcome = TurnedAway
		if o.mayBeDone {
			o.Outcome = Unknown
		}
		return false
	case status < 300, status >= 500: // 504, a proxy's words, a halted partition
		o.mayBeDone, o.Outcome = true, Unknown
		return false
	}
	o.Outcome = Refused
	return true
}

// Broke notes an attempt that was sent, at least in part, and got no answer.
func (o *Op) Broke(now int64) {
	o.Attempts++
	o.Status, o.Code, o.Returned = 0, CodeNone, now
	o.mayBeDone, o.Outcome = true, Unknown
}

// NotSent notes an attempt that never left the machine, as when no connection could be made.
func (o *Op) NotSent(now int64) {
	o.Attempts++
	o.Returned = now
	if !o.mayBeDone {
		o.Outcome = TurnedAway
	}
}

// Has says whether a flag is set.
func (o *Op) Has(f Flag) bool { return o.Flags&f != 0 }

// Clone is a copy with lists of its own.
func (o *Op) Clone() *Op {
	c := *o
	c.Asked, c.Given, c.Taken = slices.Clone(o.Asked), slices.Clone(o.Given), slices.Clone(o.Taken)
	return &c
}

// Digest folds a reference or another text into a number that is not 0 (FNV-1a, 64 bits); it does not allocate.
func Digest[T string | []byte](text T) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211
	h := uint64(offset)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * prime
	}
	return max(1, h)
}
