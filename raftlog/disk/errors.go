package disk

import "errors"

var (
	// ErrFault wraps the first failed or hung access. From then on every write is refused with it.
	ErrFault = errors.New("disk: fail-stop")
	// ErrStalled is the cause inside ErrFault when an access took longer than Options.StallLimit.
	ErrStalled = errors.New("disk: access hangs")
	// ErrClosed refuses what comes after Close.
	ErrClosed = errors.New("disk: closed")
	// ErrLocked: another process has the folder.
	ErrLocked = errors.New("disk: folder is in use by another process")
	// ErrKind: Options.Kind is not a kind, or the folder was written by the other one.
	ErrKind = errors.New("disk: wrong kind of log store")
	// ErrGap: the log and the newest snapshot leave entries out. The folder is not touched.
	ErrGap = errors.New("disk: log does not join the snapshot")
	// ErrSnapshotDamaged: a snapshot cannot be read and the log cannot stand in for it. The folder is not touched.
	ErrSnapshotDamaged = errors.New("disk: snapshot is damaged")
	// ErrVoteOrder: the candidate of a vote was written without its term before it, which Raft never does.
	ErrVoteOrder = errors.New("disk: vote without a term")
	// ErrTooManyAccesses: more accesses at once than the watchdog has slots for (maxAccesses).
	ErrTooManyAccesses = errors.New("disk: too many accesses at once")
)
