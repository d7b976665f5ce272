package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// Conn is one keep-alive HTTP/1.1 connection with one request under way at a time. Not for several goroutines.
type Conn struct {
	addr    string
	timeout time.Duration
	conn    net.Conn
	reader  *bufio.Reader
	request []byte
	body    []byte
}

// maxBodyBytes bounds an answer; the hot routes answer with a few hundred bytes.
const maxBodyBytes = 1 << 20

// errNoLength says that an answer cannot be delimited by this lean reader.
var errNoLength = errors.New("load: answer without Content-Length")

// NewConn makes a connection to host:port; it is dialled at the first request, and again after an error.
func NewConn(addr string, timeout time.Duration) *Conn {
	return &Conn{addr: addr, timeout: timeout}
}

// Close closes the connection.
func (c *Conn) Close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

// Post sends a JSON body and reads the answer. The body returned is valid until the next call. After an error the
// outcome is unknown: ask again with the same key.
func (c *Conn) Post(path, key []byte, body []byte) (status int, answer []byte, err error) {
	if c.conn == nil {
		conn, err := net.DialTimeout("tcp", c.addr, c.timeout)
		if err != nil {
			return 0, nil, err
		}
		c.conn, c.reader = conn, bufio.NewReaderSize(conn, 4096)
	}
	if err := c.send(path, key, body); err != nil {
		c.Close()
		return 0, nil, err
	}
	status, answer, err = c.receive()
	if err != nil {
		c.Close()
	}
	return status, answer, err
}

func (c *Conn) send(path, key, body []byte) error {
	b := append(c.request[:0], "POST "...)
	b = append(b, path...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, c.addr...)
	b = append(b, "\r\nContent-Type: application/json\r\n"...)
	if len(key) > 0 {
		b = append(b, "Idempotency-Key: "...)
		b = append(b, key...)
		b = append(b, "\r\n"...)
	}
	b = append(b, "Content-Length: "...)
	b = strconv.AppendInt(b, int64(len(body)), 10)
	b = append(b, "\r\n\r\n"...)
	b = append(b, body...)
	c.request = b
	if err := c.conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return err
	}
	_, err := c.conn.Write(b)
	return err
}

func (c *Conn) receive() (int, []byte, error) {
	line, err := c.reader.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	// "HTTP/1.1 201 Created"
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, nil, fmt.Errorf("load: not an HTTP/1.1 status line: %q", line)
	}
	status, err := atoi(line[9:12])
	if err != nil {
		return 0, nil, err
	}
	length := -1
	for {
		line, err := c.reader.ReadSlice('\n')
		if err != nil {
			return 0, nil, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if value, ok := header(line, "content-length:"); ok {
			if length, err = atoi(value); err != nil {
				return 0, nil, err
			}
		}
	}
	if status == 204 {
		length = 0
	}
	if length < 0 || length > maxBodyBytes {
		return 0, nil, errNoLength
	}
	if cap(c.body) < length {
		c.body = make([]byte, length)
	}
	c.body = c.body[:length]
	_, err = io.ReadFull(c.reader, c.body)
	return status, c.body, err
}

// header is the value of a header line if it has that name, which must be lower-case with its colon.
func header(line []byte, name string) ([]byte, bool) {
	if len(line) < len(name) || !bytes.EqualFold(line[:len(name)], []byte(name)) {
		return nil, false
	}
	return bytes.TrimSpace(line[len(name):]), true
}

// atoi reads a small decimal number without allocating.
func atoi(digits []byte) (int, error) {
	n := 0
	for _, d := range digits {
		if d < '0' || d > '9' || n > maxBodyBytes {
			return 0, fmt.Errorf("load: not a number: %q", digits)
		}
		n = n*10 + int(d-'0')
	}
	if len(digits) == 0 {
		return 0, errors.New("load: empty number")
	}
	return n, nil
}
