package actors

import (
	"errors"
	"fmt"

	"github.com/parterre/parterre/actors/seatmap"
)

var (
	// ErrHalted says that the partition stopped on this node for good; the error that wraps it has the reason.
	ErrHalted = errors.New("actors: partition halted on this node")
	// ErrStopped says that the partition was stopped in good order.
	ErrStopped = errors.New("actors: partition stopped")
	// ErrEntryOrder refuses an entry whose index is not above the applied index: it would be decided twice.
	ErrEntryOrder = errors.New("actors: entry is not newer than what is applied")
	// ErrBadEntry says that a committed command cannot be understood; it halts the partition, since to skip it would make
	// this replica another than the rest.
	ErrBadEntry = errors.New("actors: committed command not understood")
	// ErrGone says that the event is no longer in the partition (a snapshot without it was restored).
	ErrGone = errors.New("actors: event is gone")

	// ErrSnapshot is wrapped by every refusal of a snapshot's bytes.
	ErrSnapshot = errors.New("actors: bad snapshot")
)

// Refusals of a snapshot; each wraps ErrSnapshot.
var (
	ErrSnapshotFormat    = fmt.Errorf("%w: not a snapshot of this format", ErrSnapshot)
	ErrSnapshotVersion   = fmt.Errorf("%w: unknown version", ErrSnapshot)
	ErrSnapshotTruncated = fmt.Errorf("%w: ends too early", ErrSnapshot)
	ErrSnapshotChecksum  = fmt.Errorf("%w: checksum differs", ErrSnapshot)
	ErrSnapshotKind      = fmt.Errorf("%w: unexpected kind of frame", ErrSnapshot)
	ErrSnapshotLimit     = fmt.Errorf("%w: a limit is passed", ErrSnapshot)
	ErrSnapshotContent   = fmt.Errorf("%w: content breaks a rule", ErrSnapshot)
	ErrSnapshotPartition = fmt.Errorf("%w: of another partition", ErrSnapshot)
	ErrSnapshotHash      = fmt.Errorf("%w: state hash differs", ErrSnapshot)
)

// PanicError is the reason of a halt: code that must not panic did, while it decided for an event.
type PanicError struct {
	Event string
	// Index is the log index of the newest entry that the event's actor took up, or of the entry that was being decided.
	Index uint64
	// Op is the operation, 0 where none was being decided.
	Op seatmap.Op
	// Doing says what was being done: "decide", "freeze", "check", "publish", "registry" or "actor".
	Doing string
	Value any
	Stack []byte
}

// Error says where it happened, in one line; the stack is a field of its own.
func (e *PanicError) Error() string {
	return fmt.Sprintf("panic in %s of event %q at log index %d, operation %s: %v", e.Doing, e.Event, e.Index, e.Op, e.Value)
}

// Unwrap gives the panic's value where that was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
