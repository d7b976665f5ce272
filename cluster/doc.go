// Package cluster owns a node: which partition an event belongs to, how a cluster comes to be, where a command is
// decided, who leads what, and when the node is ready, drains and stops. It promises that a command is decided once,
// however often it had to be sent, and that an outcome that is not known is said to be unknown.
//
// # The house
//
//	Submit, PutChart, CreateEvent, ReadBarrier      submit.go, charts.go, read.go
//	        │ local                    │ elsewhere
//	raftlog.Group, one per partition   link.Client, one per peer ── commands, reports, transfer orders
//	        │ raft.StreamLayer         │
//	        └──────── peerport.Port ───┘  one listener, one cluster id
//
// A node has a replica of every partition; the partition of an event is a fixed hash of its group or key (placement.go).
// A chart's name has a home partition; its plan is copied to the partition of each event made of it.
//
// # Formation
//
// The folder says how far the node is (meta.go): empty → founding → bootstrapped → formed, each written and fsynced
// before it is told to anybody. Greetings (hello.go) tell the stage; no group is opened before "formed".
//
//	phase 1  an empty node greets all founding members until, in one round, each says it is not formed; then it
//	         writes "founding", every group's first configuration, and "bootstrapped"
//	phase 2  a bootstrapped node greets them until each says bootstrapped or formed, or one says formed; then it
//	         writes "formed" and opens its groups
//
// The danger is a node that voted or acknowledged entries, loses its disk, and starts again under its name from nothing:
// a majority could then be counted with a voter that has forgotten. Such a node finds its folder empty, so it is in
// phase 1 again, and must see every other member unformed, after it lost its disk. A member that is unformed then has
// never opened a group: it has neither asked for a vote nor got one, nor sent an entry nor acknowledged one. So if all
// others are unformed, whatever the lost disk held was never counted by anyone, and starting anew is harmless. If one is
// formed, the node refuses to start and says what happened (StartError). If one cannot be reached, it waits.
// A node that is formed needs nobody: it was counted before and has its disk. One that is bootstrapped and sees another
// formed may go on, since that one saw all members bootstrapped, and its own groups were never open.
// What this does not cover, as no majority system does: disks of a majority lost at once, and an older copy of a folder
// put back in place of the newest.
//
// The cluster id is a hash of the founding members and the number of partitions. Every connection carries it, so that
// nodes that were started with different lists never talk. It stays when the members change.
//
// # Members
//
// Who is a member stands in a directory (directory.go): name, address, role and state of each, and the names that were
// removed. It is the value of partition 0's register (package raftlog), so it is replicated, versioned, and written only
// over the version that its writer saw. Version 0, before the first write, is the founding members. Every node copies it
// into its folder before it acts on it, and knows at a restart whom to talk to, whatever --cluster says.
//
//	order ──▶ leader of partition 0: judges (order.go), writes the state under way ──▶ register
//	register ──▶ every node (tend.go): folder, then roster: links, gossip, the port's door
//	         ──▶ leader of each partition, one partition after the other: one Raft change at a time, until its
//	             configuration is what the directory asks for (steps.go), and is committed; it reports that as Settled
//	         ──▶ leader of partition 0: once all are settled at this version, writes the state that follows
//
//	joining ──▶ learner ──▶ promoting ──▶ voter         leaving ──▶ removed, for ever
//	        └─▶ gateway                                 (from any state; what is under way for the same node is given up)
//
// Nobody drives a change: the directory says what is to be, and whoever leads does what is missing. So a crash of any node
// in any moment needs no repair, and doing a thing twice is harmless. At most one member is under way.
//
// A newcomer is started with Config.Join. It asks members what cluster this is (join.go) until they count it; then its
// groups open empty, as learners, and it serves: it forwards writes at once, and reads when it has caught up. A gateway
// stays a learner (docs/decisions/0007).
//
// Why this is safe:
//
//  1. Each partition's configuration is Raft's own, and changes by one server at a time, each change only after the last
//     is committed and the leader has committed in its term. Whatever the directory said, two majorities overlap. What
//     remains is that a member must not forget: be counted twice with two memories.
//  2. A name has one memory. It enters the directory once: while it is there, and after it was removed, an order to add it
//     is refused. So a voter's name had, before it could vote, exactly the folder under which it was a learner.
//  3. A node starts from nothing only as a learner. It is told the directory by a member that asked the log first, so
//     that the answer is true at a moment after it was asked: at that moment it had no vote in any partition ("promoting"
//     is written before the first of them), and so had promised nothing. If it gets a vote later, it keeps what it
//     promises then: its folder says "joining" until it has everything, "formed" from then on, and a formed node whose
//     group is empty does not start. Only a node that says it is ready, hence "formed", gets a vote.
//  4. An address has many nodes in its life. A connection says which node it means, by the configuration of the very group
//     that dials, and a node refuses what is meant for another (package peerport).
//  5. A removed node disturbs nobody: its connections are refused by name, Raft refuses votes to those outside its
//     configuration before it looks at their term, and a pre-vote comes before any term is raised. It learns of its
//     removal from a refusal or a reply, writes it down, closes its groups, and never starts again.
//
// Why a settled partition stays so while the directory stands: a leader asks partition 0's log for the newest directory
// before each step, and its own log for a committed entry before it reports. A step of an older leader that was not
// committed by then never will be; one of its own was ended before; a later leader sees the same directory. A step that
// was overtaken all the same (its leader slept between asking and doing) makes at worst a server that the directory does
// not have. By 1 and 2 that is safe, and the next look removes it.
//
// A door lets in who knows a newer directory than the node behind it: else a node that slept through the change of all
// members would refuse the only ones that could tell it.
//
// A member of a version that does not know the register would halt at it, so no order is taken while one is there.
//
// What is not covered: all founding members at once, with empty folders and the old --cluster, found a second cluster of
// the same id, which the members of the first refuse by name. A directory is trusted as the log is; there is no
// protection against a peer that lies.
//
// # The road of a command
//
// The event's in-flight counter is taken (ErrOverloaded at once if it is full); the fast-fail may answer from the view;
// then attempts follow each other until one decides or ctx ends. An attempt asks this node's group if it leads and is
// ready, else the leader's link, whose node asks its own group and nobody else (one hop). What it comes to:
//
//	decided           the answer
//	overloaded        refused if it is the first attempt, else tried again
//	not leader,       nothing was proposed: the leader is looked up again after a short random pause, which a change
//	unreachable,      of leader cuts short; Raft's word counts unless a peer reports to lead in a later term
//	halted
//	unknown           tried again with the same key: if the first attempt was decided, its answer comes back
//
// When ctx ends: ErrOutcomeUnknown if any attempt's outcome was unknown, else the last refusal or ErrNoLeader, which both
// promise that nothing will come of it. After an unknown outcome the key counts as the caller's, so that refusals are
// remembered: a straggler that is decided after a refused retry finds the refusal, and cannot take places that the caller
// was told it does not have.
//
// A strong read is a command that frees what is due and changes nothing else; the node waits until its own replica applied that command's entry.
//
// # What nodes know of each other
//
// Twice a second, and when a lead changes, each node exchanges reports with each peer (gossip.go): clock, readiness, and
// each replica's position, hash, leader and term. The table keeps the newest. The steward (balance.go) acts on it, one
// move at a time: a leadership is given away if this node's clock is more than 500 ms off the median of at least three
// (until it is within 250 ms) or its replica is halted; and when the preferred leaders (rendezvous hash, at most ⌈P/N⌉
// each, over nodes that are ready) have been the same for 3 s, one is moved to where it belongs, if that node has caught
// up. A leadership that an operator moved stays for ten minutes.
//
// A wrong clock does not make a node unready: it does not lead, but it forwards and reads as well as any.
//
// # Stopping
//
// Drain: unready, peers told, leaderships handed over, proposers emptied; what comes later is forwarded. Close: waiting commands end, then links, groups
// and port, and every goroutine has ended. A fatal fault of a disk (failStop) cuts the peer port first, then tells the
// owner, who exits: a leader that cannot write must not keep its lead by heartbeats (raft#503).
//
// # Goroutines
//
// The port's (Serve, one per connection), one gossip loop per peer, one lead watcher per group, the steward, the tender, a
// hand-over or an order about members under way, and a farewell per removed peer. Close waits for all of them. Only the goroutine that calls Config.OnFatal is not
// waited for, since the owner may call Close in it.
//
// # Limits
//
//	Limits.EventCommands     8,192  commands of one event in flight at this node (events that share a slot of 4,096
//	                                share the limit)
//	Limits.QueueCommands    16,384  commands in a partition's proposer queue
//	Limits.ForwardCommands  16,384  commands under way to one peer
//	MaxPartitions, MaxMembers       64, 9
//	maxMembers, maxRemoved          16 voters, learners and gateways; 1,024 names in a cluster's life
//	maxHelloBytes, maxMessageBytes  4 KiB, 64 KiB
//	maxJoinBytes                    256 KiB
//
// # Locks
//
// table.mu, pins.mu, progress.mu, clockGuard.mu, founder.mu, folder.mu, Node.enrolling and Node.ending guard what their
// structs say. noteProgress takes table.mu and a group's locks under progress.mu; enroll takes table.mu and Node.ending
// under Node.enrolling; the others are leaves. Nothing blocks under any of them but folder.mu, under which a file is
// written. The roster is read without a lock.
package cluster
