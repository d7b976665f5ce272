package peers

import (
	"errors"
	"fmt"
)

// ErrMissing says that a program is not installed here; the error that wraps it names Debian's package.
var ErrMissing = errors.New("not installed")

// ErrEnded says that a server process ended by itself.
var ErrEnded = errors.New("ended by itself")

// ErrNotReady says that a server did not answer in time after its start.
var ErrNotReady = errors.New("did not become ready")

// ErrLost says that a hold which was granted could not be confirmed: the peer forgot it, or it lapsed.
var ErrLost = errors.New("a granted hold was lost")

// ErrMode says that a peer has no such way of being driven.
var ErrMode = errors.New("no such mode")

// missing is the plain error of a program that is not there.
func missing(program, debian string) error {
	return fmt.Errorf("%s is %w: on Debian, apt install %s", program, ErrMissing, debian)
}
