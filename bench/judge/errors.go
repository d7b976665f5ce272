package judge

import "errors"

// What a verdict may come to, besides good.
var (
	ErrBroken    = errors.New("judge: a promise was broken")
	ErrUndecided = errors.New("judge: an event could not be decided in its time")
)
