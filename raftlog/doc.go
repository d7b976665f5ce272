// Package raftlog owns one Raft group: it turns commands into log entries, has a majority fsync them, brings them to the
// partition's state machine on every replica, and hands the leader's results back.
//
// # The road of an entry
//
//	Submit ── encode into the open draft (queue) ── ErrOverloaded past QueueCommands
//	   loop ── seal: leader time, CRC-32C ── raft.Apply, one entry in flight
//	   fsm  ── decode, now = max(last, entry time), Machine.Apply, results by slot
//	   loop ── propose the next entry, then hand this one's results to their batches, Batch.Done
//
// The loop is the serial part of the road, so it does little: commands are encoded by those who bring them, and results
// are handed out while the next entry is on its way to the disks. There is no timer that waits for more commands, no
// future or map entry per command, and no goroutine per command or per entry.
//
// The entry's bytes are made once and belong to Raft from then on: its log cache keeps them, results alias them, and
// their address is how the FSM knows the entry that this node's loop waits for (proposer.claim).
//
// # What is known
//
// Submit's refusals, ErrNotLeader, ErrHalted and ErrClosed promise that nothing was proposed. ErrOutcomeUnknown promises
// nothing: the command may have been decided, or may yet be. Only Raft's answers from before it touches its log count as
// "not proposed" (outcomeOf). A batch that was split over entries is decided in order, so Batch.Decided is always a
// prefix. A retry with the same key is harmless at any time: the seat map remembers keys.
//
// A new leader proposes only after a barrier, so that log time and state are complete. Its first entry is empty: it shows
// to state machines, which never see Raft's no-op and barrier, how far the log goes.
//
// # Replicas are the same
//
// Every 1,024 entries, or 10 s after a change, the leader puts a checkpoint into the log: the state hash of just before
// it. A replica with another hash halts its partition, loudly; so does one that meets an entry it cannot read. At a
// start, an entry of an unknown version or kind is refused before the node votes. A halted replica keeps its log and its
// vote, gives its lead away, and decides, answers and snapshots nothing.
//
// # The register and the members
//
// Beside the state there is a register, a small value that the owner of the groups writes through the log under a
// condition (Register). It stands before the state in a snapshot, if it was ever written. A group's members are Raft's own
// configuration (AddLearner, AddVoter, RemoveServer); a group that joins is opened empty and has none until a leader that
// counts it writes to it. Neither is part of the state or its hash.
//
// # Waiting rooms
//
// The expiry tick proposes what waiting rooms have to do, too: package actors lists their events as due. Twice a second it
// tells rooms with a target what share of their rate the cluster stands, by the 99th percentile of entries' times and the
// queue's depth (steer.go): that is the only thing measured that gets into the log.
//
// # Limits
//
// Register: 128 KiB. Entry: 1,024 commands, 256 KiB; a larger command (a chart) alone, up to 34 MiB. Queue: Config.QueueCommands and
// 128 MiB. Expiry: one entry of 256 events per 100 ms. Waiters for an index: 65,536. Snapshots: by bytes and entries;
// 2,048 entries stay behind one.
//
// # Goroutines and locks
//
// A Group owns the loop, the expiry tick, and loops for snapshots, reopening (raft#697, handovers) and giving a halted lead away;
// its leadership owns two that follow Raft; Raft owns the apply goroutine. Close waits for all.
//
// Order of locks: Group.mu, then nothing; leadership.mu, then proposer.mu or leadBoard.mu; proposer.turn, then
// proposer.mu. Batch.Done runs with proposer.turn held and no other.
package raftlog
