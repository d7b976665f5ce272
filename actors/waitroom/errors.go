package waitroom

import "errors"

// ErrDamaged says that a snapshot of a room is not what Encode wrote: truncated, altered, or of a version that this program
// does not know.
var ErrDamaged = errors.New("waitroom: damaged snapshot")

// ErrBroken says that a room breaks one of its own invariants (Verify).
var ErrBroken = errors.New("waitroom: broken invariant")
