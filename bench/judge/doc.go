// Package judge owns the question whether the answers of a run have one order that explains them all: linearizability of every
// event, checked with porcupine, and what is owed to retries, revisions, sessions and deadlines.
//
//	history ── gather ──> event ── mergeRetries ──> one operation a key ─┬─ revisions, sessions, deadlines (no search)
//	                                                                     └─ groups ── marks of time ── porcupine ── words, picture
//
// # What is checked by what
//
//   - retries: all answers to one key are the same, wherever and whenever it was asked again. From then on they are one
//     operation, from the first call to the first return.
//   - revisions, without a search: every acknowledged change has a revision of its own; what is called after an answer has
//     returned is told no smaller one (a strong read that is, is stale); and up to any revision there are no more changes that
//     nobody acknowledged than there were lapses due, and operations of unknown outcome called.
//   - sessions: a read with min_revision is of that revision at least. What it says of places is judged with the rest, at the
//     revision that it tells, so that a writer's own writes are in it.
//   - deadlines: counted from a moment within the request.
//   - elections: of each partition and term one node won the election, by what the nodes logged. A vote cast twice seldom
//     comes to anything that a client sees, which makes it no smaller a fault.
//   - linearizable: everything else, by the model below.
//
// # The model
//
// Operations that share no place, hold or buyer with a limit are independent objects. Linearizability is local (Herlihy and
// Wing 1990, theorem 1), so each group of dependent ones is searched by itself; the revisions that answers tell tie the
// groups to one order. A refusal or read of the map at a told revision is split into what it says of each group.
//
// In a group every hold is a state machine (not made, held, an order, released, lapsed, cancelled) with its places, deadline and
// reference; every seat a register of who owns it; every area and buyer a count against a limit; every block a hold. Each
// acknowledged change must find what it needs (its places free, its hold held), each answer must be what the state says
// (places given, hold_expired, a refusal's seats: those named are taken, those not named are free), and changes follow each other
// as their revisions do.
//
// What nobody was told is not searched for but kept open in the state: a hold is a set of what it may be. The call of an
// operation of unknown outcome is a mark after which its effect is possible for ever; so is, for a hold, its deadline less the
// clocks' slack, after which it may have lapsed, and the deadline with 250 ms and the slack, after which it must have: entries carry
// the time of a leader who had the command, so whoever calls later sees it lapsed. An answer then narrows the set: a seat that is
// given to somebody is nobody else's at that moment. Sets of two holds are not correlated, and a refusal by one of several
// possible owners narrows none. So the model accepts whatever a correct cluster can answer (its states are a superset of the possible
// ones), and rejects whatever contradicts what all possible states have in common. The tests run random histories of the real
// state machine through it, with overlap, lost answers and lapses, and break each of its promises in turn.
//
// # Not judged
//
// Which seats best available gives, that a wish is refused rightly, orphans, not_on_sale, prices, ticket numbers. Refusals
// without a key of the caller's, which may be by a view. The audit (bench/audit) and the seat map's own tests see to those.
//
// # Bounds
//
// Each event has Options.PerEvent; a group more than maxSearch operations. What is not decided is said to be undecided, which is no
// acquittal: Verdict.Err tells. The history must hold everything that was done to its events from their making on, blocks
// and configurations included.
//
// Walls: knows bench/history and porcupine. Its tests know actors/seatmap, which is their sequential specification.
package judge
