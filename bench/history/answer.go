package history

import (
	"encoding/json"
	"time"
)

// AnsweredWith is Answered with the body of an answer in JSON, a hold, an order or a problem, of which it reads the id, the
// state, places, deadline, reference and revision, or the code and the places named. It does not allocate. An error says that a 2xx
// body cannot be read; the operation is then unknown to the audit, which is as if no answer had come.
//
// A status of 200 for a confirmation sets FlagRepeated: the hold was an order before.
func (o *Op) AnsweredWith(c *Chart, status int, body []byte, now int64) (decided bool, err error) {
	s := scanner{b: body}
	code := CodeNone
	if len(body) > 0 {
		o.Given, o.Deadline, o.State = o.Given[:0], 0, StateNone
		code = o.readBody(c, &s)
	}
	if s.bad && status < 300 {
		o.Broke(now)
		o.Status = uint16(status)
		return false, ErrAnswer
	}
	if status >= 300 && code == CodeNone {
		code = CodeOther // a proxy's answer
	}
	if o.Kind == KindConfirm && status == 200 {
		o.Flags |= FlagRepeated
	}
	return o.Answered(status, code, now), nil
}

// readBody reads the members that the history keeps.
func (o *Op) readBody(c *Chart, s *scanner) (code Code) {
	for first := s.enter('{'); s.more('}', &first); {
		switch name := s.name(); string(name) {
		case "hold", "order":
			if id, ok := ParseID(s.text()); ok {
				o.ID = id
			}
		case "state":
			o.State = stateOf(s.text())
		case "places":
			for first := s.enter('['); s.more(']', &first); {
				o.readPlace(c, s)
			}
		case "expires_at":
			if s.peek() == '"' {
				o.Deadline = unixMillis(s.text())
			} else {
				s.skip()
			}
		case "reference":
			if text := s.text(); len(text) > 0 {
				o.Reference = Digest(text)
			}
		case "revision":
			o.Revision = s.number()
		case "code":
			code = CodeOf(s.text())
		case "seats":
			for first := s.enter('['); s.more(']', &first); {
				o.Give(Number(c, s.text()))
			}
		default:
			s.skip()
		}
	}
	return code
}

func (o *Op) readPlace(c *Chart, s *scanner) {
	number, quantity := NoPlace, uint32(1)
	for first := s.enter('{'); s.more('}', &first); {
		switch name := s.name(); string(name) {
		case "seat", "table", "area":
			number = Number(c, s.text())
		case "quantity":
			quantity = uint32(s.number())
		default:
			s.skip()
		}
	}
	o.GivePlaces(number, quantity)
}

func stateOf(word []byte) State {
	switch string(word) {
	case "held":
		return StateHeld
	case "confirmed":
		return StateConfirmed
	case "released":
		return StateReleased
	case "expired":
		return StateLapsed
	case "cancelled":
		return StateCancelled
	}
	return StateNone
}

// unixMillis reads RFC 3339 in UTC with milliseconds, as API v1 writes times; 0 if it is anything else.
func unixMillis(text []byte) int64 {
	const form = "0000-00-00T00:00:00.000Z"
	if len(text) != len(form) {
		return 0
	}
	var parts [7]int
	part := 0
	for i, c := range text {
		switch {
		case form[i] != '0':
			if c != form[i] {
				return 0
			}
			part++
		case c < '0' || c > '9':
			return 0
		default:
			parts[part] = parts[part]*10 + int(c-'0')
		}
	}
	p := parts
	return time.Date(p[0], time.Month(p[1]), p[2], p[3], p[4], p[5], p[6]*int(time.Millisecond), time.UTC).UnixMilli()
}

// scanner walks through JSON without allocating. After the first byte that does not fit, bad is set and nothing moves.
type scanner struct {
	b     []byte
	at    int
	depth int
	bad   bool
}

// maxDepth bounds nesting: answers have three levels.
const maxDepth = 16

func (s *scanner) fail() { s.bad, s.at = true, len(s.b) }

// peek is the next byte that is not white space, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.at < len(s.b); s.at++ {
		switch s.b[s.at] {
		case ' ', '\t', '\n', '\r':
		default:
			return s.b[s.at]
		}
	}
	return 0
}

func (s *scanner) expect(c byte) {
	if s.peek() != c {
		s.fail()
		return
	}
	s.at++
}

// enter begins an object or array; its result is for more.
func (s *scanner) enter(begin byte) (first bool) {
	s.expect(begin)
	if s.depth++; s.depth > maxDepth {
		s.fail()
	}
	return true
}

// more says whether another member or element follows; if not, it ends the object or array.
func (s *scanner) more(end byte, first *bool) bool {
	if s.peek() == end {
		s.at++
		s.depth--
		return false
	}
	if !*first {
		s.expect(',')
	}
	*first = false
	return !s.bad
}

// name reads a member's name, up to its value.
func (s *scanner) name() []byte {
	name := s.text()
	s.expect(':')
	return name
}

// text reads a string. Only one with escapes is copied.
func (s *scanner) text() []byte {
	s.expect('"')
	from, escaped := s.at, false
	for ; s.at < len(s.b); s.at++ {
		switch s.b[s.at] {
		case '\\':
			escaped = true
			s.at++
		case '"':
			raw := s.b[from:s.at]
			s.at++
			if !escaped {
				return raw
			}
			var plain string
			if json.Unmarshal(s.b[from-1:s.at], &plain) != nil {
				s.fail()
			}
			return []byte(plain)
		}
	}
	s.fail()
	return nil
}

// number reads a whole number of at least 0.
func (s *scanner) number() (n uint64) {
	if c := s.peek(); c < '0' || c > '9' {
		s.fail()
		return 0
	}
	for ; s.at < len(s.b) && s.b[s.at] >= '0' && s.b[s.at] <= '9'; s.at++ {
		n = n*10 + uint64(s.b[s.at]-'0')
	}
	return n
}

// skip reads any value.
func (s *scanner) skip() {
	switch s.peek() {
	case '"':
		s.text()
	case '{':
		for first := s.enter('{'); s.more('}', &first); {
			s.name()
			s.skip()
		}
	case '[':
		for first := s.enter('['); s.more(']', &first); {
			s.skip()
		}
	case 0:
		s.fail()
	default:
		from := s.at
		for s.at < len(s.b) && isWord(s.b[s.at]) {
			s.at++
		}
		if s.at == from {
			s.fail()
		}
	}
}

// isWord says whether a byte can be part of a number, true, false or null.
func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '-' || c == '+' || c == '.' || c == 'E'
}
