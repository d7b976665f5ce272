package command

import (
	"errors"
	"fmt"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/parterre/parterre/actors/command/pack"
)

var (
	_ msgpack.CustomEncoder = (*Command)(nil)
	_ msgpack.CustomDecoder = (*Command)(nil)
	_ msgpack.CustomEncoder = (*Result)(nil)
	_ msgpack.CustomDecoder = (*Result)(nil)
)

// EncodeMsgpack writes c into a msgpack stream. It is the slow road, for streams that hold other things too.
func (c *Command) EncodeMsgpack(enc *msgpack.Encoder) error {
	return enc.Encode(msgpack.RawMessage(AppendCommand(nil, c)))
}

// DecodeMsgpack reads c from a msgpack stream, into memory of its own.
func (c *Command) DecodeMsgpack(dec *msgpack.Decoder) error {
	b, err := appendValue(nil, dec, maxDepth)
	if err != nil {
		return err
	}
	return NewDecoder(b).Command(c)
}

// EncodeMsgpack writes r into a msgpack stream. It is the slow road, for streams that hold other things too.
func (r *Result) EncodeMsgpack(enc *msgpack.Encoder) error {
	return enc.Encode(msgpack.RawMessage(AppendResult(nil, r)))
}

// DecodeMsgpack reads r from a msgpack stream, into memory of its own.
func (r *Result) DecodeMsgpack(dec *msgpack.Decoder) error {
	b, err := appendValue(nil, dec, maxDepth)
	if err != nil {
		return err
	}
	return NewDecoder(b).Result(r)
}

// maxDepth is how deep the format nests: array, patch, config, prices, price, and what is in that.
const maxDepth = 6

var errDepth = errors.New("command: values nest too deep")

// appendValue copies the next value of a stream. The library's own way (DecodeRaw) recurses as deep as the input
// nests, and a stack that overflows cannot be caught.
func appendValue(b []byte, dec *msgpack.Decoder, depth int) ([]byte, error) {
	if depth == 0 {
		return b, errDepth
	}
	code, err := dec.PeekCode()
	if err != nil {
		return b, err
	}
	switch {
	case code == msgpcode.Nil:
		return pack.AppendNil(b), dec.DecodeNil()
	case code == msgpcode.Uint64:
		v, err := dec.DecodeUint64()
		return pack.AppendUint(b, v), err
	case msgpcode.IsFixedNum(code) || code >= msgpcode.Uint8 && code <= msgpcode.Int64:
		v, err := dec.DecodeInt64()
		return pack.AppendInt(b, v), err
	case msgpcode.IsString(code):
		v, err := dec.DecodeString()
		return pack.AppendString(b, v), err
	case msgpcode.IsBin(code):
		v, err := dec.DecodeBytes()
		return pack.AppendBytes(b, v), err
	case msgpcode.IsFixedArray(code) || code == msgpcode.Array16 || code == msgpcode.Array32:
		n, err := dec.DecodeArrayLen()
		b = pack.AppendArray(b, n)
		for i := 0; i < n && err == nil; i++ {
			b, err = appendValue(b, dec, depth-1)
		}
		return b, err
	}
	return b, fmt.Errorf("%w: %#x", pack.ErrForm, code)
}
