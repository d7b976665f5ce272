// Package actors owns the replicated state of one partition on one node: its charts, its directory of events, and one
// actor (proto.actor) per event, which alone touches that event's seat map.
//
// # The road of an entry
//
// The log calls [Partition.Apply] with the commands of one committed entry, always from one goroutine. Apply groups them by
// event, sends ONE message to the actor of each touched event, runs those actors (see turn; a large entry of many events is
// shared among some goroutines), and waits for all of them on one counter. An actor decides its commands in their order,
// fills the caller's result slots in place, and reports the event's new hash and next deadline with its completion. Commands
// about charts and new events are barriers: what stands before them in the entry is decided first, then they are decided by
// the apply goroutine itself. Then the entry's index becomes [Partition.AppliedIndex].
//
// # Walls
//
// An actor never calls Raft, another actor, or anything that waits. Requests never queue in its mailbox before the log has
// them; a mailbox holds these messages only: batch (commands of a committed entry), freeze (copy-on-write state for a
// snapshot), check (hash from scratch), publish (a view is wanted). Each is a pointer to a type of ours; none has a method
// GetMessages, which would make proto.actor unroll it. There are no futures.
//
// # Views
//
// Readers never enter an actor. An actor publishes immutable views: at once when a reader demands a revision that is there
// ([Event.ViewAt], [Event.Fresh]), otherwise at most every [ViewInterval], and every [UnseenViewInterval] where nobody looked at
// the last one ([Event.Recent] then asks for a newer one); a partition's herald goroutine sees to it that the last change is
// shown though nothing follows it.
//
// # Waiting rooms
//
// An event may have a waiting room (package waitroom) in front of it, owned by the same actor: made by its first OpPut, never
// taken away. Its commands travel as those of the seat map do, and holds, changes, extensions and sales pass its door first
// (door.go): the room sees the log's time and the stock before and after each of them, so that what is due lapses and a place
// that comes free is given at once. It is part of the event's hash, and a record of its own in snapshots. An event without one
// pays a nil check. Rooms change with every visitor, so they have views of their own ([Event.Room]), and an event's seat map is
// not encoded anew for them.
//
// # Invariants
//
//   - What Apply does depends on the entry and the state only: never on a clock, on goroutine order, or on whether results
//     are wanted. Equal logs give equal [Partition.Hash] and equal snapshot bytes.
//   - A panic while deciding never restarts an actor (it would come back empty): the partition halts on this node with a
//     [PanicError], and from then on nothing is applied, frozen, encoded or shown anew.
//   - A view's revision never runs back, except over a restored snapshot.
//   - A damaged snapshot is an error that wraps [ErrSnapshot]; it replaces nothing.
//
// # Limits
//
// [MaxEvents], [MaxCharts], [MaxPlans] and [MaxPlanBytes] per partition (the command that would pass one is answered with
// CodeOverloaded), [MaxList] rows per listing, [MaxEncodings] shared encodings per view, and the frame limits of
// snapshots (snapshotformat.go).
//
// # Lock order
//
// deciding (Apply, Freeze, Restore, Stop: one at a time) → registry (directory and charts; readers share it) → the
// agendas' own locks, which are leaves. No lock is held while waiting for an actor but deciding.
package actors
