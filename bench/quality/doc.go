// Package quality compares what buyers get from Parterre's best available and from the allocators that shops usually write.
//
// The same parties arrive at the same times at the same venue, once for each allocator. Each sale has a seatmap.Map of its own, which
// decides holds, payments, releases and lapses; only the choice of seats differs: a wish, which the map answers, or
// seats that a greedy allocator names. That is why this package drives the state machine directly, without nodes and
// HTTP, unlike the rest of bench: nothing but the choice is compared, and a sale takes milliseconds.
//
//	arrivals (size, time, fate) ─┬─ wish ──── seatmap.Map ─┐
//	                             └─ greedy ── seatmap.Map ─┴─ Result → Report, Draw
//
// # The sale
//
// Parties of one to six arrive in waves, evenly spread over the time that a hold lives; the first wave asks for a fifth
// more seats than there are. A hold is paid for, released or left to lapse: 40, 25 and 35 in a hundred in the first wave;
// later 60 in a hundred are paid for. Payments and releases come after a log-normal time (median 90 s, 95 % within 6 min).
// The next wave begins when everything of the last one is settled, and asks again for more than is left, until
// everything is sold. Who is refused goes away. Sizes, fates and times depend on the seed alone, never on the allocator.
//
// # The greedy allocators
//
// All go from front to back: rows in the order of their best seat, and the first row that has a block of the party's
// size (neighbours, all free, of one category) is taken.
//
//   - FrontToBack takes the row's first such run and fills it from the end with the better ranks, as a clerk with a pencil
//     would: the rest stays in one piece.
//   - BestInRow takes the block of that row with the best ranks, wherever it lies.
//   - Careful is FrontToBack that looks through all rows for a run that leaves no single, before it takes any other.
//
// If no row has a block, they split: the largest group that leaves nobody of the party alone, in the best row that has
// a place for it, then the rest likewise. Wheelchair places and companions' seats are given only when no others are
// left, as Parterre does. They know their seats in memory, at once and without a lock: what a shop loses by choosing
// outside its database's lock is not counted against them.
//
// Limits: those of package venue; maxWaves waves.
//
// Walls: knows actors/seatmap and actors/chart; no HTTP, no goroutine; the clock only to measure decisions.
package quality
