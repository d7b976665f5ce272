package command

import "errors"

// What can be wrong with an encoded command or result, besides the errors of package pack.
var (
	ErrVersion = errors.New("command: unknown version of the format")
	ErrUnknown = errors.New("command: unknown kind, operation, code or field")
	ErrShape   = errors.New("command: wrong number of fields")
	ErrMissing = errors.New("command: a required part is missing")
)

// LimitError is a command that no decoder would accept. Field is named as in the HTTP contract.
type LimitError struct{ Field, Reason string }

func (e *LimitError) Error() string { return "command: " + e.Field + ": " + e.Reason }
