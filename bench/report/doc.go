// Package report owns what a benchmark run leaves behind: the run's data as JSON, and the page that shows it.
//
//	replay, audit, compare, … ── fill ──▶ Run ── Encode ──▶ run.json ──┐
//	                                                                  ▼
//	    index.html, report.md, run.json ◀── Write ◀── Run ◀── Merge ◀── Read
//
// A Run holds what was measured and nothing that can be computed from it: medians, spreads, ratios, who wins, and
// whether an aim is met are computed when they are shown, so that no driver can claim what its figures do not say.
//
// # The page
//
// One HTML file that needs nothing else: no script, font, style or picture from elsewhere; it works without JavaScript, in
// the light and in the dark, on a phone and on paper. Every chart is drawn twice, for narrow and for wide screens, since
// a picture that is scaled down has letters that nobody can read; and behind every chart stand its figures as a table. The
// Markdown twin has the same figures without the pictures.
//
// Invariants:
//   - The same Run makes the same bytes.
//   - Whatever text a Run has, the page is well-formed, and no text becomes markup, style or a link.
//   - A row of batched requests is never shown without its row of single requests, or a sentence saying that there is none.
//   - Where a peer wins, a sentence says so.
//   - Time series are thinned to what a screen can show: of a count the mean of the points taken together, of a latency the
//     worst of them, so that thinning never flatters. The JSON keeps every point.
//
// Limits: maxFileBytes for a file that is read.
//
// Walls: knows hdrhistogram and the standard library; no HTTP, no package of the product.
package report
