// Package svg owns the picture of a chart: Draw turns a chart.Document, and the state of an event if there is one, into
// one SVG file that needs nothing else: no script, no font, no link.
//
// The road: layout places every seat, table and area in the picture's units → stage, areas, tables, seats and labels are
// written, each category a class → a legend tells what is what.
//
// Invariants:
//   - Whatever text a document has, the picture is well-formed, and no text becomes markup or style.
//   - Free, held, sold and blocked differ in shape, not only in colour: dot, ring, cross and hollow square.
//   - The same document and state make the same bytes.
//   - A seat costs some ten bytes: seats of one category and state are one path, whose points are relative and rounded
//     to tenths of a unit. A seat is ten units wide or more, unless the drawing is larger than maxExtent.
//
// Limits: those of a chart. Memory is a few times the picture's bytes.
//
// Walls: knows package chart; no I/O but the writer it is given.
package svg
