package command

import "github.com/vmihailenco/msgpack/v5"

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
	raw, err := dec.DecodeRaw()
	if err != nil {
		return err
	}
	return NewDecoder(raw).Command(c)
}

// EncodeMsgpack writes r into a msgpack stream. It is the slow road, for streams that hold other things too.
func (r *Result) EncodeMsgpack(enc *msgpack.Encoder) error {
	return enc.Encode(msgpack.RawMessage(AppendResult(nil, r)))
}

// DecodeMsgpack reads r from a msgpack stream, into memory of its own.
func (r *Result) DecodeMsgpack(dec *msgpack.Decoder) error {
	raw, err := dec.DecodeRaw()
	if err != nil {
		return err
	}
	return NewDecoder(raw).Result(r)
}
