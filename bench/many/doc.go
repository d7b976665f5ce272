// Package many drives orders by batches and streams, as fast as a cluster answers them, and measures.
//
// It is a closed loop, as bench/load is. A batch worker has one connection: it sends the holds of a number of parties in
// one request, waits for the answers, and sends the confirmations of those that hold their seats. A stream worker has one
// connection and a number of operations under way on it: each order is a hold, and, as soon as that is answered, a
// confirmation; when that is answered the next party follows. So 64 clients that have one operation under way each are a
// stream, or several, with 64 operations under way: streams are what such clients share.
//
// Answers are awaited, not read in step: a stream worker takes whatever has come, makes the operations that follow from
// it, and sends them with one write. A worker is one goroutine, and an operation costs it no allocation: operations are
// slots that are used again, requests and answers are bytes in buffers that are kept, HTTP's chunks are read and written
// by hand (RFC 9112, section 7.1), and the clock is asked once for each read.
//
// Every operation has an idempotency key, unless Work.Keyless. What is overloaded, has no leader or an unknown outcome is
// asked again with its key after a pause; so is everything that is under way when a connection breaks, on the next node.
//
// Latencies are those of a saturated closed loop, from the write that sent an operation to the read that brought its
// answer: the time that both lie in buffers is in them.
//
// Walls: knows the public HTTP API, bench/wire and bench/history, and shares no code with the server.
package many
