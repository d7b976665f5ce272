package httpapi

import (
	"bytes"
	"encoding/binary"
)

// framer finds where the values of a stream end, before they are read: a value that has not come whole is not begun. It
// looks at each byte once, however small the pieces are in which they come.
type framer struct {
	msgpack bool
	limit   int // bytes of one value
	// What is known of the value that has not come whole: seen bytes of it were looked at, and so many values are still to
	// begin within it (msgpack).
	seen, owed int
}

// What is wrong with a stream's frames, for which there is no way to find the next value.
const (
	frameWhole = iota
	framePart  // more bytes must come
	frameLong
	frameBad
)

// next finds the value at the beginning of b: its length, with the line's end in JSON.
func (f *framer) next(b []byte) (length, verdict int) {
	if f.msgpack {
		length, verdict = f.nextMsgpack(b)
	} else {
		length, verdict = f.nextLine(b)
	}
	if verdict == framePart && len(b) >= f.limit || verdict == frameWhole && length > f.limit {
		return 0, frameLong
	}
	if verdict == frameWhole {
		f.seen, f.owed = 0, 0
	}
	return length, verdict
}

func (f *framer) nextLine(b []byte) (length, verdict int) {
	if i := bytes.IndexByte(b[f.seen:], '\n'); i >= 0 {
		return f.seen + i + 1, frameWhole
	}
	f.seen = len(b)
	return 0, framePart
}

// nextMsgpack steps over the heads of values and counts those that are owed: an array owes its elements.
func (f *framer) nextMsgpack(b []byte) (length, verdict int) {
	at, owed := f.seen, f.owed
	if at == 0 {
		owed = 1
	}
	for owed > 0 {
		if at >= len(b) {
			f.seen, f.owed = at, owed
			return 0, framePart
		}
		head, payload, elements := msgpackHead(b[at:])
		if head == 0 {
			f.seen, f.owed = at, owed
			return 0, framePart
		}
		if head < 0 {
			return 0, frameBad
		}
		if payload > f.limit || elements > f.limit {
			return 0, frameLong
		}
		if head+payload > len(b)-at {
			f.seen, f.owed = at, owed
			return 0, framePart
		}
		at += head + payload
		owed += elements - 1
		if owed > f.limit {
			return 0, frameLong
		}
	}
	return at, frameWhole
}

// msgpackHead is the length of a value's head, of what follows it as bytes, and the number of values that follow it. A
// head of 0 has not come whole; a negative one is of a kind that no body has.
func msgpackHead(b []byte) (head, payload, elements int) {
	c := b[0]
	switch {
	case c <= 0x7f, c >= 0xe0, c == 0xc0, c == 0xc2, c == 0xc3:
		return 1, 0, 0
	case c <= 0x8f:
		return 1, 0, 2 * int(c&0x0f)
	case c <= 0x9f:
		return 1, 0, int(c & 0x0f)
	case c <= 0xbf:
		return 1, int(c & 0x1f), 0
	case c >= 0xcc && c <= 0xcf:
		return 1, 1 << (c - 0xcc), 0
	case c >= 0xd0 && c <= 0xd3:
		return 1, 1 << (c - 0xd0), 0
	case c == 0xca:
		return 1, 4, 0
	case c == 0xcb:
		return 1, 8, 0
	}
	size, kind := 0, c
	switch c {
	case 0xd9:
		size = 1
	case 0xda, 0xdc, 0xde:
		size = 2
	case 0xdb, 0xdd, 0xdf:
		size = 4
	default:
		return -1, 0, 0
	}
	if len(b) < 1+size {
		return 0, 0, 0
	}
	n := 0
	switch size {
	case 1:
		n = int(b[1])
	case 2:
		n = int(binary.BigEndian.Uint16(b[1:]))
	default:
		n = int(binary.BigEndian.Uint32(b[1:]))
	}
	switch kind {
	case 0xd9, 0xda, 0xdb:
		return 1 + size, n, 0
	case 0xdc, 0xdd:
		return 1 + size, 0, n
	}
	return 1 + size, 0, 2 * n
}
