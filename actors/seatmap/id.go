package seatmap

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// ID names a hold and the order that the hold becomes. It is chosen before the command is proposed (a UUIDv7, RFC 9562)
// and never inside the state machine, so that every replica sees the same one.
type ID [16]byte

// Key is the digest of the idempotency key that was chosen before a command's first attempt: the first 16 bytes of the
// SHA-256 of the caller's key, or a random UUID where the caller gave none.
type Key [16]byte

// IDTextLength is the length of an ID as text.
const IDTextLength = 26

// crockford is Crockford's base 32: no I, L, O or U, so that an id can be read out over a telephone.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ErrMalformedID says that a text is not an ID.
var ErrMalformedID = errors.New("seatmap: not an id: want 26 characters of Crockford base 32")

// IsZero reports whether no id is set.
func (id ID) IsZero() bool { return id == ID{} }

// String is the id as 26 characters of Crockford base 32, sortable by time of creation, as ULIDs are.
func (id ID) String() string { return string(id.AppendText(make([]byte, 0, IDTextLength))) }

// AppendText appends the 26 characters of String to b.
func (id ID) AppendText(b []byte) []byte {
	// 128 bits in 26 characters of five bits: the first character carries only three.
	hi, lo := binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])
	var text [IDTextLength]byte
	for i := IDTextLength - 1; i >= 0; i-- {
		text[i] = crockford[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return append(b, text[:]...)
}

// ParseID reads the text form of an ID: exactly 26 upper-case characters of Crockford base 32, at most 128 bits.
func ParseID(text string) (ID, error) {
	if len(text) != IDTextLength || text[0] > '7' {
		return ID{}, ErrMalformedID
	}
	var hi, lo uint64
	for i := range len(text) {
		v := crockfordValues[text[i]]
		if v < 0 {
			return ID{}, ErrMalformedID
		}
		hi = hi<<5 | lo>>59
		lo = lo<<5 | uint64(v)
	}
	var id ID
	binary.BigEndian.PutUint64(id[:8], hi)
	binary.BigEndian.PutUint64(id[8:], lo)
	return id, nil
}

// String is the key's digest in hexadecimal, for logs.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// crockfordValues is the value of each digit; -1 = no digit.
var crockfordValues = func() (values [256]int8) {
	for i := range values {
		values[i] = -1
	}
	for i := range len(crockford) {
		values[crockford[i]] = int8(i)
	}
	return values
}()
