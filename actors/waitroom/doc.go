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
package waitroom
