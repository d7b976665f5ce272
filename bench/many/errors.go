package many

import "errors"

// ErrAnswer says that a node answered what it should not have.
var ErrAnswer = errors.New("many: unexpected answer")

// ErrWork says that the work makes no sense.
var ErrWork = errors.New("many: bad work")

// errBroken says that a connection ended, or that its node ends the stream: another one has to be made.
var errBroken = errors.New("many: the connection ended")
