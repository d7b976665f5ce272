// Package chaos breaks a cluster of real processes on purpose, under load, and judges what its clients saw.
//
//	Schedule(seed) ── rounds ──> injectors ─┬─ signals ─────────> processes (bench/nodes)
//	                                        ├─ rules ───────────> proxy between their peer ports
//	                                        ├─ control files ───> their disks and clocks (hidden flags of serve)
//	                                        └─ HTTP ────────────> transfers, snapshots, members
//	load: single requests, batches, streams ── HTTP ──> all nodes ──> history ──> audit, Options.Judge ──> Result
//
// # Rounds
//
// A schedule is made of rounds; each depends on the seed and its number only. In some, faults come one at a time; in most, they
// overlap as they come. After each everything is healed: the cluster must become ready and decide again within named times.
// The schedule says what happens when; who meets it ("the leader of partition 1") is found when it is due, and what the
// load does in between is up to the machine. So a seed gives the same night again, not the same interleaving.
//
// # What is judged
//
//   - While it runs: strong reads and min_revision reads show no revision older than one that was acknowledged before they were
//     asked; a decided call made again with its key gets the same bytes; no node ends by itself, but for its disk; none writes
//     of a panic, a race or a halted partition.
//   - After each round: ready, and deciding.
//   - At the end: the audit of the history against every node, state hashes among it; Options.Judge; goroutines, descriptors and
//     memory of every node against what it had before the load.
//
// # Disks that lose
//
// A node that dies loses nothing by that: the kernel keeps what it wrote. disk-lose holds each write of log, votes and
// snapshots back in the process's memory for a while before it is done and answered, and kills it then: what was not yet
// fsynced is gone. A disk that forgets what it said it had fsynced is not among the faults: no log stands that.
//
// # Members
//
// A lost node's successor has another name and another folder, and takes its HTTP and admin addresses, so that load, audit and
// usage go on by place. Members change one at a time, since a lost node takes its disk with it. Orders about members are given
// until they are followed: other faults may be under way.
//
// # Network namespaces
//
// Options.Netns puts each node into a namespace of its own (Linux, root; package ip, and tc with netem for slowness). Blocked
// packets are lost then, where the proxy delays bytes. Trickling, tearing, refusing, and nodes that join need the proxy.
//
// # Loop devices
//
// Options.Loop gives each node a file system of two gigabytes in a file (Linux, root; mount, and mkfs.ext4 of package
// e2fsprogs). disk-fill takes every block that is left in it. A node stops when it needs one; with raft-wal, which takes its
// segments' room beforehand, that may be long.
//
// # Clocks
//
// Clocks are off by maxClockOffset at most, and the audit allows for as much where deadlines are judged.
//
// Limits: maxProblems told in words, maxClaims remembered of an event, maxRoundPlan faults in a round, maxGenerations of events.
//
// Walls: knows bench/nodes, bench/wire, bench/history, bench/venue, bench/audit, httpapi/client; of the nodes only what a shop, an
// operator, or a kernel knows, and the format of the control files.
package chaos
