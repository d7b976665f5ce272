package audit

import "errors"

// Why an audit can come to no verdict.
var (
	ErrAnswer = errors.New("audit: a node answers what an audit cannot use")
	ErrBroken = errors.New("audit: a promise was broken")
)
