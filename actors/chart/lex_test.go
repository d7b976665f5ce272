package chart

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// libraryToken is how encoding/json's next token would look here.
func libraryToken(t *testing.T, dec *json.Decoder) token {
	t.Helper()
	next, err := dec.Token()
	if errors.Is(err, io.EOF) {
		return token{}
	}
	if err != nil {
		t.Fatal(err)
	}
	switch v := next.(type) {
	case json.Delim:
		return token{kind: byte(v)}
	case string:
		return token{kind: kindText, text: v}
	case json.Number:
		return token{kind: kindNumber, text: v.String()}
	case bool:
		if v {
			return token{kind: kindTrue}
		}
		return token{kind: kindFalse}
	}
	return token{kind: kindNull}
}

func FuzzLexerCutsAsTheLibraryDoes(f *testing.F) {
	for _, text := range []string{
		`{"a": [1, -2.5e+3, "x\"\\\u00e9\ud83d\ude00", true, false, null, {}, []], "": "b"}`, `"\\"`, ` 0 `, "[\"\\ud800\"\n,\t1\r]",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || !json.Valid([]byte(text)) {
			return
		}
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		l := lexer{rest: text}
		for {
			want, got := libraryToken(t, dec), l.next()
			if got != want {
				t.Fatalf("%q, want %q", got, want)
			}
			if want.kind == kindEnd {
				return
			}
		}
	})
}
