package link

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/parterre/parterre/actors/command/pack"
)

// Version is the version of the frames that this package writes, and the newest that it reads.
const Version = 1

// frameType is what a frame is. Numbers stand on the wire: never renumber, only append.
type frameType uint8

const (
	typeRequest        frameType = 1 // commands to be decided
	typeAnswer         frameType = 2 // their results
	typeExchange       frameType = 3 // a payload for the cluster's status exchange
	typeExchangeAnswer frameType = 4
	typePing           frameType = 5 // are you there?
	typePong           frameType = 6
)

// prefixBytes is what stands before a frame's body: its length and its CRC32C, big endian.
const prefixBytes = 8

// Lengths of the arrays of each type, without commands and results.
const (
	requestHead  = 6 // version, type, frame id, partition, remaining, n
	answerHead   = 5 // version, type, frame id, decided, code
	exchangeHead = 4 // version, type, frame id, payload
	pingHead     = 3 // version, type, frame id
)

// castagnoli is the polynomial that CPUs have an instruction for (RFC 3720).
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// The msgpack forms of fixed width that a head is written in, so that it can be filled in when its frame is full. A
// reader accepts every form.
const (
	formArray16 = 0xdc
	formUint8   = 0xcc
	formUint16  = 0xcd
	formUint32  = 0xce
	formUint64  = 0xcf
)

// Offsets from a frame's first byte to the values that are filled in at the end.
const (
	requestArrayAt     = prefixBytes + 1
	requestRemainingAt = prefixBytes + 3 + 2 + 9 + 5 + 1
	requestCountAt     = requestRemainingAt + 4 + 1
)

// beginRequest appends prefix and head of a request frame whose numbers finishRequest fills in.
func beginRequest(b []byte, id uint64, partition uint32) []byte {
	b = append(b, make([]byte, prefixBytes)...)
	b = append(b, formArray16, 0, 0, Version, byte(typeRequest), formUint64)
	b = binary.BigEndian.AppendUint64(b, id)
	b = append(b, formUint32)
	b = binary.BigEndian.AppendUint32(b, partition)
	return append(b, formUint32, 0, 0, 0, 0, formUint16, 0, 0)
}

// finishRequest fills in the head of the request frame that begins at start and ends b.
func finishRequest(b []byte, start int, remainingMillis uint32, commands int) {
	f := b[start:]
	binary.BigEndian.PutUint16(f[requestArrayAt:], uint16(requestHead+commands))
	binary.BigEndian.PutUint32(f[requestRemainingAt:], remainingMillis)
	binary.BigEndian.PutUint16(f[requestCountAt:], uint16(commands))
	seal(b, start)
}

// appendAnswerHead appends prefix and head of an answer frame; the results follow, then seal.
func appendAnswerHead(b []byte, id uint64, decided int, c code) []byte {
	b = append(b, make([]byte, prefixBytes)...)
	b = append(b, formArray16)
	b = binary.BigEndian.AppendUint16(b, uint16(answerHead+decided))
	b = append(b, Version, byte(typeAnswer), formUint64)
	b = binary.BigEndian.AppendUint64(b, id)
	b = append(b, formUint16)
	b = binary.BigEndian.AppendUint16(b, uint16(decided))
	return append(b, formUint8, byte(c))
}

// appendExchange appends a whole frame of typeExchange or typeExchangeAnswer.
func appendExchange(b []byte, t frameType, id uint64, payload []byte) []byte {
	start := len(b)
	b = append(b, make([]byte, prefixBytes)...)
	b = pack.AppendArray(b, exchangeHead)
	b = append(b, Version, byte(t))
	b = pack.AppendUint(b, id)
	b = pack.AppendBytes(b, payload)
	seal(b, start)
	return b
}

// appendPing appends a whole frame of typePing or typePong.
func appendPing(b []byte, t frameType, id uint64) []byte {
	start := len(b)
	b = append(b, make([]byte, prefixBytes)...)
	b = pack.AppendArray(b, pingHead)
	b = append(b, Version, byte(t))
	b = pack.AppendUint(b, id)
	seal(b, start)
	return b
}

// seal fills in the prefix of the frame that begins at start and ends b.
func seal(b []byte, start int) {
	body := b[start+prefixBytes:]
	binary.BigEndian.PutUint32(b[start:], uint32(len(body)))
	binary.BigEndian.PutUint32(b[start+4:], crc32.Checksum(body, castagnoli))
}

// head is what stands before a frame's commands, results or payload.
type head struct {
	kind            frameType
	id              uint64
	partition       uint32 // request
	remainingMillis uint32 // request
	count           int    // request: commands; answer: results
	code            code   // answer
	payload         []byte // exchange: aliases the body
}

// parseHead reads the head of a frame's body; rest are the encoded commands or results, whose number is h.count.
func parseHead(body []byte) (h head, rest []byte, err error) {
	r := pack.Reader{}
	r.Reset(body)
	length := r.Array(requestHead + MaxFrameCommands)
	if v := r.Uint(math.MaxUint64); r.Err() == nil && v != Version {
		return head{}, nil, fmt.Errorf("%w: version %d, this node reads %d", ErrFrame, v, Version)
	}
	h.kind = frameType(r.Uint(math.MaxUint8))
	h.id = r.Uint(math.MaxUint64)
	want := 0
	switch h.kind {
	case typeRequest:
		h.partition = uint32(r.Uint(math.MaxUint32))
		h.remainingMillis = uint32(r.Uint(math.MaxUint32))
		h.count = int(r.Uint(MaxFrameCommands))
		want = requestHead + h.count
	case typeAnswer:
		h.count = int(r.Uint(MaxFrameCommands))
		h.code = code(r.Uint(math.MaxUint8))
		want = answerHead + h.count
	case typeExchange, typeExchangeAnswer:
		h.payload = r.Bytes(MaxExchangeBytes)
		want = exchangeHead
	case typePing, typePong:
		want = pingHead
	default:
		return head{}, nil, fmt.Errorf("%w: unknown type %d", ErrFrame, h.kind)
	}
	if err := r.Err(); err != nil {
		return head{}, nil, fmt.Errorf("%w: %w", ErrFrame, err)
	}
	rest = body[r.Offset():]
	if length != want || h.count > len(rest) || h.count == 0 && len(rest) != 0 {
		return head{}, nil, fmt.Errorf("%w: %d values, want %d, before %d bytes", ErrFrame, length, want, len(rest))
	}
	return h, rest, nil
}
