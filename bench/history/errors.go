package history

import "errors"

// What can be wrong with an answer or request, or with a history's file.
var (
	ErrAnswer    = errors.New("history: an answer that cannot be read")
	ErrRequest   = errors.New("history: a request that cannot be read")
	ErrNoHistory = errors.New("history: not a history of a run")
	ErrVersion   = errors.New("history: written by another version")
	ErrCorrupt   = errors.New("history: damaged")
	ErrCut       = errors.New("history: cut off before its end")
)
