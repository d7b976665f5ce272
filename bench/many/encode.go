package many

import (
	"encoding/binary"
	"strconv"
)

// reference is what every order of a run is paid by.
const reference = "bench"

// coder writes operations in JSON or msgpack.
type coder struct {
	msgpack bool
	keyless bool
	prefix  string
}

// operation appends the slot's step; id < 0 = without one, as in a batch.
func (c *coder) operation(b []byte, s *slot, id int) []byte {
	if c.msgpack {
		return c.packOperation(b, s, id)
	}
	if id >= 0 {
		b = strconv.AppendInt(append(b, `{"id":`...), int64(id), 10)
		b = append(b, `,"op":`...)
	} else {
		b = append(b, `{"op":`...)
	}
	if s.step == Hold {
		b = append(b, `"hold","event":`...)
	} else {
		b = append(b, `"confirm","event":`...)
	}
	b = quoted(b, s.order.Event)
	if !c.keyless {
		b = append(append(b, `,"key":"`...), c.prefix...)
		b = append(strconv.AppendInt(b, s.key, 36), '"')
	}
	b = append(b, `,"body":`...)
	if s.step == Confirm {
		b = append(append(b, `{"hold":"`...), s.order.hold[:]...)
		return append(b, `","reference":"`+reference+`"}}`...)
	}
	if len(s.order.Seats) == 0 {
		b = strconv.AppendInt(append(b, `{"best_available":{"quantity":`...), int64(s.order.Quantity), 10)
		return append(b, `}}}`...)
	}
	b = append(b, `{"seats":[`...)
	for i, label := range s.order.Seats {
		if i > 0 {
			b = append(b, ',')
		}
		b = quoted(b, label)
	}
	return append(b, `]}}`...)
}

// quoted appends a text of which nothing needs escaping: event keys never do, and labels of the bench's venues.
func quoted(b []byte, text string) []byte {
	return append(append(append(b, '"'), text...), '"')
}

// packOperation is operation in msgpack.
func (c *coder) packOperation(b []byte, s *slot, id int) []byte {
	fields := byte(3)
	if id >= 0 {
		fields++
	}
	if !c.keyless {
		fields++
	}
	b = append(b, 0x80|fields)
	if id >= 0 {
		b = packInt(packText(b, "id"), id)
	}
	b = packText(b, "op")
	if s.step == Hold {
		b = packText(b, "hold")
	} else {
		b = packText(b, "confirm")
	}
	b = packText(packText(b, "event"), s.order.Event)
	if !c.keyless {
		b = packText(b, "key")
		at := len(b)
		b = append(append(b, 0xd9, 0), c.prefix...)
		b = strconv.AppendInt(b, s.key, 36)
		b[at+1] = byte(len(b) - at - 2)
	}
	b = packText(b, "body")
	if s.step == Confirm {
		b = packText(append(b, 0x82), "hold")
		b = append(append(b, 0xd9, idBytes), s.order.hold[:]...)
		return packText(packText(b, "reference"), reference)
	}
	if len(s.order.Seats) == 0 {
		b = packText(append(b, 0x81), "best_available")
		return packInt(packText(append(b, 0x81), "quantity"), s.order.Quantity)
	}
	b = packText(append(b, 0x81), "seats")
	b = packArray(b, len(s.order.Seats))
	for _, label := range s.order.Seats {
		b = packText(b, label)
	}
	return b
}

func packText(b []byte, text string) []byte {
	if len(text) < 32 {
		b = append(b, 0xa0|byte(len(text)))
	} else {
		b = append(b, 0xd9, byte(len(text))) // labels and event keys have at most 128 bytes
	}
	return append(b, text...)
}

func packInt(b []byte, n int) []byte {
	if n < 128 {
		return append(b, byte(n))
	}
	return binary.BigEndian.AppendUint32(append(b, 0xce), uint32(n))
}

func packArray(b []byte, n int) []byte {
	return binary.BigEndian.AppendUint16(append(b, 0xdc), uint16(n))
}
