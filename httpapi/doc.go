// Package httpapi owns Parterre's HTTP contract: what a request looks like, what is refused before anything is asked of
// the cluster, and what an answer looks like. It decides nothing about seats.
//
// The road of a request:
//
//	observe     count it, time it, turn a panic into a 500
//	admit       a place in the route's lane or 429, before a byte of the body is read
//	path, query event and chart names, ids, consistency, min_revision
//	decode      the body by its Content-Type into a seatmap.Request; unknown fields and wrong types are 422 with paths
//	submit      the command gets its key and its fingerprint; the cluster decides; ctx ends after Limits.RequestTimeout
//	answer      the decision becomes JSON or msgpack by Accept, or problem+json; one Write, with Content-Length
//
// Walls. Nothing below this package knows HTTP. Nothing here reads a clock for a decision, keeps state about an event
// between two requests, or knows Raft. The words and statuses of problems stand once, in codes.go. The contract itself
// stands once, in openapi.json, against which the tests hold every request and answer. Package client shares no code
// with this one on purpose: it is the contract seen from the other side.
//
// Formats. One decoder and one encoder per body serve both JSON and msgpack: see source and writer. Strings of a body
// alias one immutable copy of it, because a command may outlive its request (a retry inside the node, an outcome that
// nobody waits for any more); buffers of answers are pooled, because an answer never does.
//
// Many at once. A gatherer reads the operations of a batch or stream in place and gathers them in bunches, one for each
// partition (gather.go); a bunch travels as one cluster.Many, and its answers are what each operation's own route would say
// (outcome.go). Here alone texts alias memory that is used again: a batch's body and a stream's chunks wait until every
// bunch of theirs has ended, and are left to the garbage collector where one is spent. See stream for what a stream costs
// and what bounds it.
//
// Lanes. New demand (holds, sales) has places of its own, so that a rush cannot starve those who already hold or bought
// something, nor readers; nor can any of these starve the reads of single holds and orders. Waiting rooms have lanes of their
// own for joining, asking and being told. Large bodies (charts, blocks) have a few places of their own, which bounds the memory of
// bodies; so have batches and streams. Each operation of a batch counts in its lane, those of streams against a bound of
// their own, of which a quarter is kept from new demand: see Limits for every bound.
//
// Lock order: a rate limiter's shard lock is a leaf; there are no others.
package httpapi
