// Package parterre is Parterre behind the interface of its peers: three processes of one binary on this machine, always with
// three fsynced copies, driven over HTTP.
//
// One request a step goes through bench/wire, the bench's raw HTTP/1.1 client; with connections to all three nodes, so that
// two of three requests are forwarded, or to the node that leads the events, or to the others only. Every request has an
// idempotency key; 429, 503, 504 and broken connections are asked again with the same key, and counted.
//
// It knows bench/nodes, bench/wire and httpapi/client, and no peer.
package parterre
