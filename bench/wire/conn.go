package wire

import (
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"time"
)

// Options say how a connection is made and what it bears.
type Options struct {
	// Timeout bounds one request, dialling included; default 10 s. It may be exceeded by a sixteenth.
	Timeout time.Duration
	// DialTimeout bounds dialling alone; default 2 s.
	DialTimeout time.Duration
	// IdleTimeout is how long a connection may lie idle before the next request dials anew, since servers close such
	// connections without a word; default 60 s, half of what Parterre's nodes allow.
	IdleTimeout time.Duration
	// MaxAnswerBytes bounds the body of an answer; default 1 MiB, which holds the seat map of any chart.
	MaxAnswerBytes int
	// TLS is set where the node speaks https; nil = plain.
	TLS *tls.Config
}

// Defaults and bounds.
const (
	defaultTimeout        = 10 * time.Second
	defaultDialTimeout    = 2 * time.Second
	defaultIdleTimeout    = 60 * time.Second
	defaultMaxAnswerBytes = 1 << 20
	maxHeadBytes          = 16 << 10
	firstBufferBytes      = 4 << 10
	deadlineSlack         = 16 // a deadline is set this share of the timeout later than need be, so that it serves many requests
)

// Conn is one keep-alive connection. It is dialled at the first request, and again after an error. Not for several
// goroutines, except Interrupt.
type Conn struct {
	addr string
	host []byte // " HTTP/1.1\r\nHost: addr\r\n"
	o    Options

	// mu guards conn and interrupted against Interrupt, and nothing is done under it.
	mu          sync.Mutex
	conn        net.Conn
	interrupted bool

	deadline time.Time
	used     time.Time // when the newest request was made
	out      []byte
	in       []byte // in[:end] is what was read of the answer that is being read
	end      int
	answer   Answer
}

// New makes a connection to host:port without dialling.
func New(addr string, o Options) *Conn {
	setDefault(&o.Timeout, defaultTimeout)
	setDefault(&o.DialTimeout, defaultDialTimeout)
	setDefault(&o.IdleTimeout, defaultIdleTimeout)
	setDefault(&o.MaxAnswerBytes, defaultMaxAnswerBytes)
	o.DialTimeout = min(o.DialTimeout, o.Timeout)
	c := &Conn{o: o}
	c.Move(addr)
	return c
}

func setDefault[T int | time.Duration](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}

// Addr is where the connection goes.
func (c *Conn) Addr() string { return c.addr }

// Move makes the next request dial another node, or the same one anew.
func (c *Conn) Move(addr string) {
	c.Close()
	if addr != c.addr {
		c.addr = addr
		c.host = append(append(append(c.host[:0], " HTTP/1.1\r\nHost: "...), addr...), "\r\n"...)
	}
}

// Open says whether the next request needs no dialling.
func (c *Conn) Open() bool { return c.conn != nil }

// Close closes the connection; the next request dials again.
func (c *Conn) Close() {
	c.mu.Lock()
	conn := c.conn
	c.conn = nil
	c.mu.Unlock()
	if conn != nil {
		_ = conn.Close() // whatever it says, the connection is gone
	}
}

// Interrupt ends the request that is under way, and every later one, with an error. For any goroutine.
func (c *Conn) Interrupt() {
	c.mu.Lock()
	c.interrupted = true
	conn := c.conn
	c.mu.Unlock()
	if conn != nil {
		_ = conn.Close() // its owner's read or write ends, and sees the error
	}
}

// ready dials if need be and sees to the deadline.
func (c *Conn) ready() error {
	now := time.Now()
	if c.conn != nil && now.Sub(c.used) > c.o.IdleTimeout {
		c.Close()
	}
	if c.conn == nil {
		if err := c.dial(now); err != nil {
			return fmt.Errorf("%w: %w", ErrNotSent, err)
		}
	}
	c.used = now
	if due := now.Add(c.o.Timeout); c.deadline.Before(due) {
		c.deadline = due.Add(c.o.Timeout / deadlineSlack)
		return c.conn.SetDeadline(c.deadline)
	}
	return nil
}

func (c *Conn) dial(now time.Time) error {
	dialer := net.Dialer{Deadline: now.Add(c.o.DialTimeout)}
	conn, err := dialer.Dial("tcp", c.addr)
	if err != nil {
		return err
	}
	if c.o.TLS != nil {
		config := c.o.TLS.Clone()
		if config.ServerName == "" {
			config.ServerName, _, _ = net.SplitHostPort(c.addr) // it was dialled, so it splits
		}
		conn = tls.Client(conn, config)
	}
	c.deadline = time.Time{}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.interrupted {
		_ = conn.Close() // nobody has used it
		return net.ErrClosed
	}
	c.conn = conn
	if c.in == nil {
		c.in = make([]byte, firstBufferBytes)
	}
	return nil
}
