// Package roompage owns the page that shows shoppers their place in the line: one HTML document with its style and its one
// ES module in it, in English, German and French, without a framework. Its texts stand in words.js, its looks in page.css, and
// what it does in page.js; this package puts them together and says what the browser may load and run.
//
// Data flow: httpapi says which event and which nodes, [Write] gives the document, the browser talks to the waiting room's
// routes like any client. Walls: it knows nothing of rooms, tokens or the cluster.
//
// Invariants: the document is smaller than [MaxBytes]; the policy lets it run its own script and style, by their hashes, talk
// to the nodes it was given, and nothing else; what callers chose is escaped before it stands in the document.
package roompage
