// Package trace owns traces: files that say, action by action, what the shoppers of an on-sale do, and the generator that
// makes such a file from a few parameters and a seed. What a shopper does next often depends on an answer (nobody pays for
// a hold that was refused), and answers are known only when a trace is replayed; so an action names the hold it is about
// by a small number of the shopper's, and says under which Condition it is performed.
//
// Data flow: Generate, or package record inside a node → Writer → file → Reader → a replayer, or `parterre bench trace
// show`. Merge makes one trace of the recordings of several nodes.
//
// # File
//
// All numbers are unsigned LEB128 varints (encoding/binary's Uvarint) unless a size is given; sizes are little-endian.
//
//	file    := magic block* ; magic is "PTRC" and one byte of version, 1
//	block   := kind u8, length u32, crc u32, payload[length]
//	           crc is CRC-32C of kind and payload
//	'H'     := Header as JSON; the first block, once
//	'C'     := Chart as JSON; charts count from 0 in the file's order
//	'E'     := Event as JSON; events count from 0 in the file's order; its chart stands before it
//	'R'     := base, count, record[count]; base is the time that the first record's delta counts from
//	'T'     := Trailer as JSON; the last block, once; a file without one was cut off
//
//	record  := action u8, bits u8, delta, shopper, [event], handle u8, [status, reference u64], arguments
//	           bits: 0-2 Condition, 3 Last, 4 event follows (else it is event 0), 5 Anonymous, 6 Bot, 7 status follows
//	           delta: microseconds since the record before, in this block
//	           handle: device in the high four bits, slot in the low four
//	           status, reference: of recorded actions only
//
//	arguments, by action
//	  look, look_again, read_hold, read_order, release: none
//	  hold, sale  := fate u8, way u8, wish, places
//	                 wish by way: 0 (chosen) none
//	                              1 (best)   quantity, together u8, accessible, n, category[n], m, section[m]
//	                              2 (wanted) quantity, row, seat
//	  change      := places (added), places (removed)
//	  confirm     := 1 if the places are to be taken again should the hold have lapsed, else 0 (u8)
//	  decline     := 1 if the shop then releases the hold, 0 if it sends nothing (u8)
//	  extend      := seconds
//	  cancel      := n, ticket[n]; the how-manieth place of the order, from 0; none = all
//	  places      := n, place[n]
//	  place       := index*4 + kind (0 seat, 1 area, 2 table), and for an area its quantity
//
// A seat's index is its place in the seat map's states, an area's, a table's, a section's and a category's its place in
// the chart; a row is one of venue.Venue.Rows, which go from the front to the back. Times count from the start of the
// trace, which in a generated trace is the opening of the sale.
//
// # How a trace is replayed
//
// Records stand in the order of their times. A replayer performs a record at its time, or as soon as the answer that it
// depends on is there, if its Condition is met then; else it skips it. A shopper's slot is filled by the hold that is
// granted in it; a slot whose hold was released, or was granted longer ago than the event's holds live, is given back.
// A payment is made all the same when the hold has lapsed: nobody knows before the answer. Of several granted slots the
// shopper keeps the one that was granted first.
//
// The map pickers of generated traces (WayWanted) know a row and a seat they would like. The replayer takes the free run
// of as many neighbours that is nearest to it on the map that this shopper saw last: venue.Venue.FreeRun. Shows that map
// none, nothing is sent. Recorded traces name exact places (WayChosen). A buyer's id is made of the shopper's number,
// unless the record is Anonymous. A record marked Last is the last one of its shopper, who can be forgotten then.
//
// Walls: knows package venue and the standard library. The generator is a pure function of its parameters: no clock, no
// goroutine, no map that is walked, no function whose result depends on the machine (logarithms and powers are its own,
// and no product is fused with a sum).
//
// Limits: see the constants beside Record; a Reader refuses what exceeds them, before it takes memory for it.
package trace
