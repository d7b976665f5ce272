package peerport

import (
	"net"
	"sync"
	"time"
)

// keepAlive notices a peer that vanished without a word on a connection where nothing is under way: after 5 s of
// silence three probes a second apart. Where something is under way, Raft's and the link's own timeouts are quicker.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: time.Second, Count: 3}

// conn is a connection that the port can sever: an accepted or dialled socket, below TLS if there is TLS.
type conn struct {
	net.Conn          // what is read and written: the socket, or TLS over it
	socket   net.Conn // what is closed
	port     *Port
	incoming bool
	stream   *Stream // Raft streams only
	kind     Kind    // 0 until the header is known
	from     string  // incoming: the name that the dialer gave itself, "" if none; guarded by Port.mu
	once     sync.Once
	closeErr error
}

// Close closes the socket at once, without a TLS goodbye (see the package's comment), and forgets the connection.
func (c *conn) Close() error {
	c.once.Do(func() {
		c.closeErr = c.socket.Close()
		c.port.forget(c)
	})
	return c.closeErr
}

// tune sets what every peer connection wants. The socket stays usable where it cannot be tuned (pipes in tests).
func tune(socket net.Conn) {
	if tcp, ok := socket.(*net.TCPConn); ok {
		_ = tcp.SetNoDelay(true) // frames are coalesced above; never wait for more
		_ = tcp.SetKeepAliveConfig(keepAlive)
	}
}
