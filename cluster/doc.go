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
// nodes that were started with different lists never talk.
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
// A strong read is a command that changes nothing; the node waits until its own replica applied that command's entry.
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
// The port's (Serve, one per connection), one gossip loop per peer, one lead watcher per group, the steward, and a
// hand-over that an operator ordered. Close waits for all of them. Only the goroutine that calls Config.OnFatal is not
// waited for, since the owner may call Close in it.
//
// # Limits
//
//	Limits.EventCommands     8,192  commands of one event in flight at this node (events that share a slot of 4,096
//	                                share the limit)
//	Limits.QueueCommands    16,384  commands in a partition's proposer queue
//	Limits.ForwardCommands  16,384  commands under way to one peer
//	MaxPartitions, MaxMembers       64, 9
//	maxHelloBytes, maxMessageBytes  4 KiB, 64 KiB
//
// # Locks
//
// table.mu, pins.mu, progress.mu, clockGuard.mu, founder.mu and Node.ending guard what their structs say. noteProgress takes table.mu
// and a group's locks under progress.mu; the others are leaves. Nothing blocks under any of them.
package cluster
