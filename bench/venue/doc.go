// Package venue owns a shopper's sight of a chart: Read turns the document that PUT /v1/charts/{chart} takes into rows from
// the front to the back, labels in the order of the seat map's states, areas and tables; a Picture is a seat map on which
// free neighbours are found as an eye finds them.
//
// Data flow: a chart document (from a file, from `parterre chart make`'s generator, from a trace) → Read → Venue, shared by
// all shoppers → NewPicture for each seat map that was fetched → FreeRun for each shopper who looks at it.
//
// Walls: the document and the seat map are all it knows, as a shop does; it imports nothing of the server. It draws nothing.
//
// Invariants: equal documents make equal venues. A Venue and a Picture never change, so goroutines share them freely.
//
// Limits: a document has at most MaxDocumentBytes and MaxSeats, which are the API's.
package venue
