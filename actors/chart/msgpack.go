package chart

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// maxDepth bounds how deep msgpack values nest. A chart needs 7.
const maxDepth = 32

// ParseMsgpack reads a document from msgpack, with the names of JSON, and validates it. It is told as JSON first, so that
// both formats have one set of rules and one way to name a field; MaxDocumentBytes bounds that JSON, too. Errors as Parse.
func ParseMsgpack(data []byte) (*Document, error) {
	if len(data) > MaxDocumentBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(data), MaxDocumentBytes)
	}
	in := bytes.NewReader(data)
	t := &translator{dec: msgpack.NewDecoder(in)}
	err := t.value(maxDepth)
	if err == nil && in.Len() != 0 {
		err = errors.New("more bytes behind the document")
	}
	if errors.Is(err, ErrTooLarge) {
		return nil, err
	}
	if err != nil {
		return nil, &Malformed{Offset: int64(len(data) - in.Len()), Reason: err.Error()}
	}
	return Parse(t.out)
}

// translator tells msgpack as JSON.
type translator struct {
	dec *msgpack.Decoder
	out []byte
}

// value translates one value that nests at most depth deep.
func (t *translator) value(depth int) error {
	if depth == 0 {
		return fmt.Errorf("values nest deeper than %d", maxDepth)
	}
	if len(t.out) > MaxDocumentBytes {
		return fmt.Errorf("%w: more than %d bytes as JSON", ErrTooLarge, MaxDocumentBytes)
	}
	code, err := t.dec.PeekCode()
	if err != nil {
		return unexpected(err)
	}
	switch {
	case code == msgpcode.Nil:
		t.out = append(t.out, "null"...)
		return t.dec.DecodeNil()
	case code == msgpcode.True || code == msgpcode.False:
		v, err := t.dec.DecodeBool()
		t.out = strconv.AppendBool(t.out, v)
		return unexpected(err)
	case code == msgpcode.Uint64:
		v, err := t.dec.DecodeUint64()
		t.out = strconv.AppendUint(t.out, v, 10)
		return unexpected(err)
	case msgpcode.IsFixedNum(code) || code >= msgpcode.Uint8 && code <= msgpcode.Int64:
		v, err := t.dec.DecodeInt64()
		t.out = strconv.AppendInt(t.out, v, 10)
		return unexpected(err)
	case code == msgpcode.Float || code == msgpcode.Double:
		return t.float()
	case msgpcode.IsString(code):
		return t.text()
	case msgpcode.IsFixedArray(code) || code == msgpcode.Array16 || code == msgpcode.Array32:
		return t.list(depth)
	case msgpcode.IsFixedMap(code) || code == msgpcode.Map16 || code == msgpcode.Map32:
		return t.object(depth)
	}
	return fmt.Errorf("a chart has no values of type %#x", code)
}

// unexpected makes the end of the input in the middle of a value what it is.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (t *translator) float() error {
	v, err := t.dec.DecodeFloat64()
	if err != nil {
		return unexpected(err)
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return errors.New("a number that is not finite")
	}
	t.out = strconv.AppendFloat(t.out, v, 'g', -1, 64)
	return nil
}

func (t *translator) text() error {
	s, err := t.dec.DecodeString()
	if err != nil {
		return unexpected(err)
	}
	if !utf8.ValidString(s) {
		return errors.New("a text that is not UTF-8")
	}
	quoted, err := json.Marshal(s)
	t.out = append(t.out, quoted...)
	return err
}

func (t *translator) list(depth int) error {
	n, err := t.dec.DecodeArrayLen()
	if err != nil {
		return unexpected(err)
	}
	t.out = append(t.out, '[')
	for i := range n {
		if i > 0 {
			t.out = append(t.out, ',')
		}
		if err := t.value(depth - 1); err != nil {
			return err
		}
	}
	t.out = append(t.out, ']')
	return nil
}

func (t *translator) object(depth int) error {
	n, err := t.dec.DecodeMapLen()
	if err != nil {
		return unexpected(err)
	}
	t.out = append(t.out, '{')
	for i := range n {
		if i > 0 {
			t.out = append(t.out, ',')
		}
		if code, err := t.dec.PeekCode(); err != nil || !msgpcode.IsString(code) {
			return errors.Join(errors.New("want a text as a field's name"), unexpected(err))
		}
		if err := t.text(); err != nil {
			return err
		}
		t.out = append(t.out, ':')
		if err := t.value(depth - 1); err != nil {
			return err
		}
	}
	t.out = append(t.out, '}')
	return nil
}
