package many

import (
	"bytes"
	"fmt"
	"net"
	"time"
)

// conn is a stream's connection, read and written by hand.
type conn struct {
	net.Conn
	timeout  time.Duration
	deadline time.Time
	in       []byte // what was read and not yet taken apart is in[at:end]
	at, end  int
	left     int // of the chunk that is being read
	tail     int // of a chunk's end, "\r\n", that is still to come
	data     []byte
	ended    bool // the last chunk has come
	out      []byte
}

// Sizes of buffers; answers to a few hundred operations come with one read.
const (
	inBytes   = 256 << 10
	headBytes = len("00000000\r\n") // of a chunk that is sent: its size has a fixed width
	maxLine   = 1 << 20
)

// open dials a node and opens a stream, within the timeout.
func (c *conn) open(addr string, msgpack bool) error {
	dialed, err := net.DialTimeout("tcp", addr, c.timeout)
	if err != nil {
		return err
	}
	in, out, data := c.in, c.out, c.data
	if in == nil {
		in = make([]byte, inBytes)
	}
	*c = conn{Conn: dialed, timeout: c.timeout, in: in, out: out, data: data[:0]}
	media := "application/x-ndjson"
	if msgpack {
		media = "application/msgpack"
	}
	head := "POST /v1/stream HTTP/1.1\r\nHost: " + addr + "\r\nContent-Type: " + media + "\r\nAccept: " + media +
		"\r\nTransfer-Encoding: chunked\r\n\r\n"
	if err := c.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return err
	}
	if _, err := c.Write([]byte(head)); err != nil {
		return err
	}
	return c.head()
}

// head reads the answer's head.
func (c *conn) head() error {
	for {
		if i := bytes.Index(c.in[:c.end], []byte("\r\n\r\n")); i >= 0 {
			if !bytes.HasPrefix(c.in, []byte("HTTP/1.1 200 ")) {
				return fmt.Errorf("%w: %q", ErrAnswer, c.in[:c.end])
			}
			if !bytes.Contains(bytes.ToLower(c.in[:i]), []byte("\r\ntransfer-encoding: chunked")) {
				return fmt.Errorf("%w: a stream that is not chunked", ErrAnswer)
			}
			c.at = i + len("\r\n\r\n")
			return nil
		}
		n, err := c.Read(c.in[c.end:])
		if c.end += n; err != nil {
			return err
		}
	}
}

// begin makes the buffer of the next chunk.
func (c *conn) begin() []byte {
	return append(c.out[:0], "00000000\r\n"...)
}

// send sends a chunk that begin began, unless it is empty.
func (c *conn) send(b []byte) error {
	c.out = b
	size := len(b) - headBytes
	if size == 0 {
		return nil
	}
	for i := headBytes - len("\r\n") - 1; i >= 0; i-- {
		c.out[i] = "0123456789abcdef"[size&15]
		size >>= 4
	}
	c.out = append(c.out, "\r\n"...)
	_, err := c.Conn.Write(c.out)
	return err
}

// finish sends the end of the stream.
func (c *conn) finish() error {
	_, err := c.Conn.Write([]byte("0\r\n\r\n"))
	return err
}

// receive waits for bytes, but not longer than for the timeout, and appends what they hold to data.
func (c *conn) receive(now time.Time) error {
	// A deadline costs timers in the runtime, so one serves many reads.
	if c.deadline.Sub(now) < c.timeout {
		c.deadline = now.Add(c.timeout + c.timeout/8)
		if err := c.SetDeadline(c.deadline); err != nil {
			return err
		}
	}
	if c.at == c.end {
		c.at, c.end = 0, 0
	}
	n, err := c.Read(c.in[c.end:])
	c.end += n
	if err != nil {
		return err
	}
	return c.dechunk()
}

// dechunk takes apart what was read.
func (c *conn) dechunk() error {
	for c.at < c.end && !c.ended {
		switch {
		case c.left > 0:
			n := min(c.left, c.end-c.at)
			c.data = append(c.data, c.in[c.at:c.at+n]...)
			c.at += n
			if c.left -= n; c.left == 0 {
				c.tail = len("\r\n")
			}
		case c.tail > 0:
			c.at++
			c.tail--
		default:
			i := bytes.IndexByte(c.in[c.at:c.end], '\n')
			if i < 0 {
				c.end = copy(c.in, c.in[c.at:c.end]) // a size in two pieces
				c.at = 0
				return nil
			}
			size, err := chunkSize(c.in[c.at : c.at+i])
			if err != nil {
				return err
			}
			c.at += i + 1
			c.left, c.ended = size, size == 0
		}
	}
	return nil
}

func chunkSize(line []byte) (n int, err error) {
	line = bytes.TrimRight(line, "\r")
	for _, d := range line {
		switch {
		case d >= '0' && d <= '9':
			n = n<<4 | int(d-'0')
		case d >= 'a' && d <= 'f':
			n = n<<4 | int(d-'a'+10)
		default:
			return 0, fmt.Errorf("%w: chunk size %q", ErrAnswer, line)
		}
	}
	if len(line) == 0 || len(line) > 7 {
		return 0, fmt.Errorf("%w: chunk size %q", ErrAnswer, line)
	}
	return n, nil
}
