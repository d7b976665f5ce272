package history

import "encoding/binary"

// ID is a hold's id, and that of the order which the hold becomes: the 128 bits behind its text.
type ID [16]byte

// idTextLength is the length of an id as text.
const idTextLength = 26

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var crockfordValue = func() (values [256]int8) {
	for i := range values {
		values[i] = -1
	}
	for i := range len(crockford) {
		values[crockford[i]] = int8(i)
	}
	return values
}()

// ParseID reads 26 characters of Crockford base 32; it does not allocate.
func ParseID[T string | []byte](text T) (id ID, ok bool) {
	if len(text) != idTextLength || text[0] > '7' {
		return ID{}, false
	}
	var hi, lo uint64
	for i := range idTextLength {
		v := crockfordValue[text[i]]
		if v < 0 {
			return ID{}, false
		}
		hi, lo = hi<<5|lo>>59, lo<<5|uint64(v)
	}
	binary.BigEndian.PutUint64(id[:8], hi)
	binary.BigEndian.PutUint64(id[8:], lo)
	return id, true
}

// IsZero says that there is no id.
func (id ID) IsZero() bool { return id == ID{} }

// String is the id as text.
func (id ID) String() string { return string(id.AppendText(make([]byte, 0, idTextLength))) }

// AppendText appends the id's text to b.
func (id ID) AppendText(b []byte) []byte {
	hi, lo := binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])
	var text [idTextLength]byte
	for i := idTextLength - 1; i >= 0; i-- {
		text[i] = crockford[lo&31]
		hi, lo = hi>>5, lo>>5|hi<<59
	}
	return append(b, text[:]...)
}
