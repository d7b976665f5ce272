// Package plot owns the pictures of a report: line, area, bar and column charts as SVG elements to stand inside an HTML page.
//
//	Chart, Bars, Columns ── Draw(Size) ──▶ <svg …>: title and description, grid, areas, lines, marks, letters
//
// A picture has no colours and no fonts of its own: everything has a class, and the page's style sheet, in the light
// or in the dark, gives it its look. Letters have the size that Size says, so a picture should be shown as wide as it was drawn;
// that is why one draws a chart once for a phone and once for a desk.
//
// Invariants:
//   - The same chart makes the same bytes; numbers are rounded to tenths.
//   - Any text is escaped, any number finite: what cannot be drawn (NaN, infinity) is left out.
//   - Ticks lie within their scale, rise, and stand at round numbers; labels do not run into each other.
//
// Walls: knows the standard library only; no I/O.
package plot
