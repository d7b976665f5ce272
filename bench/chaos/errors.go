package chaos

import "errors"

// Why a run of chaos cannot be made, or did not hold.
var (
	// ErrBroken says that a promise was broken; the result says which.
	ErrBroken = errors.New("chaos: a promise was broken")
	// ErrKind says that a kind of fault is not known.
	ErrKind = errors.New("chaos: no such kind of fault")
	// ErrOptions says that a run cannot be made with these options.
	ErrOptions = errors.New("chaos: these options make no run")
)
