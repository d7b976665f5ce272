// Package onsale sells an arena out over HTTP as a crowd would, and audits what came of it.
//
// A crowd of buyers, spread over all nodes, looks at the seat map, wants two to four seats together, prefers the front
// rows as everybody does, is refused when somebody was faster, looks again, and pays. Every call is written into a history,
// which bench/audit then judges against every node; Print tells the verdict beside what the crowd felt.
//
// It knows the nodes only by HTTP, as a shop does.
package onsale
