// Package client is the Go client of Parterre's HTTP API v1: the contract seen from a shop. It shares no code with the
// server, so that a mistake on one side shows on the other.
//
// Any node takes any request, so a Client is given all of them. A call goes to one node, and goes on to the next where
// that one cannot be reached or says 503; it waits as long as Retry-After says on 429 and 503. Every write carries an
// Idempotency-Key that was chosen before its first attempt, so that a retry, even after a time-out or 504
// outcome_unknown, is decided once. What ends a call is the caller's context, or Options.Attempts.
//
// Batch and Stream are roads for many operations at once. They keep the same promises: an operation has its key before it is
// sent, and is asked again under it, on another node if need be, until it is decided.
//
// A Client is for use by many goroutines. Its connections are kept alive and pooled per node.
package client
