package httpapi

import (
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf8"
)

// msgpackSource reads a body of msgpack (github.com/msgpack/msgpack/blob/master/spec.md) by hand rather than by a
// library, so that texts alias the body and lengths are held against what is there before anything is made of them.
// Binaries and extensions are refused: no body of the contract has one.
type msgpackSource struct {
	body string
	at   int
	why  string
}

func (s *msgpackSource) fail(why string) {
	if s.why == "" {
		s.why = why + " (byte " + strconv.Itoa(s.at) + ")"
	}
	s.at = len(s.body)
}

func (s *msgpackSource) peek() token {
	if s.at >= len(s.body) {
		s.fail("it ends too early")
		return tokenBad
	}
	switch c := s.body[s.at]; {
	case c <= 0x7f, c >= 0xe0, c >= 0xca && c <= 0xd3:
		return tokenNumber
	case c <= 0x8f, c == 0xde, c == 0xdf:
		return tokenObject
	case c <= 0x9f, c == 0xdc, c == 0xdd:
		return tokenArray
	case c <= 0xbf, c >= 0xd9 && c <= 0xdb:
		return tokenText
	case c == 0xc0:
		return tokenNull
	case c == 0xc2, c == 0xc3:
		return tokenBool
	}
	s.fail("binaries and extensions are not taken")
	return tokenBad
}

// take reads an unsigned big-endian number of n bytes.
func (s *msgpackSource) take(n int) uint64 {
	if len(s.body)-s.at < n {
		s.fail("it ends too early")
		return 0
	}
	var b [8]byte
	copy(b[8-n:], s.body[s.at:s.at+n])
	s.at += n
	return binary.BigEndian.Uint64(b[:])
}

func (s *msgpackSource) open() cursor {
	c := s.body[s.at]
	s.at++
	var n uint64
	object := false
	switch {
	case c <= 0x8f:
		n, object = uint64(c&0x0f), true
	case c <= 0x9f:
		n = uint64(c & 0x0f)
	case c == 0xde:
		n, object = s.take(2), true
	case c == 0xdf:
		n, object = s.take(4), true
	case c == 0xdc:
		n = s.take(2)
	default:
		n = s.take(4)
	}
	if n > uint64(len(s.body)-s.at) { // every element has a byte at least
		s.fail("it ends too early")
		n = 0
	}
	return cursor{left: int(n), object: object}
}

func (s *msgpackSource) more(c *cursor) bool {
	if c.left == 0 {
		return false
	}
	c.left--
	return true
}

func (s *msgpackSource) key() string {
	if s.peek() != tokenText {
		s.fail("a field's name was expected")
		return ""
	}
	return s.text()
}

func (s *msgpackSource) text() string {
	c := s.body[s.at]
	s.at++
	var n uint64
	switch {
	case c <= 0xbf:
		n = uint64(c & 0x1f)
	case c == 0xd9:
		n = s.take(1)
	case c == 0xda:
		n = s.take(2)
	default:
		n = s.take(4)
	}
	if n > uint64(len(s.body)-s.at) {
		s.fail("it ends too early")
		return ""
	}
	v := s.body[s.at : s.at+int(n)]
	s.at += int(n)
	if !utf8.ValidString(v) {
		s.fail("a string is not UTF-8")
		return ""
	}
	return v
}

// integer reads a number; floats are numbers, but not whole ones, whatever their value.
func (s *msgpackSource) integer() (int64, bool) {
	c := s.body[s.at]
	s.at++
	switch {
	case c <= 0x7f, c >= 0xe0:
		return int64(int8(c)), true
	case c == 0xca:
		s.take(4)
		return 0, false
	case c == 0xcb:
		s.take(8)
		return 0, false
	case c <= 0xcf:
		v := s.take(1 << (c - 0xcc))
		return int64(v), v <= math.MaxInt64 && s.why == ""
	}
	n := 1 << (c - 0xd0)
	v := s.take(n)
	shift := 64 - 8*n
	return int64(v<<shift) >> shift, s.why == ""
}

func (s *msgpackSource) boolean() bool {
	s.at++
	return s.body[s.at-1] == 0xc3
}

func (s *msgpackSource) null() { s.at++ }

func (s *msgpackSource) end() bool { return s.at == len(s.body) }
