package pack

import (
	"errors"
	"fmt"
	"io"
)

// What can be wrong with a buffer. A Reader's error wraps one of them.
var (
	ErrTruncated = fmt.Errorf("pack: the buffer ends too early: %w", io.ErrUnexpectedEOF)
	ErrForm      = errors.New("pack: another type of value stands here")
	ErrRange     = errors.New("pack: number out of range")
	ErrTooLong   = errors.New("pack: longer than the limit")
)

// Error says where in a buffer a Reader failed.
type Error struct {
	Offset int // bytes from the start of the buffer to the value that is wrong
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("%v (at byte %d)", e.Err, e.Offset) }

// Unwrap yields the reason.
func (e *Error) Unwrap() error { return e.Err }
