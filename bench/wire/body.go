package wire

import "fmt"

// body reads the body that begins at from, and finishes the answer.
func (c *Conn) body(from int) error {
	a := &c.answer
	to := from
	var err error
	switch {
	case a.Status == 204 || a.Status == 304:
	case a.chunked:
		if to, err = c.chunks(from); err == nil {
			c.end = to // chunks has seen to it that nothing follows
		}
	case a.length >= 0:
		if a.length > c.o.MaxAnswerBytes {
			return ErrTooLarge
		}
		to = from + a.length
		err = c.fillTo(to)
	default:
		return ErrNoLength
	}
	if err != nil {
		return err
	}
	if c.end > to {
		return fmt.Errorf("%w: %d bytes past its end", ErrMalformed, c.end-to)
	}
	a.Body, a.ETag = c.in[from:to:to], c.in[a.etag.from:a.etag.to]
	return nil
}

// fillTo reads until the buffer holds the bytes up to to.
func (c *Conn) fillTo(to int) error {
	if to > len(c.in) {
		c.grow(max(to, 2*len(c.in)))
	}
	for c.end < to {
		if err := c.fill(); err != nil {
			return err
		}
	}
	return nil
}

// chunks reads a chunked body (RFC 9112, section 7.1), moves its chunks together where it began, and returns its end.
// Trailers are dropped.
func (c *Conn) chunks(from int) (int, error) {
	to, at := from, from // in[from:to] is joined, in[at:end] is to be read
	for {
		line, next, err := c.line(at, at+maxHeadBytes)
		if err != nil {
			return 0, err
		}
		size, ok := hexadecimal(line)
		if !ok {
			return 0, fmt.Errorf("%w: chunk size %q", ErrMalformed, line)
		}
		if size == 0 {
			return to, c.trailers(next)
		}
		if to-from+size > c.o.MaxAnswerBytes {
			return 0, ErrTooLarge
		}
		if err := c.fillTo(next + size + len("\r\n")); err != nil {
			return 0, err
		}
		if c.in[next+size] != '\r' || c.in[next+size+1] != '\n' {
			return 0, fmt.Errorf("%w: a chunk longer than it says", ErrMalformed)
		}
		to += copy(c.in[to:], c.in[next:next+size])
		// What follows moves up, too: framing of many small chunks must not fill the buffer.
		c.end = to + copy(c.in[to:], c.in[next+size+len("\r\n"):c.end])
		at = to
	}
}

// trailers reads up to the empty line that ends a chunked body.
func (c *Conn) trailers(at int) error {
	for limit := at + maxHeadBytes; ; {
		line, next, err := c.line(at, limit)
		if err != nil {
			return err
		}
		if at = next; len(line) > 0 {
			continue
		}
		if c.end > at {
			return fmt.Errorf("%w: %d bytes past its end", ErrMalformed, c.end-at)
		}
		return nil
	}
}

// hexadecimal reads a chunk's size in front of its extensions.
func hexadecimal(line []byte) (int, bool) {
	n, digits := 0, 0
	for _, d := range line {
		switch {
		case '0' <= d && d <= '9':
			d -= '0'
		case 'a' <= d && d <= 'f':
			d -= 'a' - 10
		case 'A' <= d && d <= 'F':
			d -= 'A' - 10
		case d == ';' || d == ' ' || d == '\t':
			return n, digits > 0
		default:
			return 0, false
		}
		if digits++; digits > 7 { // 256 MiB, far past any bound
			return 0, false
		}
		n = n<<4 | int(d)
	}
	return n, digits > 0
}
