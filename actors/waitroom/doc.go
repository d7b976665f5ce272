// Package waitroom owns the queue in front of one event: who comes next, who is inside, and for how long.
//
// It is a pure state machine like package seatmap beside it: no clock, goroutine, I/O, randomness, float or map order. The
// same requests at the same times make the same state on every replica. The event's actor owns it, in the same partition and
// log as the seat map, and brings it the log's time, the event's stock, and what became of commands.
//
//	OpJoin ──▶ numbers ──(draw)──▶ places ──(Advance: rate, places inside, stock, pressure)──▶ called
//	       OpEnter ──▶ session inside ──▶ Check of each hold, change, extension and sale
//	                   └─ order, OpLeave, idle, end of stay ──▶ the place is the next visitor's
//
// # Promises
//
//   - Numbers are given by the log only, in blocks: none is given twice, and who was answered before another asked has the
//     lower number. A block whose outcome is unknown is skipped.
//   - Within a lane nobody is called before whoever has a lower place. A visitor who waits costs the state nothing.
//   - A number enters once. Entering again while inside is the same session.
//   - Those inside and those called who may still come are never more than MaxInside, at any moment of log time; a place that
//     becomes free is given at the next command or tick.
//   - The draw of ModeRandom depends on the seed, the lane, and how many numbers it had at the opening, on nothing else (package
//     draw); the seed's hash is public from the beginning, the seed from the opening.
//   - The same state has the same Hash and the same bytes; damaged bytes are an error, never a panic.
//
// # How many are called
//
// Advance calls as many as the tightest of these allows:
//
//   - places: MaxInside, less those inside and those called who may still come. OpAdmit is bound by this alone.
//   - rate: a token bucket in log time of AdmitPerMinute, times the pressure that the leader tells (OpTick). It holds a second's
//     worth of calls, one at least. Where no rate is set, the pressure narrows the places instead, never to none.
//   - stock: no more may be inside or called without a hold than can still find something, that is
//     (free + held x lapse share) / party, rounded up. Party, the mean places of an order, begins at PlacesPerVisitor (3.04) and
//     weighs that like 16 orders; the share of held places that come free again begins at 0.3 and weighs that like 100 places;
//     both follow from what the room sees of the stock. While nothing is free nobody is called; when nothing is held either, the
//     phase is PhaseSoldOut, until something is free or held again.
//
// Lanes take turns by their shares, as far as somebody waits in them. Who is called may come until EnterWithinSeconds are over.
//
// # State and limits
//
//	lane      numbers given, numbers drawn, frontier: counters, however many wait
//	fates     two bits for each called place: called, inside, left, lapsed. The newest 2^20 of a lane are told apart; of
//	          earlier ones that are all over, the room knows no more than that
//	calls     one record for each stretch called together, until it lapses: at most as many as there are places inside
//	sessions  72 bytes each, a heap of deadlines, indexes by number, buyer, and newest hold: MaxInside at most
//
// A lane has at most 2^40 numbers, and 2^26 places between the first that is not over and the last called one. One Advance ends at
// most 16,384 sessions; NextDueMillis then says that there is more. Pages are copied when they change while a picture or a
// frozen state shows them, so that either costs page directories only.
//
// Who asks for a place by a buyer that is inside already is given that session, on any device; the second number's call is
// given up. An operator can change everything but what visitors were told when they joined: how they are ordered, which lanes
// there are, when it began. The seed never changes.
//
// Walls: the standard library and package draw; nothing here knows HTTP, Raft, papers or seats.
package waitroom
