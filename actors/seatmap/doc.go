// Package seatmap owns the state of one event: which place is whose, until when, and at what price.
//
// It is a pure state machine. Map.Do takes one Request and the log's time, changes the state, and fills an Answer. The same
// requests at the same times make the same state on every replica, bit for bit: there is no clock, goroutine, randomness,
// float, map order or I/O in here (Encode and Restore are handed a writer and a reader). Whoever calls Do holds the
// map alone; what others may read at the same time are a Picture (places) and a Frozen (everything).
//
// # Promises
//
//   - A place has one owner. Do is all or nothing: a refused request leaves places, holds and revision as they were.
//   - What is due has lapsed before a request is decided, so nobody is refused a place that is free at that moment.
//   - A key that is known gets its first answer again. Successes are answered from a receipt, the first time as well as
//     again, so the two cannot differ; refusals are remembered if the caller chose the key.
//   - Every change of the state adds one to the revision, also each hold that lapses; nothing else does.
//   - Hash is kept current in time proportional to the change; Rehash computes it from scratch and finds the same.
//   - Restore of what Encode wrote goes on exactly as the first map does, and is encoded to the same bytes. Damaged
//     bytes are an error, never a panic.
//
// # The road of a request
//
//	Do → forget what is old → lapse what is due → replay a known key
//	   → full? → operate (hold, confirm, release, extend, change, cancel, block, configure, get; a hold may choose)
//	   → describe (receipt) → answer → remember (ledger) → compact strings if half of them are garbage
//
// An operation looks its places up (picks), checks everything, and only then changes anything. Slots and areas have
// one writer each (setSlot, moveArea), which also keep the state hash and the counts.
//
// # Layout
//
// All state lies in pages of fixed-size records without pointers, so the garbage collector never walks it, growth never
// copies it, and Freeze and Picture share pages that are copied before their next change. Records name each other by
// number. Bytes:
//
//	slot      9   status, owner, next slot of the same hold
//	hold     64   and order, and tombstone; 24 in the heap of deadlines or 4 in the queue of tombstones
//	claim    16   places of one area; in a roster also a slot
//	roster   16   places that a hold had once, for tombstones and receipts
//	buyer    12   and the name
//	receipt  56   one for each remembered key
//	index   5-10  for each hold, buyer and receipt: open addressing, 8 bits of hash and 24 of number
//
// A free seat takes 9 bytes and its share of the fixed parts, 16 at most. A party of three (the mean) that has paid takes
// three slots, a hold, a buyer, two receipts and four index entries: 84 bytes a seat when 50,000 are sold, 96 at
// most, besides the strings. TestASeatStaysWithinItsBytes measures both.
//
// The status byte uses four values. The low four bits are kept for states to come, the high four for the channel that a
// seat is reserved to.
//
// # Invariants
//
// Check verifies them all; the random histories of the tests call it every few commands.
//
//   - A slot is free or blocked and has no owner, or it is held or sold and stands in exactly one hold's chain.
//   - A chain has seats in the order asked, then whole tables; a hold's claims follow. That is the order of answers.
//   - A held hold stands in the heap, an ended one among the tombstones, neither anywhere else.
//   - A hold's epoch counts the changes of its places. A receipt of an epoch that is over finds a roster of it.
//   - A record is in use or on its slab's stack of free numbers, never both. The stack's order is state.
//   - Whatever is counted along equals the count.
//
// # Limits
//
// Every table has a named limit (limits.go): where one is reached, commands are CodeOverloaded and nothing changes, or
// the oldest tombstone or refusal is forgotten. One command clears away at most forgetPerCommand old keys and
// tombstones. What is due lapses all at once: a bound there would refuse somebody a free seat. OpExpire, which has
// a bound, keeps that work small.
//
// # Best available
//
// A wish is turned into chosen seats in the step that takes them; from then on it is a hold like any other. What is
// best is written in allocation.go, in integers and without ties; the answer is the optimum of that text, not a guess.
//
//	plan     layout (segments.go): rows by section, banks (the seats of one category in one row), bitmaps, sums of ranks
//	event    seating: bitmaps of free seats, counts by category and section, two classes (ordinary seats; all)
//	class    for each party of 1 to 8 a tree over the banks' best blocks, one of those that leave no single, and one of
//	         the splits that begin in a bank; a wish with a filter asks the trees for ranges of banks
//
// setSlot tells seating of each seat that becomes free or taken, which marks the row; a tree looks again at the marked rows
// when it is next asked. Seating is derived: made at the event's first wish, in no snapshot, picture or hash; maps that
// made it at different times choose alike, since the optimum is one. Over rows of 40 it takes 2.3 bytes a seat, 4.0 with
// the splits of every party, and as much again once a party needed seats that are not ordinary;
// TestTheTreesStayWithinTheirBytes measures it. An event without wishes has none.
package seatmap
