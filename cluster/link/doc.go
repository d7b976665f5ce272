// Package link owns the forwarding of commands between nodes: frames over a few persistent connections per peer.
//
// # The road of a command
//
// The asking node's Client queues the batch by partition. A writer goroutine packs every batch that waits for one
// partition into one frame, and every frame that fits into one Write; there is no timer that waits for more, so a lone
// command leaves at once and a crowd travels together. The leader's Serve decodes a frame into ONE raftlog.Batch, gives
// it to its own group, and answers when it is decided; answers are coalesced the same way and come in any order. The
// client's reader hands the results back to the batches that the frame was made of.
//
//	Forward → queue of the partition → frame → pending → Done
//	                                     │        ↑
//	                               SubmitLocal → Done → answer frame
//
// A forwarded command is never forwarded again: the serving side knows only Submitter.SubmitLocal. A node that does not
// lead (any more) says so, and the asking node, which has the key and the deadline, looks for the leader anew.
//
// # What an error promises
//
// Everything but raftlog.ErrOutcomeUnknown promises that nothing was proposed. The outcome is unknown exactly when the
// last byte of a frame was given to the connection and no answer came: because the connection was lost, or because the
// deadline passed. A frame of which only a part was taken was not sent, since nobody decides half a frame.
//
// # Frames
//
//	offset  bytes  field
//	0       4      length of the body, big endian; 1 to MaxFrameBytes
//	4       4      CRC32C of the body, big endian
//	8       …      the body: one msgpack array
//
//	type               body
//	1 request          [version, 1, frame id, partition, remaining ms, n, n commands …]
//	2 answer           [version, 2, frame id, decided, code, decided results …]
//	3 exchange         [version, 3, frame id, payload]
//	4 exchange answer  [version, 4, frame id, payload]
//	5 ping             [version, 5, frame id]
//	6 pong             [version, 6, frame id]
//
// Commands and results are as package command writes them. Numbers of a head are written in forms of fixed width, so
// that they can be filled in last; every form is read. The checksum is there because TCP's has 16 bits and lets through
// about one in 65,536 of the errors that get as far as it (Stone and Partridge, "When the CRC and TCP checksum
// disagree", SIGCOMM 2000): a seat must not change its number on the way to a log that would then guard the wrong one
// faithfully. With the CPU's instruction it costs less than a copy of the bytes. A request travels with the time that
// is left and not with a moment, since clocks differ.
//
//	code  the asking side's error      code  the asking side's error
//	0     none: all is decided         5     ErrUnreachable (not taken)
//	1     raftlog.ErrNotLeader         6     ErrUnreachable (came too late)
//	2     raftlog.ErrOverloaded        7     ErrMalformed
//	3     raftlog.ErrOutcomeUnknown    8     raftlog.ErrTooLarge
//	4     raftlog.ErrHalted            else  raftlog.ErrOutcomeUnknown
//
// # Lanes
//
// A client has two connections: one for ordinary commands, exchanges and pings, and one for charts, so that 34 MiB never
// stand before a hold. Each is dialled when it is first needed and then kept, with a growing, random pause between
// failed dials. Batches wait for the first dial, and for the first redial after a connection that was good; while dials
// fail everything is refused at once. What was queued when a connection is lost is given back, not kept for the next:
// the leader may be elsewhere by then.
//
// # Limits
//
//	MaxFrameCommands               1,024     commands of a frame, and of a batch (a batch is never divided)
//	MaxPackedBytes                 256 KiB   a frame that has reached it takes no further batch
//	MaxFrameBytes                  34 MiB    and 4 KiB: a frame with one lone chart
//	MaxExchangeBytes               256 KiB   payload of an exchange
//	ClientOptions.ForwardCommands  16,384    commands under way to one peer; then ErrOverloaded
//	ServeOptions.Commands          16,384    commands under way of one connection; then ErrOverloaded
//	maxExchanges                   64        exchanges under way to one peer
//	maxUnread                      16,384    refusals and pongs that wait for a peer that does not read; then it is cut
//	writeTimeout                   15 s      one Write
//	silenceLimit                   3 s       a peer that owes answers and does not even answer a ping
//
// A frame's room is allocated as its bytes arrive, never for its length alone. Bytes that were read are never written
// again and never pooled: decoded strings alias them and live on in results, views and answers (frameReader).
//
// # Goroutines
//
// Client: per lane that was used one that dials and writes, and one that reads, plus one sweep for deadlines, silence
// and gauges; Client.Close waits for all. Serve: the caller's goroutine reads, one more writes; Serve waits for it.
// Done of a batch that was forwarded runs on the lane's or the sweep's goroutine; Done of a batch that is served only
// queues.
//
// Locks: lane.mu and session.mu are leaves; no batch is ended, and nothing called, with one held.
package link
