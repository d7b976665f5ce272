// Package wire is the bench's raw HTTP/1.1 client: one connection, one request under way at a time, no pipelining.
//
// A load generator that runs beside three nodes on two cores must be lean, or it measures itself. net/http's client costs
// several times what a request costs here: it keeps two goroutines a connection and allocates headers, requests and
// bodies. A Conn has no goroutine of its own and allocates nothing on the steady path:
//
//   - A request is appended to one buffer that the connection keeps, and leaves with one write.
//   - An answer is read into one buffer that the connection keeps; one that fits comes with one read that yields data. The
//     body is a slice of that buffer, valid until the next request.
//   - A deadline is not set for every request, which costs two timers in the runtime, but only when the one that stands
//     is too near: so a request times out after Options.Timeout and at most a sixteenth more.
//   - Of the headers only those that the bench needs are read.
//
// What a request costs is its system calls: one write, one read that finds nothing, a share of one epoll_wait, one read
// that yields the answer. The read that finds nothing is the cheapest of them. Blocking connections with a goroutine each
// are therefore not the limit: the runtime's netpoller wakes all whose answers are there with one epoll_wait, and the
// busier the machine, the more it finds with each. Several connections cannot share one goroutine with net.Conn, and a
// poller of our own would save only the empty read and the switch between goroutines. BenchmarkOneCore drives 64 to 512
// connections on one processor against a responder that runs on that very processor, so the figure holds the server's
// side of every system call too.
//
// Bounds: MaxAnswerBytes for a body (Options), maxHeadBytes for a head. An answer must carry Content-Length or be chunked;
// whatever else, or more bytes than the answer has, is an error. After any error the connection is closed, the outcome of
// the request is unknown, and the next request dials again: ask again with the same key.
package wire
