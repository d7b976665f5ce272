package pack

import "encoding/binary"

// First bytes of the msgpack forms that this package knows.
const (
	formFixArray = 0x90
	formFixText  = 0xa0
	formNil      = 0xc0
	formFalse    = 0xc2
	formTrue     = 0xc3
	formBin8     = 0xc4
	formBin16    = 0xc5
	formBin32    = 0xc6
	formUint8    = 0xcc
	formUint16   = 0xcd
	formUint32   = 0xce
	formUint64   = 0xcf
	formInt8     = 0xd0
	formInt16    = 0xd1
	formInt32    = 0xd2
	formInt64    = 0xd3
	formText8    = 0xd9
	formText16   = 0xda
	formText32   = 0xdb
	formArray16  = 0xdc
	formArray32  = 0xdd
)

// AppendNil appends nil.
func AppendNil(b []byte) []byte { return append(b, formNil) }

// AppendBool appends a boolean.
func AppendBool(b []byte, v bool) []byte {
	if v {
		return append(b, formTrue)
	}
	return append(b, formFalse)
}

// AppendArray appends the header of an array of n values; the values follow.
func AppendArray(b []byte, n int) []byte {
	switch {
	case n < 16:
		return append(b, formFixArray|byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, formArray16), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(b, formArray32), uint32(n))
}

// AppendUint appends a number that is not negative.
func AppendUint(b []byte, v uint64) []byte {
	switch {
	case v < 1<<7:
		return append(b, byte(v))
	case v < 1<<8:
		return append(b, formUint8, byte(v))
	case v < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, formUint16), uint16(v))
	case v < 1<<32:
		return binary.BigEndian.AppendUint32(append(b, formUint32), uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(b, formUint64), v)
}

// AppendInt appends a number of either sign.
func AppendInt(b []byte, v int64) []byte {
	switch {
	case v >= 0:
		return AppendUint(b, uint64(v))
	case v >= -32:
		return append(b, byte(v))
	case v >= -1<<7:
		return append(b, formInt8, byte(v))
	case v >= -1<<15:
		return binary.BigEndian.AppendUint16(append(b, formInt16), uint16(v))
	case v >= -1<<31:
		return binary.BigEndian.AppendUint32(append(b, formInt32), uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(b, formInt64), uint64(v))
}

// AppendString appends a text.
func AppendString(b []byte, s string) []byte {
	return append(AppendStringHeader(b, len(s)), s...)
}

// AppendStringHeader appends the header of a text of n bytes; the bytes follow.
func AppendStringHeader(b []byte, n int) []byte {
	switch {
	case n < 32:
		return append(b, formFixText|byte(n))
	case n < 1<<8:
		return append(b, formText8, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, formText16), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(b, formText32), uint32(n))
}

// AppendBytes appends binary data.
func AppendBytes(b, data []byte) []byte {
	n := len(data)
	switch {
	case n < 1<<8:
		b = append(b, formBin8, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, formBin16), uint16(n))
	default:
		b = binary.BigEndian.AppendUint32(append(b, formBin32), uint32(n))
	}
	return append(b, data...)
}
