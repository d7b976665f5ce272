package seatmap

import (
	"encoding/binary"
	"math/bits"
)

// The package's own hashing: fixed for ever, since state hashes are compared between replicas of different builds.

var le = binary.LittleEndian

const (
	mixMultiplier = 0x9e3779b97f4a7c15
	mixFinal      = 0xd6e8feb86659fd93
)

// fold absorbs one word. For a fixed h it is a bijection of v, and the other way round: two elements that differ in one
// word never fold to the same value.
func fold(h, v uint64) uint64 {
	h = (h ^ v) * mixMultiplier
	return h ^ h>>29
}

// finish spreads every bit of h over all of the result; it is a bijection, too.
func finish(h uint64) uint64 {
	h ^= h >> 32
	h *= mixFinal
	h ^= h >> 32
	h *= mixFinal
	return h ^ h>>32
}

// hashText hashes the bytes of s, eight at a time.
func hashText(s string) uint64 {
	h := fold(mixFinal, uint64(len(s)))
	for len(s) >= 8 {
		h = fold(h, word(s))
		s = s[8:]
	}
	var rest uint64
	for i := range len(s) {
		rest |= uint64(s[i]) << (8 * i)
	}
	return finish(fold(h, rest))
}

func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// hashID hashes an id or a key for an index. Ids begin with a time, so both halves are mixed.
func hashID(id [16]byte) uint64 {
	lo, hi := le.Uint64(id[:8]), le.Uint64(id[8:])
	return finish(lo*mixMultiplier ^ bits.RotateLeft64(hi, 32))
}

func pair(lo, hi uint32) uint64 { return uint64(lo) | uint64(hi)<<32 }
