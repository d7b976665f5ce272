package httpapi

import (
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendInteger writes msgpack's signed forms only, so that a reader without types meets one type of number.
func (w *writer) appendInteger(v int64) {
	if !w.msgpack {
		w.b = strconv.AppendInt(w.b, v, 10)
		return
	}
	switch {
	case v >= 0 && v < 128, v < 0 && v >= -32:
		w.b = append(w.b, byte(v))
	case v >= math.MinInt32 && v <= math.MaxInt32:
		w.b = binary.BigEndian.AppendUint32(append(w.b, 0xd2), uint32(v))
	default:
		w.b = binary.BigEndian.AppendUint64(append(w.b, 0xd3), uint64(v))
	}
}

// appendJSONText appends v as a JSON string, byte for byte as encoding/json does with SetEscapeHTML(false).
func appendJSONText(b []byte, v string) []byte {
	b = append(b, '"')
	plain := 0 // v[plain:i] needs no escaping and is not yet written
	for i := 0; i < len(v); {
		c := v[i]
		if c >= 0x20 && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			b = append(b, v[plain:i]...)
			b = appendEscaped(b, c)
			i++
			plain = i
			continue
		}
		r, size := utf8.DecodeRuneInString(v[i:])
		if r == utf8.RuneError && size == 1 {
			b = append(append(b, v[plain:i]...), `\ufffd`...)
			plain = i + 1
		} else if r == '\u2028' || r == '\u2029' {
			b = append(append(b, v[plain:i]...), `\u202`...)
			b = append(b, hexDigits[r&0xf])
			plain = i + size
		}
		i += size
	}
	b = append(b, v[plain:]...)
	return append(b, '"')
}

func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, '\\', 'b')
	case '\f':
		return append(b, '\\', 'f')
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
}
