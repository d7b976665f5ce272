package replay

import "errors"

// What keeps a replay from being one.
var (
	// ErrNotFresh says that an event has sales already: nobody could tell them from the replay's.
	ErrNotFresh = errors.New("replay: the event has holds or orders already")
	// ErrChart says that a trace's chart is not what its event on the cluster has.
	ErrChart = errors.New("replay: chart")
	// ErrSpeed says what a speed is.
	ErrSpeed = errors.New(`replay: a speed is a number above 0, or "max"`)
	// ErrNoEvent says that a trace names no event, or that an event of another trace was named.
	ErrNoEvent = errors.New("replay: event")
	// ErrRoom says that a waiting room cannot be put in front of an event.
	ErrRoom = errors.New("replay: room")
)
