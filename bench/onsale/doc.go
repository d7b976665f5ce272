// Package onsale sells an arena out over HTTP as a crowd would, and audits what came of it.
//
// A crowd of buyers, spread over all nodes, looks at the seat map, wants two to four seats together, prefers the front
// rows as everybody does, is refused when somebody was faster, looks again, and pays. Every order that a node
// acknowledged is written down with its places. Afterwards Audit asks every node for every order, for every seat and for
// its state hash, and compares: what was acknowledged must be there, on every node, and nothing twice.
//
// It knows the nodes only by HTTP, as a shop does.
package onsale
