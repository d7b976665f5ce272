package waitroom

import "encoding/binary"

// The package's own hashing: fixed for ever, since state hashes are compared between replicas of different builds.

var le = binary.LittleEndian

const (
	mixMultiplier = 0x9e3779b97f4a7c15
	mixFinal      = 0xd6e8feb86659fd93
)

// fold absorbs one word. For a fixed h it is a bijection of v, and the other way round.
func fold(h, v uint64) uint64 {
	h = (h ^ v) * mixMultiplier
	return h ^ h>>29
}

// finish spreads every bit of h over all of the result.
func finish(h uint64) uint64 {
	h ^= h >> 32
	h *= mixFinal
	h ^= h >> 32
	h *= mixFinal
	return h ^ h>>32
}

func foldText(h uint64, s string) uint64 {
	h = fold(h, uint64(len(s)))
	for len(s) > 0 {
		var word [8]byte
		s = s[copy(word[:], s):]
		h = fold(h, le.Uint64(word[:]))
	}
	return h
}

func foldBytes(h uint64, b []byte) uint64 {
	for ; len(b) >= 8; b = b[8:] {
		h = fold(h, le.Uint64(b))
	}
	return h
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
