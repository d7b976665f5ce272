package pass

import "errors"

// What is wrong with a paper.
var (
	// ErrMalformed: it is no paper of this version at all.
	ErrMalformed = errors.New("pass: it is malformed")
	// ErrKind: it is a paper of another kind, such as a token where a pass is asked for.
	ErrKind = errors.New("pass: it is of another kind")
	// ErrForeign: it names another event.
	ErrForeign = errors.New("pass: it is of another event")
	// ErrForged: no key of the ring has signed it.
	ErrForged = errors.New("pass: its signature is wrong")
	// ErrExpired: its time is over, or its key's is.
	ErrExpired = errors.New("pass: it has expired")
	// ErrBorrowed: it belongs to another buyer.
	ErrBorrowed = errors.New("pass: it belongs to another buyer")
	// ErrNoKey: the ring has no key to sign with.
	ErrNoKey = errors.New("pass: there is no key to sign with")
)
