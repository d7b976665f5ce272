// Package simulator owns nights that never happened: a cluster of three or five nodes under load and faults, in virtual
// time, of which everything is decided by a seed. An hour takes seconds, so thousands of nights can be looked at, and a
// night in which a promise was broken can be had again from its seed, line by line.
//
//	go test ./cluster/simulator -run 'TestSimulate$' -seeds 1000 -duration 2m -processes 2    many nights
//	go test ./cluster/simulator -run 'TestSimulate$' -seeds 1 -seed 17 -watch    one again, every line
//
// # What is real
//
//   - cluster: Submit and SubmitMany with their roads, retries, verdicts and fast-fail, reads and barriers, routes and
//     claims, the exchange of reports, the following of leads, abandonment.
//   - cluster/link: client and server, lanes, frames, checksums, sweeps, pings and redials, with all their goroutines.
//   - raftlog: queue, proposer loop, overlap, trail, checkpoints, entry codec, state machine, expiry tick, snapshots'
//     bytes, and the following of leadership with its barrier.
//   - actors: partitions with their proto.actor actors, views and herald, and the seat maps.
//
// # What is simulated, and what is not there at all
//
//   - Raft is a model of hashicorp/raft 1.7.3 as raftlog sets it (raft.go): main loop that a disk stalls, heartbeats beside
//     it, pre-vote, lease, one message under way per follower, no-ops, barriers, hand-over, truncation of tails, snapshots
//     and installs. Pipelining and members that come and go are left out; after an install a log that contradicts it is
//     dropped, as our guard against raft#697 does. What hashicorp/raft itself does wrong is not found here.
//   - Disks keep what was fsynced; at a crash a write under way is lost in part (disk.go). Files, bbolt, raft-wal and the
//     watchdog are not there, nor are disks that fail or hang for good.
//   - Connections carry bytes in order, split, delayed, held by partitions, reset in the middle of a frame (network.go).
//     There is no peer port, no TLS, and no back-pressure: a write never blocks.
//   - httpapi, formation, membership, the balancer, the clock guard and draining are left out. There is one partition.
//
// # How it is deterministic
//
// The night runs in a bubble of testing/synctest, which gives virtual time, and a goroutine of ours, the scheduler, which
// does one thing, waits until all other goroutines are blocked, and does the next (world.go). What real code asks for
// meanwhile, a write, an Apply, a dial, is posted, and served in an order that does not depend on who ran first. What wakes
// real code, an answer of Raft's, a change of the lead, bytes that arrive, is a step by itself. Requests that are woken
// together, by a change of leader for example, pass a gate one after the other (gate.go): their context's Err, which the
// road asks before each attempt; groups of commands have Turn. Chance in pauses is a hash of seed and moment; keys that
// nodes make are the seed's.
//
// Three rules keep the order of goroutines from mattering:
//
//   - The dead have no effect. The goroutines of a killed process end in an order that nobody knows: what they ask for is
//     not done and draws no chance, and a caller does not wait for their answers.
//   - No two timers end at one moment, since the runtime draws lots among them: pauses of links and reports are set apart,
//     and no limit is a multiple of an interval that it runs beside.
//   - Garbage is collected between steps, when everything is at rest (world.collect).
//
// Where goroutines still meet within a step (several that answer a group of commands), one processor decides: Prepare gives
// the night GOMAXPROCS 1. What is left is that the runtime sets a goroutine aside that has run for 10 ms by the clock on the
// wall, which a busy machine may do to any of them; another of the same step then goes on first. No night is known in which
// that has changed anything, and TestASeedIsOneNight has the same nights again beside processes that keep every processor
// busy. The race detector shuffles goroutines, so that test is not part of its runs.
//
// # The checks
//
// The judge (judge.go) has a replica that no fault touches, the oracle, the committed log, and a book of owners that knows
// nothing of seat maps (book.go). After every entry and answer it checks what is named in run.go under Check; for each
// there is a bug to plant that it finds (TestEveryPlantedBugIsFound). A forgotten vote shows only where two candidates of
// one term ask a node before and after its restart, so there is a fault that makes two stand at once, which nights have only
// by its name (Options.Only). At the end all is healed: every node must answer, and all replicas must have all entries and
// one hash.
//
// # Limits
//
// A trace keeps its last 400 lines. Hashes are kept for 20,000 entries. A night keeps all decisions' keys: tens of MiB for
// an hour.
package simulator
