// Package audit owns the verdict over a run: it compares what the clients saw (bench/history) with itself, and with what every
// node says over HTTP when the load is over.
//
//	history ── collect ──> claims ── settle ──> tenures (place, owner, from, to) ──┬─ owners, capacities
//	                                                                              ├─ refusals
//	nodes ── seat maps, counts ───────────────────────────────────────────────────┼─ places, totals   ──> Verdict
//	nodes ── orders and holds by id ──────────────────────────────────────────────┼─ orders, releases
//	nodes ── GET /v1/cluster ─────────────────────────────────────────────────────┴─ hashes
//
// # Surely and possibly
//
// A client knows neither when a node decided nor, sometimes, what. So each tenure of a place has two intervals: it was
// surely owned from the return of the call that took it to the call that gave it back (or the hold's deadline), and
// possibly from that first call to the last return (or the deadline and the 250 ms that a lapse may take). What must
// not be is judged by the sure intervals, what may be by the possible ones; an operation of unknown outcome is possible
// for ever and sure never. So a correct cluster is never blamed, whatever the interleaving; what that leaves unseen
// stands in docs/AUDIT.md. Revisions, where answers tell them, order the tenures of an event exactly, and are used too.
//
// What visitors of waiting rooms saw (package queue) is judged in the same way: JudgeRooms.
//
// The audit only reads: it changes neither events nor orders. It assumes that the history holds all that was done to its
// events since they were made, but for blocking.
//
// Limits: maxDetails lines a rule; connectionsPerNode; patience for a node that does not answer and hashPatience for
// replicas to reach one checkpoint.
//
// Walls: knows httpapi/client, bench/history, bench/queue and bench/wire (many orders read with few connections); its verdict is plain data,
// which the commands put into bench/report.
package audit
