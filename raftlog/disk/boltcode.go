package disk

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/hashicorp/raft"
)

// appendBoltEntry appends an entry byte for byte as raft-boltdb's codec does (go-msgpack without extensions, with its newer
// form of times): a map of raft.Log's fields in the order of their names.
func appendBoltEntry(b []byte, entry *raft.Log) []byte {
	b = append(b, 0x86)
	b = appendBoltTime(appendBoltName(b, "AppendedAt"), entry.AppendedAt)
	b = appendBoltBytes(appendBoltName(b, "Data"), entry.Data)
	b = appendBoltBytes(appendBoltName(b, "Extensions"), entry.Extensions)
	b = appendBoltNumber(appendBoltName(b, "Index"), entry.Index)
	b = appendBoltNumber(appendBoltName(b, "Term"), entry.Term)
	return appendBoltNumber(appendBoltName(b, "Type"), uint64(entry.Type))
}

func appendBoltName(b []byte, name string) []byte {
	return append(append(b, 0xa0|byte(len(name))), name...)
}

func appendBoltBytes(b, v []byte) []byte {
	switch {
	case v == nil:
		return append(b, 0xc0)
	case len(v) < 32:
		b = append(b, 0xa0|byte(len(v)))
	case len(v) <= math.MaxUint16:
		b = binary.BigEndian.AppendUint16(append(b, 0xda), uint16(len(v)))
	default:
		b = binary.BigEndian.AppendUint32(append(b, 0xdb), uint32(len(v)))
	}
	return append(b, v...)
}

func appendBoltNumber(b []byte, v uint64) []byte {
	switch {
	case v <= math.MaxInt8:
		return append(b, byte(v))
	case v <= math.MaxUint8:
		return append(b, 0xcc, byte(v))
	case v <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, 0xcd), uint16(v))
	case v <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(b, 0xce), uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(b, 0xcf), v)
}

// appendBoltTime appends a moment in the bytes of msgpack's timestamp of 32, 64 or 96 bits.
func appendBoltTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, 0xc0)
	}
	const secondBits = 34
	seconds, nanos := t.Unix(), uint64(t.Nanosecond())
	if seconds < 0 || seconds>>secondBits != 0 {
		b = binary.BigEndian.AppendUint32(append(b, 0xa0|12), uint32(nanos))
		return binary.BigEndian.AppendUint64(b, uint64(seconds))
	}
	both := nanos<<secondBits | uint64(seconds)
	if both <= math.MaxUint32 {
		return binary.BigEndian.AppendUint32(append(b, 0xa0|4), uint32(both))
	}
	return binary.BigEndian.AppendUint64(append(b, 0xa0|8), both)
}
