package parterre

import "errors"

// ErrAnswer says that a node answered what it should not have.
var ErrAnswer = errors.New("parterre: unexpected answer")

// ErrReplicas says that nodes disagree about an event.
var ErrReplicas = errors.New("parterre: nodes disagree")

// ErrLeft says that holds are left which no client has.
var ErrLeft = errors.New("parterre: holds are left over")
