package queue

import (
	"math"
	"sync"
)

// Never is the time of what did not happen.
const Never = math.MaxInt64

// End is how a visit ended, as far as its driver knows.
type End uint8

// The ends.
const (
	Unended    End = iota // still waiting, called, or inside until a limit
	Ordered               // an order ended the session
	Left                  // the visitor left
	TurnedAway            // sold out or closed before a call
	Lapsed                // the call or the session lapsed
	Lost                  // the driver got no number, or no answer any more
)

// Visit is one number as its visitor saw it. Times are Never until something happens. One goroutine at a time.
type Visit struct {
	Event uint32 // number of the room in Line.Rooms
	Lane  uint8
	End   End
	// Before says that the number was given before the opening: the draw decides about its place.
	Before bool
	// Twice says that the number was let in again, by another session.
	Twice bool
	// Stayed says that the session went on after an order was acknowledged.
	Stayed bool
	// Tried says that the driver tried to get in again after the session had ended.
	Tried  bool
	Number uint64
	Place  uint64 // in its lane's order, from 0, as told last; valid if Placed
	Placed bool
	Buyer  uint64 // 0 = none named
	// Session is a digest of what tells the session from others; 0 = never inside.
	Session uint64

	JoinCalled, JoinReturned   int64
	WaitingCalled              int64 // when the last answer was asked for that said to wait; Never = none did
	Called                     int64 // when the room called, by its clock; ReadyReturned where it did not tell
	ReadyReturned              int64 // the first answer that told of the call
	EnterCalled, EnterReturned int64 // of the entry that was granted
	ActedCalled                int64 // the newest command that the pass was taken for
	EndCalled, EndReturned     int64 // of what ended the session

	// The first estimate after the opening: when it was told, and in seconds. Foretold is Never if there was none.
	Foretold              int64
	Least, Expected, Most uint32
}

// Begin clears the visit and notes that it is about to join.
func (v *Visit) Begin(event uint32, called int64) {
	*v = Visit{
		Event: event, JoinCalled: called, JoinReturned: Never, WaitingCalled: Never, Called: Never, ReadyReturned: Never, EnterCalled: Never,
		EnterReturned: Never, ActedCalled: Never, EndCalled: Never, EndReturned: Never, Foretold: Never,
	}
}

// Joined says whether the visit got a number.
func (v *Visit) Joined() bool { return v.JoinReturned != Never }

// Inside says whether the visit was ever let in.
func (v *Visit) Inside() bool { return v.EnterReturned != Never }

// modeRandom is the mode of a room that draws.
const modeRandom = "random"

// Room is a room as it was set up.
type Room struct {
	Event       string
	Mode        string // random or fifo
	MaxInside   int64
	PerMinute   int64 // admit_per_minute
	IdleSeconds int64
	StaySeconds int64
	// Drawn is how many numbers of the public lane were drawn, as a node told at last; DrawnKnown if one did.
	Drawn      uint64
	DrawnKnown bool
	// Opens is when the room opens, since the run's start.
	Opens int64
}

// Line keeps the visits of one run. Add is for any goroutine.
type Line struct {
	Rooms []Room

	mu     sync.Mutex
	pieces [][]Visit
	count  int
}

const pieceVisits = 4_096

// Add makes a visit, whose address stays.
func (l *Line) Add() *Visit {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := len(l.pieces) - 1
	if last < 0 || len(l.pieces[last]) == pieceVisits {
		l.pieces = append(l.pieces, make([]Visit, 0, pieceVisits))
		last++
	}
	l.pieces[last] = append(l.pieces[last], Visit{})
	l.count++
	return &l.pieces[last][len(l.pieces[last])-1]
}

// Len is the number of visits.
func (l *Line) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}

// Each shows every visit, in the order in which they were made. Nobody may change them meanwhile.
func (l *Line) Each(see func(*Visit)) {
	for _, piece := range l.pieces {
		for i := range piece {
			see(&piece[i])
		}
	}
}

// drawn says whether the draw decided about a visit's place.
func (l *Line) drawn(v *Visit) bool {
	room := &l.Rooms[v.Event]
	switch {
	case room.Mode != modeRandom:
		return false // who came before the opening stands in order of arrival, too
	case room.DrawnKnown && v.Lane == 0:
		return v.Joined() && v.Number < room.Drawn
	}
	return v.Before
}

// of are the visits that a test picks.
func (l *Line) of(pick func(*Visit) bool) (list []*Visit) {
	l.Each(func(v *Visit) {
		if pick(v) {
			list = append(list, v)
		}
	})
	return list
}
