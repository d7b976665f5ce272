package trace

import "errors"

var (
	// ErrNotATrace says that a file does not begin like a trace of a version that is known.
	ErrNotATrace = errors.New("trace: not a trace of version 1")
	// ErrTruncated says that a file ends before its trailer: the records before it are good.
	ErrTruncated = errors.New("trace: cut off before its trailer")
	// ErrDamaged says that a block is not what was written.
	ErrDamaged = errors.New("trace: damaged")
	// ErrRecord says that a record cannot be written: a limit is exceeded, or it comes after a later one.
	ErrRecord = errors.New("trace: impossible record")
	// ErrParameter says that a generator was told something that cannot be.
	ErrParameter = errors.New("trace: parameter")
)
