package many

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// answer is what a step was answered with; its slices are pieces of the buffer that it was read from.
type answer struct {
	id     int // -1 = none
	status int
	last   bool // the node's last word on a stream
	hold   []byte
	body   []byte
}

var (
	statusName = []byte(`"status":`)
	bodyName   = []byte(`"body":`)
	holdName   = []byte(`{"hold":"`)
	lastWord   = []byte(`"last":true`)
)

// readJSON reads one answer without its line's end. It relies on the order in which nodes write the fields, which is
// checked, so that it need not look at every byte.
func (a *answer) readJSON(line []byte) bool {
	*a = answer{id: -1}
	rest := line
	if after, ok := bytes.CutPrefix(rest, []byte(`{"id":`)); ok {
		if a.id, rest, ok = leadingInt(after); !ok || len(rest) == 0 {
			return false
		}
		rest = rest[1:]
	} else if rest = rest[min(1, len(rest)):]; len(rest) == 0 {
		return false
	}
	after, ok := bytes.CutPrefix(rest, statusName)
	if !ok {
		return false
	}
	if a.status, rest, ok = leadingInt(after); !ok {
		return false
	}
	at := bytes.Index(rest, bodyName)
	if at < 0 {
		return false
	}
	a.last = bytes.Contains(rest[:at], lastWord)
	a.body = rest[at+len(bodyName) : len(rest)-1]
	if after, ok := bytes.CutPrefix(a.body, holdName); ok && len(after) >= idBytes {
		a.hold = after[:idBytes]
	}
	return true
}

func leadingInt(b []byte) (n int, rest []byte, ok bool) {
	i := 0
	for ; i < len(b) && b[i] >= '0' && b[i] <= '9' && n < 1<<30; i++ {
		n = n*10 + int(b[i]-'0')
	}
	return n, b[i:], i > 0
}

// readMsgpack reads the answer at the beginning of b and returns its length, 0 if it has not come whole.
func (a *answer) readMsgpack(b []byte) (length int, err error) {
	*a = answer{id: -1}
	p := packed{b: b}
	for fields := p.length(0x80, 0xde); fields > 0; fields-- {
		switch string(p.text()) {
		case "id":
			a.id = p.int()
		case "status":
			a.status = p.int()
		case "last":
			a.last = true
			p.skip()
		case "body":
			from := p.at
			a.hold = p.hold()
			a.body = b[min(from, len(b)):p.at]
		default:
			p.skip()
		}
	}
	switch {
	case p.cut:
		return 0, nil
	case p.bad:
		return 0, fmt.Errorf("%w: %x", ErrAnswer, b[:min(len(b), 64)])
	}
	return p.at, nil
}

// packed walks through msgpack. When bytes are missing it stands still at the end, and cut is set.
type packed struct {
	b        []byte
	at       int
	bad, cut bool
}

// take steps over n bytes.
func (p *packed) take(n int) []byte {
	if n > len(p.b)-p.at {
		p.at, p.cut = len(p.b), true
		return nil
	}
	p.at += n
	return p.b[p.at-n : p.at]
}

func (p *packed) byte() byte {
	if b := p.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (p *packed) uint(bytes int) int {
	b := p.take(bytes)
	if b == nil {
		return 0
	}
	switch bytes {
	case 1:
		return int(b[0])
	case 2:
		return int(binary.BigEndian.Uint16(b))
	case 4:
		return int(binary.BigEndian.Uint32(b))
	}
	return int(binary.BigEndian.Uint64(b))
}

// length is the number of elements of a map (short 0x80, long 0xde) or array (0x90, 0xdc).
func (p *packed) length(short, long byte) int {
	switch c := p.byte(); {
	case p.cut:
	case c&0xf0 == short:
		return int(c & 0x0f)
	case c == long:
		return p.uint(2)
	case c == long+1:
		return p.uint(4)
	default:
		p.bad = true
	}
	return 0
}

func (p *packed) text() []byte {
	switch c := p.byte(); {
	case p.cut:
	case c&0xe0 == 0xa0:
		return p.take(int(c & 0x1f))
	case c >= 0xd9 && c <= 0xdb:
		return p.take(p.uint(1 << (c - 0xd9)))
	default:
		p.bad = true
	}
	return nil
}

func (p *packed) int() int {
	switch c := p.byte(); {
	case c < 0x80:
		return int(c)
	case c >= 0xcc && c <= 0xcf:
		return p.uint(1 << (c - 0xcc))
	case c >= 0xd0 && c <= 0xd3:
		return p.uint(1 << (c - 0xd0))
	}
	p.bad = true
	return 0
}

// hold steps over a body and returns the hold's id if it is a hold: then that is its first field.
func (p *packed) hold() (id []byte) {
	if p.at >= len(p.b) {
		p.cut = true
		return nil
	}
	if c := p.b[p.at]; c&0xf0 != 0x80 && c != 0xde {
		p.skip()
		return nil
	}
	fields := p.length(0x80, 0xde)
	for i := range fields {
		name := p.text()
		if i == 0 && string(name) == "hold" {
			id = p.text()
			continue
		}
		p.skip()
	}
	return id
}

// skip steps over a value, with all that it holds.
func (p *packed) skip() {
	for left := 1; left > 0 && !p.bad && !p.cut; left-- {
		switch c := p.byte(); {
		case c <= 0x7f, c >= 0xe0, c == 0xc0, c == 0xc2, c == 0xc3:
		case c <= 0x8f:
			left += 2 * int(c&0x0f)
		case c <= 0x9f:
			left += int(c & 0x0f)
		case c <= 0xbf:
			p.take(int(c & 0x1f))
		case c == 0xca:
			p.take(4)
		case c == 0xcb:
			p.take(8)
		case c >= 0xcc && c <= 0xcf:
			p.take(1 << (c - 0xcc))
		case c >= 0xd0 && c <= 0xd3:
			p.take(1 << (c - 0xd0))
		case c >= 0xd9 && c <= 0xdb:
			p.take(p.uint(1 << (c - 0xd9)))
		case c == 0xdc, c == 0xdd:
			left += p.uint(2 << (c - 0xdc))
		case c == 0xde, c == 0xdf:
			left += 2 * p.uint(2<<(c-0xde))
		default:
			p.bad = true
		}
	}
}
