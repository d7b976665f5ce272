// Package replay owns the open-loop replay of a trace: it performs every action at its time, whatever the cluster does, and
// measures what the shoppers would have waited.
//
//	trace ── dispatcher ──(due)──> ready ──> workers ── HTTP ──> nodes
//	             ▲                    ▲         │ │
//	             └──── later (heap) ──┴─ pauses ┘ └──> history (for the audit), measure (for the report)
//
// # What latency is
//
// The intended start of an action is the trace's time by the replay's speed. Latency counts from there to the answer that
// decides, however often the request had to be sent, and whatever it waited for on this side: a connection, the dispatcher,
// or its shopper's action before it. So an answer that comes late makes every action behind it late, too, and none of
// that is left out (coordinated omission). Service time, from the sending to the answer, is kept apart. There is one
// exception, since it is what the cluster asked for: the pause after a 429 moves the intended start of the action, and of
// those of the same shopper that wait for it. 429 answers are counted apart, with their own service times; a histogram
// with the pauses in it stands beside.
//
// # Order
//
// Shoppers are independent of each other. Of one shopper's actions, those of one device, those about one slot, and those
// whose condition asks what became of all holds are performed one after the other (needs). A condition is looked at when
// the action could be sent; one that is not met skips it. What package trace calls given back by time counts for all actions
// but a payment, which a shop confirms however late its answer comes.
//
// Map pickers choose on the map that they saw last. Thousands see the same revision, so each is unzipped and read once and
// shared; the request for it is made by everybody, with If-None-Match where that device has seen one before.
//
// # Rooms
//
// With Options.Rooms a room stands in front of every event, and a shopper's records wait, packed, until the shopper was let in
// (door). From then on each is due as much later as the shopper came in later; the intended start counts from there, so that
// waiting in the line is told apart (package queue) and is in no latency. Whoever waits has one entry in a heap and no
// goroutine.
//
//	dispatcher ── keep ──> visitor (script) ── step ──> errand: join, ask, enter, leave ── ready ──> workers
//	                          └── inside: release ──> arrive, as without a room
//
// # Speed
//
// At speed n everything is due n times sooner, and holds live n times shorter, so that as many lapse. Retries wait in real
// time: they protect the cluster. At Max the trace's times mean nothing: actions are sent in its order as fast as the
// connections allow, which is a closed loop, and only service time is told.
//
// # Cost
//
// A goroutine for each connection, none for each shopper; connections are opened when all others are busy. A task, its
// record, its request and its operation are used again: on the steady path a request allocates nothing here.
//
// Limits: Options.Connections; maxReady for actions that are due and wait for a connection; recentPictures; maxSeconds of
// series; a Retry-After of at most maxRetryAfter is believed.
//
// Walls: knows bench/trace, bench/venue, bench/wire, bench/history, bench/queue, bench/report, and httpapi/client for what is set up
// before the load. Whoever drives it has the audit judge the history afterwards.
//
// Locks: see engine and door.
package replay
