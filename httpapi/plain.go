package httpapi

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// plainLength is the number of characters at the beginning of a text that mean nothing in a JSON string and are none to
// look at in a line of text: ASCII but controls, quotes and backslashes. Eight of them are looked at together ("SIMD
// within a register", L. Lamport, "Multiple byte processing with full-word instructions", CACM 18(8), 1975).
func plainLength(text string) int {
	const (
		each  = 0x0101010101010101
		highs = 0x80 * each
	)
	b := unsafe.Slice(unsafe.StringData(text), len(text)) // read only
	at := 0
	for ; len(b)-at >= 8; at += 8 {
		// In each byte of a sum the high bit is set where the byte is one of those looked for, and maybe in bytes above it.
		x := binary.LittleEndian.Uint64(b[at:])
		quote, backslash, del := x^('"'*each), x^('\\'*each), x^(0x7f*each)
		odd := (x - ' '*each) | (quote - each) | (backslash - each) | (del - each)
		if odd = (odd &^ (x & highs)) | x; odd&highs != 0 {
			return at + bits.TrailingZeros64(odd&highs)/8
		}
	}
	for ; at < len(b); at++ {
		if c := b[at]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			break
		}
	}
	return at
}
