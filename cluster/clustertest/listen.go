package clustertest

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
	"time"
)

// Ports for nodes: above the well-known ones, below 32,768, where Linux begins to take ports for outgoing connections.
const (
	firstPort    = 15_000
	lastPort     = 31_999
	portAttempts = 200
)

// listenAnywhere listens on a port of loopback that will still be free when its node is down.
func listenAnywhere(t testing.TB) net.Listener {
	t.Helper()
	var err error
	for range portAttempts {
		port := firstPort + rand.N(lastPort-firstPort)
		var l net.Listener
		if l, err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			return l
		}
	}
	t.Fatalf("clustertest: no free port: %v", err)
	return nil
}

// listenAgain listens where a node listened before. What it replaces may take a moment to let go.
func listenAgain(t testing.TB, addr string) net.Listener {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		l, err := net.Listen("tcp", addr)
		if err == nil {
			return l
		}
		if time.Now().After(deadline) {
			t.Fatalf("clustertest: %s is taken: %v", addr, err)
		}
		time.Sleep(pollInterval)
	}
}
