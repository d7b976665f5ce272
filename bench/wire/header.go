package wire

import (
	"bytes"
	"fmt"
	"math"
	"time"
)

// header reads one header line that begins at from, if the bench needs it.
func (c *Conn) header(line []byte, from int) error {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 {
		return fmt.Errorf("%w: header %q", ErrMalformed, line)
	}
	name, value := line[:colon], bytes.TrimSpace(line[colon+1:])
	a := &c.answer
	switch {
	case is(name, "content-length"):
		n, ok := number(value, math.MaxInt32)
		if !ok || a.length >= 0 && a.length != int(n) {
			return fmt.Errorf("%w: header %q", ErrMalformed, line)
		}
		a.length = int(n)
	case is(name, "transfer-encoding"):
		if !is(value, "chunked") {
			return fmt.Errorf("%w: header %q", ErrMalformed, line)
		}
		a.chunked = true
	case is(name, "connection"):
		a.closes = is(value, "close")
	case is(name, "retry-after"):
		// The other form, a date, is not what Parterre sends; a proxy's is left to the caller's own pause.
		if n, ok := number(value, maxRetryAfterSeconds); ok {
			a.RetryAfter = time.Duration(n) * time.Second
		}
	case is(name, "etag"):
		to := from + len(bytes.TrimRight(line, " \t"))
		a.etag = span{to - len(value), to}
	case is(name, "parterre-revision"):
		a.Revision, _ = number(value, math.MaxUint64) // what is no number is no revision
	case is(name, "content-encoding"):
		a.Gzipped = is(value, "gzip")
	case is(name, "idempotent-replayed"):
		a.Replayed = is(value, "true")
	}
	return nil
}

// maxRetryAfterSeconds bounds what is believed of a Retry-After.
const maxRetryAfterSeconds = 86_400

// is compares without regard to case; lower must be lower-case.
func is(text []byte, lower string) bool {
	if len(text) != len(lower) {
		return false
	}
	for i, b := range text {
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		if b != lower[i] {
			return false
		}
	}
	return true
}

// number reads a decimal number of at most limit.
func number(digits []byte, limit uint64) (n uint64, ok bool) {
	for _, d := range digits {
		v := uint64(d - '0')
		if d < '0' || d > '9' || n > (limit-v)/10 {
			return 0, false
		}
		n = n*10 + v
	}
	return n, len(digits) > 0
}
