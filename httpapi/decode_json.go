package httpapi

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonSource reads a body of JSON (RFC 8259). Beyond the grammar it refuses lone surrogates and bytes that are not
// UTF-8, which would turn two different labels into one.
type jsonSource struct {
	body string
	at   int
	why  string
}

func (s *jsonSource) fail(why string) {
	if s.why == "" {
		s.why = why + " (byte " + strconv.Itoa(s.at) + ")"
	}
	s.at = len(s.body)
}

func (s *jsonSource) space() {
	if s.at < len(s.body) && s.body[s.at] > ' ' {
		return
	}
	s.skipSpace()
}

func (s *jsonSource) skipSpace() {
	for s.at < len(s.body) {
		switch s.body[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

func (s *jsonSource) peek() token {
	s.space()
	if s.at >= len(s.body) {
		s.fail("it ends too early")
		return tokenBad
	}
	switch c := s.body[s.at]; {
	case c == '{':
		return tokenObject
	case c == '[':
		return tokenArray
	case c == '"':
		return tokenText
	case c == '-' || c >= '0' && c <= '9':
		return tokenNumber
	case c == 't' || c == 'f':
		return tokenBool
	case c == 'n':
		return tokenNull
	}
	s.fail("a value was expected")
	return tokenBad
}

func (s *jsonSource) open() cursor {
	object := s.body[s.at] == '{'
	s.at++
	return cursor{object: object, first: true}
}

func (s *jsonSource) more(c *cursor) bool {
	s.space()
	if s.at >= len(s.body) {
		s.fail("it ends too early")
		return false
	}
	closing := byte(']')
	if c.object {
		closing = '}'
	}
	switch got := s.body[s.at]; {
	case got == closing:
		s.at++
		return false
	case c.first:
		c.first = false
		return true
	case got == ',':
		s.at++
		return true
	}
	s.fail("a comma or an end was expected")
	return false
}

func (s *jsonSource) key() string {
	s.space()
	if s.at >= len(s.body) || s.body[s.at] != '"' {
		s.fail("a field's name was expected")
		return ""
	}
	name := s.text()
	s.space()
	if s.at >= len(s.body) || s.body[s.at] != ':' {
		s.fail("a colon was expected")
		return ""
	}
	s.at++
	return name
}

// text reads a string; one without escapes, which is nearly every one, is a piece of the body.
func (s *jsonSource) text() string {
	s.at++
	start, ascii := s.at, true
	for s.at += plainLength(s.body[s.at:]); s.at < len(s.body); s.at++ {
		switch c := s.body[s.at]; {
		case c == '"':
			v := s.body[start:s.at]
			s.at++
			if !ascii && !utf8.ValidString(v) {
				s.fail("a string is not UTF-8")
			}
			return v
		case c == '\\':
			return s.escapedText(start)
		case c < 0x20:
			s.fail("a control character stands in a string")
			return ""
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	s.fail("a string does not end")
	return ""
}

// escapedText reads the rest of a string that began at start and has its first backslash at s.at.
func (s *jsonSource) escapedText(start int) string {
	var b strings.Builder
	b.WriteString(s.body[start:s.at])
	for s.at < len(s.body) {
		c := s.body[s.at]
		s.at++
		switch {
		case c == '"':
			if v := b.String(); utf8.ValidString(v) {
				return v
			}
			s.fail("a string is not UTF-8")
			return ""
		case c < 0x20:
			s.fail("a control character stands in a string")
			return ""
		case c != '\\':
			b.WriteByte(c)
		default:
			r, ok := s.escape()
			if !ok {
				s.fail("a bad escape stands in a string")
				return ""
			}
			b.WriteRune(r)
		}
	}
	s.fail("a string does not end")
	return ""
}

// escape reads what follows a backslash.
func (s *jsonSource) escape() (rune, bool) {
	if s.at >= len(s.body) {
		return 0, false
	}
	c := s.body[s.at]
	s.at++
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'u':
		return s.unicodeEscape()
	}
	return 0, false
}

func (s *jsonSource) unicodeEscape() (rune, bool) {
	high, ok := s.fourHex()
	if !ok || !utf16.IsSurrogate(high) {
		return high, ok
	}
	if !strings.HasPrefix(s.body[s.at:], `\u`) {
		return 0, false
	}
	s.at += 2
	low, ok := s.fourHex()
	r := utf16.DecodeRune(high, low)
	return r, ok && r != utf8.RuneError
}

func (s *jsonSource) fourHex() (rune, bool) {
	if len(s.body)-s.at < 4 {
		return 0, false
	}
	v, err := strconv.ParseUint(s.body[s.at:s.at+4], 16, 32)
	s.at += 4
	return rune(v), err == nil
}

// integer reads a number. One with a fraction or an exponent is a number, but not a whole one: 1.0 is refused too.
func (s *jsonSource) integer() (int64, bool) {
	start, whole := s.at, true
	if s.body[s.at] == '-' {
		s.at++
	}
	digits := s.digits()
	if digits == 0 || digits > 1 && s.body[s.at-digits] == '0' {
		s.fail("a number is malformed")
		return 0, false
	}
	if s.at < len(s.body) && s.body[s.at] == '.' {
		s.at++
		if whole = false; s.digits() == 0 {
			s.fail("a number is malformed")
			return 0, false
		}
	}
	if s.at < len(s.body) && (s.body[s.at] == 'e' || s.body[s.at] == 'E') {
		s.at++
		if s.at < len(s.body) && (s.body[s.at] == '+' || s.body[s.at] == '-') {
			s.at++
		}
		if whole = false; s.digits() == 0 {
			s.fail("a number is malformed")
			return 0, false
		}
	}
	if !whole {
		return 0, false
	}
	v, err := strconv.ParseInt(s.body[start:s.at], 10, 64)
	return v, err == nil
}

func (s *jsonSource) digits() int {
	start := s.at
	for s.at < len(s.body) && s.body[s.at] >= '0' && s.body[s.at] <= '9' {
		s.at++
	}
	return s.at - start
}

func (s *jsonSource) boolean() bool {
	v := s.body[s.at] == 't'
	if v {
		s.literal("true")
	} else {
		s.literal("false")
	}
	return v
}

func (s *jsonSource) null() { s.literal("null") }

func (s *jsonSource) literal(word string) {
	if !strings.HasPrefix(s.body[s.at:], word) {
		s.fail("a value was expected")
		return
	}
	s.at += len(word)
}

func (s *jsonSource) end() bool {
	s.space()
	return s.at == len(s.body)
}
