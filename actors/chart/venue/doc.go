// Package venue owns made-up venues that could stand somewhere: Make draws a theatre, an arena or a stadium with an exact
// number of numbered seats, as a chart.Document for tests, demonstrations and benchmarks.
//
// The road: a kind's design turns a number of rows and a width into blocks → fit searches the smallest design that has
// enough seats and takes the surplus from the ends of the rear rows → place turns strips into seats → access and view set
// their flags → price gives categories by distance → a chart.Document.
//
// Words: a lane is the ground between two aisles, straight or curved, and goes outwards from the front row; a strip is
// what one row has in one lane; a block is what becomes a section; a tier is a range of rows between two cross aisles.
//
// Invariants:
//   - The same Options make the same bytes. Randomness is PCG with the seed, no map is walked, and every coordinate is
//     rounded to whole centimetres, which is the drawing's unit. Sums of products that decide where a seat stands are not
//     fused, so that a machine that can fuse them draws the same.
//   - Exactly Options.Seats seats are numbered: those in rows, and those at tables that are sold by seat. Standing places
//     and tables sold whole come on top; the chairs of the latter never lift a drawing above seatmap.MaxSeats.
//   - chart.Validate finds nothing to say.
//
// The axes are those of a screen: x to the right, y downwards. What everybody looks at stands at the origin.
//
// Limits: MinSeats to MaxSeats.
//
// Walls: knows package chart and the limits of package seatmap; no I/O, no clock.
package venue
