package pack

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// Reader is a cursor over a buffer of msgpack values. Its zero value is at the end of an empty buffer. After the first
// error every method yields a zero value and Err tells that error, until Reset.
type Reader struct {
	buf []byte
	off int
	err error
}

// NewReader is a Reader at the start of b.
func NewReader(b []byte) *Reader { return &Reader{buf: b} }

// Reset puts r at the start of b and forgets its error.
func (r *Reader) Reset(b []byte) { *r = Reader{buf: b} }

// Err is the first error, or nil.
func (r *Reader) Err() error { return r.err }

// Offset is how many bytes were read.
func (r *Reader) Offset() int { return r.off }

// Remaining is how many bytes are left.
func (r *Reader) Remaining() int { return len(r.buf) - r.off }

// Fail makes err, which is about the value that begins at the given offset, the reader's error unless it has one.
func (r *Reader) Fail(offset int, err error) {
	if r.err == nil {
		r.err = &Error{Offset: offset, Err: err}
	}
}

// Array reads the header of an array and yields its length: at most limit, and at most the number of bytes left, since
// no value is shorter than one byte.
func (r *Reader) Array(limit int) int {
	start := r.off
	form := r.form()
	var n uint64
	switch {
	case form&0xf0 == formFixArray:
		n = uint64(form & 0x0f)
	case form == formArray16:
		n = r.bigEndian(2)
	case form == formArray32:
		n = r.bigEndian(4)
	default:
		r.Fail(start, ErrForm)
	}
	return r.length(start, n, limit)
}

// String reads a text of at most limit bytes. It aliases the buffer.
func (r *Reader) String(limit int) string {
	start := r.off
	form := r.form()
	var n uint64
	switch {
	case form&0xe0 == formFixText:
		n = uint64(form & 0x1f)
	case form == formText8:
		n = r.bigEndian(1)
	case form == formText16:
		n = r.bigEndian(2)
	case form == formText32:
		n = r.bigEndian(4)
	default:
		r.Fail(start, ErrForm)
	}
	data := r.take(r.length(start, n, limit))
	return unsafe.String(unsafe.SliceData(data), len(data))
}

// Bytes reads binary data of at most limit bytes. It aliases the buffer; its capacity is its length.
func (r *Reader) Bytes(limit int) []byte {
	start := r.off
	var n uint64
	switch r.form() {
	case formBin8:
		n = r.bigEndian(1)
	case formBin16:
		n = r.bigEndian(2)
	case formBin32:
		n = r.bigEndian(4)
	default:
		r.Fail(start, ErrForm)
	}
	return r.take(r.length(start, n, limit))
}

// Fixed reads binary data of exactly len(dst) bytes into dst.
func (r *Reader) Fixed(dst []byte) {
	start := r.off
	data := r.Bytes(len(dst))
	if r.err == nil && len(data) != len(dst) {
		r.Fail(start, ErrRange)
	}
	copy(dst, data)
}

// Bool reads a boolean.
func (r *Reader) Bool() bool {
	start := r.off
	switch r.form() {
	case formTrue:
		return true
	case formFalse:
	default:
		r.Fail(start, ErrForm)
	}
	return false
}

// Nil consumes a nil and reports true, or consumes nothing.
func (r *Reader) Nil() bool {
	if r.err != nil || r.off >= len(r.buf) || r.buf[r.off] != formNil {
		return false
	}
	r.off++
	return true
}

// Uint reads a number from 0 to limit.
func (r *Reader) Uint(limit uint64) uint64 {
	start := r.off
	v, negative := r.number()
	if negative || v > limit {
		r.Fail(start, ErrRange)
		return 0
	}
	return v
}

// Int reads a number from least to most.
func (r *Reader) Int(least, most int64) int64 {
	start := r.off
	v, negative := r.number()
	n := int64(v)
	if !negative && v > math.MaxInt64 || n < least || n > most {
		r.Fail(start, ErrRange)
		return 0
	}
	return n
}

// number reads any integer form: the value's bits in two's complement, and whether it is below zero.
func (r *Reader) number() (bits uint64, negative bool) {
	start := r.off
	form := r.form()
	switch {
	case form < 0x80:
		return uint64(form), false
	case form >= 0xe0:
		bits = uint64(int64(int8(form)))
	case form >= formUint8 && form <= formUint64:
		return r.bigEndian(1 << (form - formUint8)), false
	case form == formInt8:
		bits = uint64(int64(int8(r.bigEndian(1))))
	case form == formInt16:
		bits = uint64(int64(int16(r.bigEndian(2))))
	case form == formInt32:
		bits = uint64(int64(int32(r.bigEndian(4))))
	case form == formInt64:
		bits = r.bigEndian(8)
	default:
		r.Fail(start, ErrForm)
	}
	return bits, int64(bits) < 0
}

// form reads the first byte of a value. After an error it is one that no method takes for anything but a zero.
func (r *Reader) form() byte {
	if r.err != nil {
		return 0
	}
	if r.off >= len(r.buf) {
		r.Fail(r.off, ErrTruncated)
		return 0
	}
	form := r.buf[r.off]
	r.off++
	return form
}

// bigEndian reads a number of 1, 2, 4 or 8 bytes.
func (r *Reader) bigEndian(size int) uint64 {
	data := r.take(size)
	if data == nil {
		return 0
	}
	switch size {
	case 1:
		return uint64(data[0])
	case 2:
		return uint64(binary.BigEndian.Uint16(data))
	case 4:
		return uint64(binary.BigEndian.Uint32(data))
	}
	return binary.BigEndian.Uint64(data)
}

// length checks a length before anything is made of it.
func (r *Reader) length(start int, n uint64, limit int) int {
	switch {
	case r.err != nil:
		return 0
	case n > uint64(max(limit, 0)):
		r.Fail(start, ErrTooLong)
		return 0
	case n > uint64(r.Remaining()):
		r.Fail(start, ErrTruncated)
		return 0
	}
	return int(n)
}

// take consumes n bytes, or yields nil at an error.
func (r *Reader) take(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n > r.Remaining() {
		r.Fail(r.off, ErrTruncated)
		return nil
	}
	data := r.buf[r.off : r.off+n : r.off+n]
	r.off += n
	return data
}
