package chart

import (
	"encoding/json"
	"strings"
)

// token is a piece of JSON: an opening or closing bracket, or a value that is none of objects and lists.
type token struct {
	kind byte   // one of { } [ ], or one of the kinds below
	text string // a text's content, or a number's literal
}

// Kinds of tokens besides the four brackets.
const (
	kindEnd    = 0
	kindText   = '"'
	kindNumber = '0'
	kindTrue   = 't'
	kindFalse  = 'f'
	kindNull   = 'n'
)

// word says what kind of value begins with t.
func (t token) word() string {
	switch t.kind {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case kindText:
		return "a text"
	case kindNumber:
		return "a number"
	case kindNull:
		return "null"
	}
	return "true or false"
}

// lexer cuts JSON into tokens. The JSON is known to be valid UTF-8 and valid JSON, so that commas and colons are mere
// space to it, and nothing can go wrong. A venue has millions of tokens: those of encoding/json cost several times as
// much, most of it in allocations.
type lexer struct{ rest string }

// peek passes over space and tells the next token's first byte, or kindEnd.
func (l *lexer) peek() byte {
	for i := range len(l.rest) {
		switch l.rest[i] {
		case ' ', '\t', '\n', '\r', ',', ':':
		default:
			l.rest = l.rest[i:]
			return l.rest[0]
		}
	}
	l.rest = ""
	return kindEnd
}

// next yields the next token; its text aliases the document unless it has escapes.
func (l *lexer) next() token {
	switch c := l.peek(); c {
	case kindEnd:
		return token{}
	case '{', '}', '[', ']':
		l.rest = l.rest[1:]
		return token{kind: c}
	case kindTrue, kindFalse, kindNull:
		l.rest = l.rest[len("true"):]
		if c == kindFalse {
			l.rest = l.rest[len("e"):]
		}
		return token{kind: c}
	case kindText:
		return token{kind: kindText, text: l.quoted()}
	}
	end := strings.IndexAny(l.rest, ",:]} \t\n\r")
	if end < 0 {
		end = len(l.rest)
	}
	literal := l.rest[:end]
	l.rest = l.rest[end:]
	return token{kind: kindNumber, text: literal}
}

// quoted reads a text.
func (l *lexer) quoted() string {
	escaped := false
	end := 1
	for l.rest[end] != '"' {
		if l.rest[end] == '\\' {
			escaped = true
			end++
		}
		end++
	}
	raw := l.rest[:end+1]
	l.rest = l.rest[end+1:]
	if !escaped {
		return raw[1:end]
	}
	var s string
	_ = json.Unmarshal([]byte(raw), &s) // cannot fail: the document is valid
	return s
}
