package httpapi

// token is the kind of a value in a body.
type token uint8

const (
	tokenBad token = iota // the body is malformed, or ends here
	tokenObject
	tokenArray
	tokenText
	tokenNumber
	tokenBool
	tokenNull
)

// source yields the values of one body in order, in either format. After anything malformed, peek is tokenBad for ever
// and err says why. The texts it yields alias the body, which never changes.
//
// It is no interface: every value of every request goes by it, and calls that are known are cheaper.
type source struct {
	msgpack bool
	json    jsonSource
	pack    msgpackSource
}

// reset makes s read a body.
func (s *source) reset(body string, msgpack bool) {
	if s.msgpack = msgpack; msgpack {
		s.pack = msgpackSource{body: body}
		return
	}
	s.json = jsonSource{body: body}
}

// cursor is a place in an object or array.
type cursor struct {
	left   int // msgpack: elements to come
	object bool
	first  bool
}

func (s *source) peek() token {
	if s.msgpack {
		return s.pack.peek()
	}
	return s.json.peek()
}

// open begins the object or array that peek saw.
func (s *source) open() cursor {
	if s.msgpack {
		return s.pack.open()
	}
	return s.json.open()
}

// more reports whether there is another element; it comes next.
func (s *source) more(c *cursor) bool {
	if s.msgpack {
		return s.pack.more(c)
	}
	return s.json.more(c)
}

// key is the name of an element of an object.
func (s *source) key() string {
	if s.msgpack {
		return s.pack.key()
	}
	return s.json.key()
}

// text is the text that peek saw.
func (s *source) text() string {
	if s.msgpack {
		return s.pack.text()
	}
	return s.json.text()
}

// integer is the number that peek saw; false = it is not a whole one of 64 bits.
func (s *source) integer() (int64, bool) {
	if s.msgpack {
		return s.pack.integer()
	}
	return s.json.integer()
}

// boolean is the truth value that peek saw.
func (s *source) boolean() bool {
	if s.msgpack {
		return s.pack.boolean()
	}
	return s.json.boolean()
}

// null steps over the null that peek saw.
func (s *source) null() {
	if s.msgpack {
		s.pack.null()
		return
	}
	s.json.null()
}

// end reports whether nothing follows.
func (s *source) end() bool {
	if s.msgpack {
		return s.pack.end()
	}
	return s.json.end()
}

// fail makes the source malformed.
func (s *source) fail(why string) {
	if s.msgpack {
		s.pack.fail(why)
		return
	}
	s.json.fail(why)
}

// err is why the body is malformed, or "".
func (s *source) err() string {
	if s.msgpack {
		return s.pack.why
	}
	return s.json.why
}

// mark is where the value begins that peek saw.
func (s *source) mark() int {
	if s.msgpack {
		return s.pack.at
	}
	return s.json.at
}

// rewind goes to a mark, of a source that is well-formed so far.
func (s *source) rewind(mark int) {
	if s.msgpack {
		s.pack.at = mark
		return
	}
	s.json.at = mark
}

// since is the bytes from a mark up to here.
func (s *source) since(mark int) string {
	if s.msgpack {
		return s.pack.body[mark:s.pack.at]
	}
	return s.json.body[mark:s.json.at]
}
