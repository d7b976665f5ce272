// Package history owns what the clients of one run saw: every operation with its first call and last return, what was
// asked for, and what was answered.
//
//	worker ── Op ──> Log (chunks of records) ─┐
//	worker ── Op ──> Log ─────────────────────┴─ Run ── Each ──> audit, linearizability checker
//	                                              └─ Write / Read: a file, judged later
//
// # Writing
//
// A Run is made before the load. Every worker gets a Log of its own, fills an Op that it uses again and again, and adds it
// when the operation is over; Add encodes it behind the last record of a chunk, so that a million operations cost the
// garbage collector a few hundred pointer-free slices, no lock, and no allocation but a chunk every chunkBytes. A nil
// *Log takes operations and keeps none, so that a driver need not ask whether it is watched.
//
//	op.Begin(history.KindHold, event, log.Now())    // before the first attempt; clears what the last one left
//	op.Ask(slot)                                    // what is asked for: an unknown outcome may own it
//	op.Answered(status, code, log.Now())            // after each answer; true = it decides, do not ask again
//	op.AnsweredWith(chart, status, body, log.Now()) // the same, and reads what a JSON body says into the operation
//	op.Broke(log.Now())                             // after each attempt without an answer
//	op.Give(slot); op.ID = id; op.Revision = …      // what the answer says, for who reads it himself
//	log.Add(&op)
//
// # What an operation is
//
// All attempts with one idempotency key are one operation, from the call of the first to the return of the last.
// It ends in one of four ways: Done (2xx), Refused (decided, nothing changed), TurnedAway (429 and the like: no attempt
// can have had an effect), Unknown (an attempt may have had one, and no later answer told). An unknown outcome may still
// take effect after Returned. An operation that was under way when the run ended is added as Unknown.
//
// # Places
//
// A place is a number in the event's Chart: seats in chart order, as the letters of GET …/seats, then the tables that are
// sold whole, then the areas. NoPlace stands for a label that the chart does not have.
//
// # Times
//
// Called and Returned are nanoseconds on the monotonic clock of the machine that drove the load, since the run's start;
// Deadline is Unix milliseconds of log time as the nodes tell it. Run.Start ties the two clocks together.
//
// # File
//
// Version 2: "PTHIST" and a version byte and a zero; then frames: length (uint32 LE), CRC-32C (uint32 LE), payload. The
// first frame is the header as JSON (start, charts, events), each further one a chunk of records as they were in memory, the
// last one (empty) tells a complete file from a cut one. Records are described at appendOp. Bad input is an error, never a
// panic. Version 1, whose records had no session, node, key or min revision, is read too.
//
// Limits: maxPlaces per list of an operation, chunkBytes per chunk, maxHeaderBytes for the header.
//
// Walls: knows bench/venue, whose labels a chart numbers; of HTTP it knows statuses and the JSON of answers, not how they come.
package history
