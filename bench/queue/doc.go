// Package queue owns what the visitors of waiting rooms saw in one run, and the figures that follow from it: how fair the
// line was, how long people waited, and what the room's estimates were worth. Package audit judges the promises by it.
//
//	driver ── Visit ──> Line ──┬── Fairness, Draw, Estimates ──> bench/report
//	                           └── rules ──> bench/audit
//
// A Visit is one number: somebody who joined, with the times at which things were asked and answered. It is flat, and a
// Line keeps a million of them in a few hundred pieces, so that waiting people cost their driver neither pointers nor
// garbage. Someone who has to join anew has a new visit.
//
// # Figures
//
// Fairness is Spearman's rank correlation of arrival and call, of those who queue in order of arrival: 1 = nobody was
// passed. Equal values share their mean rank; sums are of integers and exact up to [maxRanked] visits. Who joined is ordered by
// when the join was called, since nobody knows more of when it was decided; so a crowd that joins within one entry of the log
// shares its uncertainty, and a fair room shows a little less than 1.
//
// Draw tests the order of a draw against chance: a chi-square over ten parts of the arrival and ten of the draw. Its P is the
// chance of a table at least so uneven, were all orders alike.
//
// Estimates compare the wait that was foretold first with the one that came, and say how many waits lay in their band.
//
// Walls: the standard library only. Times are nanoseconds since the run's start, on the driver's clock.
package queue
