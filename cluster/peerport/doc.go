// Package peerport owns a node's one peer port: every byte between nodes goes through it.
//
// # The road of a connection
//
// A dialer opens a TCP connection, shakes hands if TLS is set, and sends one header. The acceptor checks it and answers
// one byte. After a welcome the connection belongs to whoever the header named; nothing is sent before the welcome.
//
//	offset  bytes  field
//	0       4      magic: c9 50 41 52
//	4       1      version: 1
//	5       1      kind: 1 Raft stream, 2 link, 3 hello, 4 join; plus 128 if an Introduction follows
//	6       4      cluster id, big endian
//	10      4      partition, big endian; 0 for links and hellos
//
//	answer  meaning                            what Dial returns
//	0       welcome                            the connection
//	1       another version of the header      ErrVersion
//	2       another cluster                    ErrOtherCluster
//	3       kind without a handler             ErrUnknownKind
//	4       partition without an open stream   ErrUnknownPartition
//	5       the partition's backlog is full    ErrBusy
//	6       the dialer was removed             ErrRemoved
//	7       the dialer is no known member      ErrStranger
//	8       another node was meant             ErrOtherNode
//
// A port with a Door introduces itself and lets the door decide about those who dial it. A version that knows no
// introductions answers 3 to one; it is dialled again without. A join's header names no cluster, since its dialer does
// not know one yet.
//
// What does not begin with the magic gets no answer at all, and so does what comes too late or in too great a number:
// a stranger learns nothing. Dial then returns ErrRefused. Each refusal is counted by reason and logged, five at once
// and then one a second.
//
// # Walls
//
// Partitions share the listener and nothing else. Each has its own backlog; a partition whose Accept is stuck fills its
// own backlog, later connections to it are refused with ErrBusy, and the others do not notice. Closing a Stream severs
// the connections of that partition only, so that a group can be restarted on a new Stream of the same port.
//
// Sever cuts the listener and every connection, in both directions, without waiting for anything: it is what a node
// with a hung disk calls before it exits. It closes the sockets themselves and never sends a TLS goodbye, which could
// block behind a peer that does not read; all that is spoken over this port is length-prefixed, so a cut is never
// mistaken for an end.
//
// # Limits
//
//	Options.HeaderTimeout  2 s    handshake, header and answer together
//	Options.MaxConns       1,024  incoming connections, welcome or not
//	backlogConns           64     welcomed connections of one partition that Accept has not taken
//
// # Goroutines
//
// Serve is the caller's. It starts one goroutine per incoming connection, which lives until the header is answered
// (Raft streams) or until the handler returns (links and hellos). Close waits for all of them, and for Serve.
//
// Locks: Port.mu guards the tables of connections, streams and handlers and is a leaf. Nothing blocks under it.
package peerport
