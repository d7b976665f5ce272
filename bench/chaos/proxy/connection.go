package proxy

import (
	"net"
	"sync"
	"time"
)

// connection is one connection through the proxy: from the dialler to here, and from here to the node.
type connection struct {
	proxy *Proxy
	here  *net.TCPConn

	mu    sync.Mutex
	far   *net.TCPConn // nil until it is dialled
	ended bool
	done  chan struct{} // closed when it ended
}

// admitted waits until neither direction is blocked, as a SYN that is sent again would.
func (c *connection) admitted(lanes ...*lane) bool {
	patience := time.NewTimer(synPatience)
	defer patience.Stop()
	for _, l := range lanes {
		for {
			r, changed := l.get()
			if r.Refuse {
				return false
			}
			if !r.Block {
				break
			}
			select {
			case <-changed:
			case <-c.done:
				return false
			case <-patience.C:
				return false
			}
		}
	}
	return true
}

func (c *connection) dialled(far *net.TCPConn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		abort(far)
		return false
	}
	c.far = far
	return true
}

// reset ends the connection on both sides at once, without a goodbye. More than once is fine.
func (c *connection) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	c.ended = true
	close(c.done)
	for _, conn := range []*net.TCPConn{c.here, c.far} {
		if conn != nil {
			abort(conn)
		}
	}
}

// abort closes with a reset instead of an end; where that fails, an end it is.
func abort(conn *net.TCPConn) {
	_ = conn.SetLinger(0)
	_ = conn.Close()
}
