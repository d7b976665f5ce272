// Package compare drives Parterre and its peers with the same work, in turns, and compares what came out.
//
// It owns the work (Picker: who wants which seats), the drivers of it (Drive: closed loop; DriveAtRate: open loop), the
// order of turns (Plan), the arithmetic (medians, spread, ratios by pair and round) and the verdicts about aims. It
// knows the systems through the interfaces of bench/peers only, and starts none by itself but through them.
//
// # A run
//
// A run is some rounds. In each round every system is started, measured in each of its cells (a mode, a kind of work and a
// number of clients) with fresh events, and stopped, so that never two systems share the machine. Every second round
// goes through the systems backwards, so that a machine which slows down favours none. A ratio is formed of two cells of
// the same round; what is told is the median of the rounds' ratios, the least and the most.
//
// # The work
//
// An order is two steps, hold and confirm, each durable before its answer; a client waits for one answer before it asks
// the next. Parties are 1 to 4 people, mean 2.3, by the same cycle everywhere. Those who choose take neighbours in a row,
// rows by a Zipf law of exponent 1 from the stage outwards, from one map that the clients share; one party in
// ContestedEvery wants what the party before it was just given, as it happens when two people look at the same map, and
// one of the two is refused. Those who take the best available say how many. One hot event is sold after the other.
//
// # What is checked
//
// After every cell: no seat was acknowledged to two parties (a bit for each seat), and the server's own count of orders and
// tickets equals what the clients saw, exactly, since no client leaves a request without its answer. A cell that
// does not pass is a failure of its peer, is said so, and has no figure. So is a peer that cannot start.
package compare
