// Package load drives orders over HTTP as fast as a cluster answers them, and measures.
//
// It is a closed loop: each connection has one request under way, waits for its answer, and goes on. That is the right
// tool for a throughput ceiling, and the wrong one for latency at a given rate, since a slow answer delays the requests
// behind it (coordinated omission); its percentiles are those of a saturated server and are labelled so.
//
// On two cores the load generator shares the processor with the nodes, so it is lean: it stands on bench/wire, has one
// goroutine a connection, and does not allocate per request on the steady path.
package load
