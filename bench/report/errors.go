package report

import "errors"

// Errors of files that are not a run.
var (
	ErrVersion = errors.New("report: made by another version")
	ErrInvalid = errors.New("report: not a run")
)
