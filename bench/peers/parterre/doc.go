// Package parterre is Parterre behind the interface of its peers: three processes of one binary on this machine, always with
// three fsynced copies, driven over HTTP.
//
// One request a step goes through bench/wire, the bench's raw HTTP/1.1 client; with connections to all three nodes, so that
// two of three requests are forwarded, or to the node that leads the events, or to the others only. Every request has an
// idempotency key; 429, 503, 504 and broken connections are asked again with the same key, and counted.
//
// Batches and streams go through bench/many, which drives itself; streams are msgpack, and shared by the clients, as many as did
// best in a trial, to the leader's node first.
//
// It knows bench/nodes, bench/wire, bench/many and httpapi/client, and no peer.
package parterre
