// Package command owns the commands that a partition's log carries, the results that answer them, and the bytes of both.
//
// The road: httpapi names a Command and its Fingerprint, Validate checks it against the limits, AppendCommand writes it
// into a link frame or a log entry, and every replica reads it with a Decoder. Results come back the same way.
//
// Format, version 1. A command and a result are each ONE msgpack array, so that they can stand in any msgpack stream:
//
//	command  [1, kind, event, …]
//	  event         … op, present, then a value for each bit of present that has one, in order of the bits (wire.go;
//	                the wish for best available is one value, wish.go)
//	  put_chart,
//	  install_chart … [name, document, content, plan, plan code, key]
//	  create_event  … [chart, plan, config, key]
//	  read          nothing more
//	  room          … [op, lane, count, pressure, per minute, number, session, buyer, key, seed, secret, config or nil]
//	                (room.go)
//	result   [1, index, now, code, present, then a value for each bit of present that has one]
//
// Invariants:
//   - The version stands first. An unknown version, kind, op, code or bit is an error that says so (ErrVersion,
//     ErrUnknown); nothing is ever skipped, since replicas that skip different things diverge.
//   - Encodings are canonical: equal values have equal bytes. testdata/ keeps version 1 for ever.
//   - Whatever Validate accepts, a Decoder reads back exactly. Every length is capped before anything is allocated.
//   - What a Decoder yields aliases its buffer, strings too. The buffer must never change; whoever keeps a value copies
//     it, or keeps the whole buffer alive.
//   - Encoding and decoding the commands of an event (all but configure) allocates nothing once slices have grown.
//   - A Fingerprint outlives versions of the format: it has an encoding of its own that never changes.
//
// Walls: no clock, no I/O, no state. Nothing here decides whether a command succeeds.
package command
