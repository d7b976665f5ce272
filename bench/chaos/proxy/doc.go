// Package proxy is a network of TCP connections between named nodes that can be made bad, one direction at a time.
//
//	n1 ── dials n2's address ──> gate of n2 ──┬─ lane n1→n2 ──> n2's own port
//	   <──────────────────────────────────────┴─ lane n2→n1 ──
//
// Each node is told the address of its gate in place of its port's; all dial gates. Who dialled is found by Who (on Linux:
// whose process owns the other end, see ByProcess), so that nothing in the nodes knows of the proxy, and it does not matter what
// they speak. Every ordered pair of nodes has a lane with a Rule; a connection's bytes go by the lane of their direction,
// whoever dialled.
//
// The proxy keeps TCP's promises: bytes are never lost, doubled or reordered within a connection. What a lane blocks is
// delivered later, as it is by TCP when a network heals, unless the connection was given up meanwhile. A new connection
// whose way there or back is blocked stays without an answer, as a lost SYN would leave it.
//
// Limits: maxConns connections; buffersPerFlow buffers of bufferBytes for each direction of one.
//
// Goroutines: one a gate, and for each connection one that ends with it and three more. Close ends them all and waits.
//
// Locks: Proxy.mu guards the tables, lane.mu a lane's rule; neither is held while anything blocks, nor together.
package proxy
