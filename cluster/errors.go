package cluster

import (
	"errors"
	"fmt"
)

// What Submit and the reads may answer besides a decision. All but ErrOutcomeUnknown mean that nothing was changed.
var (
	// ErrNoLeader says that no leader took the command before its deadline (HTTP 503 no_leader).
	ErrNoLeader = errors.New("cluster: no leader for the partition")
	// ErrOverloaded says that a named limit was reached; nothing was proposed (HTTP 429 overloaded).
	ErrOverloaded = errors.New("cluster: overloaded")
	// ErrHalted says that the partition is halted where it is led (HTTP 503 halted).
	ErrHalted = errors.New("cluster: partition halted on its node")
	// ErrOutcomeUnknown says that the command may or may not be decided, now or later. Asking again with the same key
	// tells (HTTP 504 outcome_unknown).
	ErrOutcomeUnknown = errors.New("cluster: outcome unknown")
	// ErrBehind says that this node did not catch up before the read's deadline (HTTP 503 no_leader).
	ErrBehind = errors.New("cluster: this node has not caught up")
	// ErrUnknownEvent says that this node knows no such event.
	ErrUnknownEvent = errors.New("cluster: unknown event")
	// ErrUnknownNode says that a name is not a member's.
	ErrUnknownNode = errors.New("cluster: unknown node")
	// ErrUnknownPartition says that a partition's number is too large.
	ErrUnknownPartition = errors.New("cluster: unknown partition")
)

// ErrRemoved is ErrNoLeader's reason where this node was removed from the cluster: it will never serve again.
var ErrRemoved = errors.New("cluster: this node was removed from the cluster")

var errRemoved = fmt.Errorf("%w: %w", ErrNoLeader, ErrRemoved)

// errClosing wraps ErrNoLeader, because that is what a caller can do about it: ask another node.
var errClosing = fmt.Errorf("%w: this node is closing", ErrNoLeader)

// StartError says why a node did not start and what its operator can do, in words for a terminal.
type StartError struct {
	Problem string // what was found
	Remedy  string // what to do about it
	Err     error  // the cause, if there is one below
}

// Error is problem, cause and remedy as one text.
func (e *StartError) Error() string {
	text := e.Problem
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	if e.Remedy != "" {
		text += ". " + e.Remedy
	}
	return text
}

// Unwrap is the cause.
func (e *StartError) Unwrap() error { return e.Err }
