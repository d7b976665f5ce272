// Package disk owns the files under one Raft group: its log, its term and vote, its snapshots.
//
//	<dir>/lock        flock: one process per folder
//	<dir>/kind        "bolt" or "wal": which log store wrote the folder
//	<dir>/stable.db   term and vote (bbolt, in either kind)
//	<dir>/log.db      log of kind bolt: a file of raft-boltdb's, written by boltLog; <dir>/wal/ log of kind wal
//	<dir>/snapshots/  raft.FileSnapshotStore    <dir>/damaged/  snapshots put aside
//
// # Data flow
//
//	Raft ─▶ raft.LogCache ─▶ logStore ──┐
//	Raft ─▶ stableStore ────────────────┼─▶ gate ─▶ Options.Wrap (tests) ─▶ boltLog, raft-boltdb, raft-wal, files
//	Raft ─▶ snapshotStore, snapshotSink ┘
//
// # What it promises
//
//   - Fail-stop. The first write, fsync or read that fails shuts the gate: OnFatal is called once and every later write
//     is refused with the same error. No fsync is ever tried again. A full disk is no exception.
//   - A hung disk is noticed (raft#503, raft#666: Raft's heartbeats run beside the disk, so a leader whose disk hangs
//     keeps its lead). Every access stands in a slot with its start time; one goroutine per group looks at the slots.
//     A write that ends after its stall was declared is refused, not acknowledged. An access is made of short steps:
//     a snapshot is fsynced every 16 MiB.
//   - A vote is one value (raft#661): see stableStore.
//   - The log joins the newest snapshot when Raft sees them (raft#697): see guardLog. To keep it so while Raft runs, the
//     entry at the newest snapshot's index is never trimmed from the front alone, a log that ends before an installed
//     snapshot is dropped whole, one that reaches past it is kept (logStore.IsMonotonic), and an installed snapshot that
//     contradicts the log is told (Stores.Diverged), so that the group is opened again.
//   - Nothing is passed over in silence. Raft sees the newest snapshot only; a damaged one is put aside at open if the
//     log can stand in for it, and refused otherwise. What is refused at open is left as it was. Later a state proves itself
//     while it is read, and keeps its last bytes back until it has (verified).
//   - A file or folder is made under another name, or its name is fsynced, before anything relies on it.
//
// # What remains
//
// An entry right after the newest snapshot's index, in a log that begins there, is not compared with the snapshot: its
// predecessor is only in the snapshot. If it contradicts the leader, Raft asks for snapshots until the leader has made a
// newer one; then one of the rules above applies. A failed rotation of a raft-wal segment is only logged by raft-wal;
// the next append fails and is a fault.
//
// # Limits
//
// maxAccesses accesses at once, retainSnapshots snapshots, logCacheEntries cached entries (32 MiB at most).
//
// # Goroutines and locks
//
// Open starts the gate's watchdog, Close ends it and waits. stableStore.mu and snapshotStore.mu are held during writes
// of their own store, as Raft makes those one at a time; they are never held together. OnFatal and OnTerm are called
// with one of them held perhaps, and must not call back.
package disk
