package wire

import (
	"bytes"
	"fmt"
	"io"
	"time"
)

// Answer is what came back. Its slices are valid until the connection's next request.
type Answer struct {
	Status int
	Body   []byte
	// RetryAfter is 0 where the answer names none, or a date.
	RetryAfter time.Duration
	ETag       []byte // with its quotes; empty = none
	Revision   uint64 // Parterre-Revision; 0 where there is none
	Replayed   bool   // Idempotent-Replayed: the key was used before, and this is the first answer again
	Gzipped    bool   // the body is zipped, which the request allowed

	length  int // of the body; -1 = not said
	chunked bool
	closes  bool // the server closes the connection after this answer
	etag    span
}

// span is a place in the buffer, which may move while an answer is read.
type span struct{ from, to int }

// receive reads one answer, and leaves nothing unread.
func (c *Conn) receive() error {
	c.end = 0
	at := 0
	for {
		body, err := c.head(at)
		if err != nil {
			return err
		}
		// 100 Continue and its like are announcements, not answers.
		if a := &c.answer; a.Status >= 200 {
			return c.body(body)
		}
		at = body
	}
}

// head reads the head that begins at from, and returns where the body begins.
func (c *Conn) head(from int) (int, error) {
	c.answer = Answer{length: -1}
	at, first := from, true
	for {
		line, next, err := c.line(at, from+maxHeadBytes)
		if err != nil {
			return 0, err
		}
		switch {
		case first:
			if err := c.statusLine(line); err != nil {
				return 0, err
			}
			first = false
		case len(line) == 0:
			return next, nil
		default:
			if err := c.header(line, at); err != nil {
				return 0, err
			}
		}
		at = next
	}
}

// line is the line that begins at from without its end, and where the next one begins. It reads more if need be.
func (c *Conn) line(from, limit int) (line []byte, next int, err error) {
	searched := from
	for {
		if i := bytes.IndexByte(c.in[searched:c.end], '\n'); i >= 0 {
			line = c.in[from : searched+i]
			if n := len(line); n > 0 && line[n-1] == '\r' {
				line = line[:n-1]
			}
			return line, searched + i + 1, nil
		}
		searched = c.end
		if c.end >= limit {
			return nil, 0, fmt.Errorf("%w: a line or head without end", ErrTooLarge)
		}
		if err := c.fill(); err != nil {
			return nil, 0, err
		}
	}
}

// statusLine reads "HTTP/1.1 201 Created".
func (c *Conn) statusLine(line []byte) error {
	if len(line) < 12 || string(line[:9]) != "HTTP/1.1 " || len(line) > 12 && line[12] != ' ' {
		return fmt.Errorf("%w: status line %q", ErrMalformed, line)
	}
	status, ok := number(line[9:12], 999)
	if !ok || status < 100 {
		return fmt.Errorf("%w: status line %q", ErrMalformed, line)
	}
	c.answer.Status = int(status)
	return nil
}

// fill reads what is there, once, making room if there is none.
func (c *Conn) fill() error {
	if c.end == len(c.in) {
		if len(c.in) >= c.o.MaxAnswerBytes+2*maxHeadBytes {
			return ErrTooLarge
		}
		c.grow(2 * len(c.in))
	}
	n, err := c.conn.Read(c.in[c.end:])
	c.end += n
	if n > 0 {
		return nil
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}

func (c *Conn) grow(size int) {
	larger := make([]byte, size)
	copy(larger, c.in[:c.end])
	c.in = larger
}
