// Package pretix owns the way in for seating plans of pretix: Read turns its JSON into a chart.Document.
//
// The format is the JSON schema that pretix publishes in its repository, src/pretix/static/seating/seating-plan.schema.json,
// as of 2019 and later: zones have rows and areas, rows have seats, and each position is relative to what it is in.
//
//	zone                → section; key: zone_id, else its name
//	row                 → row; key: row_number
//	seat                → seat; key: seat_number, so that its label is <zone>-<row>-<seat>
//	category            → category; key and name: its name
//	row about a circle  → table that is sold by seat, if the seats' labels stay the same
//	area named as stage → the focal point
//	every other area    → nothing: it is decoration and has no capacity
//
// What has no counterpart is told as a note, what cannot be read as a problem, both with the path in the seating plan.
// Fields that the schema does not have, or that say how something is drawn only, are left aside.
//
// Walls: knows package chart; no I/O. Limits: those of package chart, MaxDocumentBytes first.
package pretix
