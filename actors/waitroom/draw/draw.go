package draw

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// SeedBytes is the length of a seed.
const SeedBytes = 32

// rounds of the network. Four make it a permutation that cannot be told from chance on a large domain; the small ones, of a
// few bits, need more.
const rounds = 8

// MaxCount bounds how many can be drawn: x must fit 62 bits.
const MaxCount = 1 << 62

const label = "draw1"

// Draw is the order of one lane.
type Draw struct {
	count uint64
	left  uint // bits of L
	right uint // bits of R
	block [SeedBytes + len(label) + 1 + 8 + 1 + 8]byte
}

const (
	atLane  = SeedBytes + len(label)
	atCount = atLane + 1
	atRound = atCount + 8
	atHalf  = atRound + 1
)

// New is the order of the first count numbers of a lane.
func New(seed *[SeedBytes]byte, lane uint8, count uint64) *Draw {
	d := &Draw{count: min(count, MaxCount)}
	b := uint(2)
	if d.count > 1 {
		b = max(b, uint(bits.Len64(d.count-1)))
	}
	d.right = b / 2
	d.left = b - d.right
	copy(d.block[:], seed[:])
	copy(d.block[SeedBytes:], label)
	d.block[atLane] = lane
	binary.BigEndian.PutUint64(d.block[atCount:], d.count)
	return d
}

// SeedHash is what is published of a seed before the draw.
func SeedHash(seed *[SeedBytes]byte) [sha256.Size]byte { return sha256.Sum256(seed[:]) }

// Count is how many are drawn.
func (d *Draw) Count() uint64 { return d.count }

// Place is the place of a number. A number that came after the draw keeps its own.
func (d *Draw) Place(number uint64) uint64 {
	x := number
	for first := true; number < d.count && (first || x >= d.count); first = false {
		left, right := x>>d.right, x&(1<<d.right-1)
		for i := uint8(0); i < rounds; i += 2 {
			left ^= d.mix(i, right) & (1<<d.left - 1)
			right ^= d.mix(i+1, left) & (1<<d.right - 1)
		}
		x = left<<d.right | right
	}
	return x
}

// Number is whose place it is: the inverse of Place.
func (d *Draw) Number(place uint64) uint64 {
	x := place
	for first := true; place < d.count && (first || x >= d.count); first = false {
		left, right := x>>d.right, x&(1<<d.right-1)
		for i := uint8(rounds); i > 0; i -= 2 {
			right ^= d.mix(i-1, left) & (1<<d.right - 1)
			left ^= d.mix(i-2, right) & (1<<d.left - 1)
		}
		x = left<<d.right | right
	}
	return x
}

// mix is F.
func (d *Draw) mix(round uint8, half uint64) uint64 {
	message := d.block
	message[atRound] = round
	binary.BigEndian.PutUint64(message[atHalf:], half)
	sum := sha256.Sum256(message[:])
	return binary.BigEndian.Uint64(sum[:8])
}
