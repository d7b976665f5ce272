// Package transport owns how the RPCs of one Raft group travel.
//
// It is raft.NetworkTransport over the group's streams of the peer port, with two of its habits taken away:
//
//   - Pipelining is off (MaxRPCsInFlight 1). A pipeline whose follower refuses once can wait for itself for ever while
//     heartbeats go on, so that the follower never gets another entry (raft#612).
//   - Raft's heartbeat handler never runs. It calls appendEntries on the goroutine of the leader's connection, beside
//     the main loop, and raises the term under it: a leader of term T then writes and sends entries as of term T+1,
//     whose leader is another, and logs diverge (raft#695).
//
// An RPC that meets a broken connection is made again over another one (again): Raft would wait for its next entry, or for
// CommitTimeout, which is long here.
//
// And a follower that is told to stand for election is waited for a second, not for as long as for other messages: until it
// answers, Raft takes no entries (HandoverLimit).
//
// # Data flow
//
//	leader's connection ── entries, votes ──▶ NetworkTransport.Consumer ─┐
//	leader's connection ── heartbeat ───────▶ heartbeat() ──▶ heartbeats ─┼─▶ pump ─▶ Raft's main loop
//	                                             │ busy > 10 ms           │
//	                                             ├─▶ answered aside       │
//	                                             └─▶ copy (newest one) ───┘
//
// The pump hands the main loop one RPC at a time and sees every answer before the peer does. A heartbeat that the main
// loop does not take within 10 ms, because it sits in an fsync or applies a batch, may be answered aside; the newest
// one so answered is then given to the main loop as well, so that Raft's LastContact is refreshed.
//
// # Why answering aside is safe
//
// An answer aside to leader L of term T says: Success, term T. Raft uses it for L's lease and for VerifyLeader, and for
// nothing else: it carries no entries, moves no commit index and casts no vote. Claim: at the moment it is given, this
// node's current term is T, and Raft's main loop would have said the same.
//
//  1. It is given only under a grant: the main loop itself answered an AppendEntries of L in T with Success, so at that
//     moment the current term was T, and T has no other leader than L.
//  2. The current term changes only in Raft's setCurrentTerm, which writes it to the stable store first. The store
//     calls TermRaised before that write (disk.Options.OnTerm), which ends the grant.
//  3. Without that wire the same holds by what passes through here. The main loop raises the term because of an RPC:
//     the pump ends the grant before the main loop sees an AppendEntries, a RequestVote or a snapshot of a higher term,
//     or a TimeoutNow. Or because it stands for election: that takes a TimeoutNow, or a pre-vote won, hence one
//     RequestPreVote sent, which ends the grant. So a vote for a higher term is never granted, and the answer to it
//     never leaves, while heartbeats of the old term are answered aside. A pre-vote received changes nothing in Raft,
//     and nothing here.
//  4. A grant cannot be late. Every end of a grant, and every TermRaised, starts a new epoch; the pump takes the epoch
//     before the main loop sees an RPC and grants for its answer only in the same epoch. Whatever came after the
//     answer was formed, came after the epoch was taken.
//  5. Checking and answering is one step under one lock. An answer formed just before a grant ends is one that the
//     network could have delayed.
//
// Liveness: a main loop that has answered nothing for AsideLimit is no longer vouched for, so the leader notices a dead
// follower. LastContact may be refreshed late by the copy, by no more than the main loop was busy.
//
// # Limits
//
// One RPC in the pump, one copy pending, Options.MaxPool idle connections per peer; waiting heartbeats are bounded by
// the leader's connections, each of which has one RPC under way.
//
// # Goroutines and locks
//
// New starts the pump; NetworkTransport starts one goroutine for accepting and one per connection. Close cuts all
// connections and waits for the pump and for the users of the connections. aside.mu and stream.mu are leaves; neither
// is held while anything blocks.
package transport
