// Package clustertest owns clusters that live within one test: real nodes with real logs and real sockets on loopback,
// in one process, with a network between them that tests can cut.
//
// Start makes a cluster and waits until it serves; New makes one whose nodes the test starts itself. Stop is a SIGTERM,
// Kill what SIGKILL is to the others, Restart starts a node again on its folder, Wipe empties that. Everything is gone
// when the test ends; what the nodes logged is shown if it failed.
//
// Ports are taken from below the range that the kernel hands out for outgoing connections: a node that is down would
// else find its port taken, by a peer that dials it.
package clustertest
