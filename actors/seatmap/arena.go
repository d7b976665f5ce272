package seatmap

import (
	"encoding/binary"
	"unsafe"
)

// text is a string in an arena: chunk number, then offset in the chunk. Zero is the empty string.
type text uint32

// arena keeps the callers' strings. It is write-once: a string that was handed out stays as it is, even after the arena
// has been compacted away, because a compaction fills a new arena.
type arena struct {
	chunks [][]byte // written up to their length, never beyond their capacity
	live   int      // bytes of strings that are still meant, with their lengths
	used   int      // bytes written, dead strings counted
}

const (
	arenaOffsetBits  = 16
	arenaChunkBytes  = 1 << arenaOffsetBits
	arenaFirstChunk  = 1 << 9
	arenaMostChunks  = 1 << (32 - arenaOffsetBits)
	arenaIdleGarbage = 16 << 10 // less garbage than this is left alone
	// maxTextBytes bounds the live strings of one event; with as much garbage they fit into the arena's numbers.
	maxTextBytes = 1 << 30
)

// textSize is what a string takes in an arena.
func textSize(s string) int {
	if s == "" {
		return 0
	}
	size := len(s) + 1
	for n := len(s); n >= 0x80; n >>= 7 {
		size++
	}
	return size
}

// put keeps a copy of s.
func (a *arena) put(s string) text {
	if s == "" {
		return 0
	}
	need := textSize(s)
	last := len(a.chunks) - 1
	if last < 0 || cap(a.chunks[last])-len(a.chunks[last]) < need || len(a.chunks[last]) >= arenaChunkBytes {
		size := arenaFirstChunk
		if last >= 0 {
			size = min(2*cap(a.chunks[last]), arenaChunkBytes)
		}
		a.chunks = append(a.chunks, make([]byte, 0, max(size, need+1)))
		last++
	}
	chunk := a.chunks[last]
	if last == 0 && len(chunk) == 0 {
		chunk = append(chunk, 0) // so that no string is at zero
	}
	at := text(last<<arenaOffsetBits | len(chunk))
	chunk = binary.AppendUvarint(chunk, uint64(len(s)))
	a.chunks[last] = append(chunk, s...)
	a.live += need
	a.used += need
	return at
}

// putBytes keeps a copy of b.
func (a *arena) putBytes(b []byte) text {
	if len(b) == 0 {
		return 0
	}
	return a.put(unsafe.String(&b[0], len(b)))
}

// get is the string at t; it shares the arena's memory.
func (a *arena) get(t text) string {
	if t == 0 {
		return ""
	}
	rest := a.chunks[t>>arenaOffsetBits][t&(arenaChunkBytes-1):]
	length, width := binary.Uvarint(rest)
	return unsafe.String(&rest[width], int(length))
}

// drop says that the string at t is not meant any more.
func (a *arena) drop(t text) { a.live -= textSize(a.get(t)) }

// wasteful reports whether a compaction would give back more than half.
func (a *arena) wasteful() bool {
	garbage := a.used - a.live
	return garbage > arenaIdleGarbage && garbage > a.live
}

// share returns a copy that never changes.
func (a *arena) share() arena {
	return arena{chunks: append([][]byte(nil), a.chunks...), live: a.live, used: a.used}
}

func (a *arena) heapBytes() int {
	bytes := cap(a.chunks) * int(unsafe.Sizeof([]byte{}))
	for _, chunk := range a.chunks {
		bytes += cap(chunk)
	}
	return bytes
}
