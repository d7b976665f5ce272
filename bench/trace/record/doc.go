// Package record owns recordings: a Recorder runs inside a node, is told what shoppers do, and writes it down as traces, so
// that last night's on-sale can be replayed against the next release.
//
// Data flow: a request's goroutine calls Decided or Looked → a few hundred bytes are copied into the open buffer, or the
// action is dropped and counted if that is full → the scribe's goroutine swaps the buffers, gives every buyer and hold a
// number, turns labels into indexes of the chart, and writes records → files in a folder, a new one when the last is large
// or old enough.
//
// What a recording does not have: prices as bounds of a wish, blocking and other operators' work, requests that were
// refused for want of room (their clients ask again, and that is recorded), and which tickets were cancelled of an order:
// only how many.
//
// Buyers' ids are hashed with a key that is random for each file and never written, then numbered; references of payments
// are not recorded. A hold's id is random by itself: its hash (Record.Reference) is without a key, so that the files of
// several nodes can be brought together. Looks at the map are known by their connection only, and so are shoppers of their
// own.
//
// Invariants: nothing is written on the way of a request, and nothing is waited for but one short lock. Files are whole
// after Close; after a kill they are readable up to the last block, of which one is written every second.
//
// Limits: see Options. A file that cannot be written ends the recording, not the node.
//
// Walls: the one package of bench that runs in a node, hence the one that knows actors/seatmap's requests and answers.
// Lock order: Recorder.mu is a leaf.
package record
