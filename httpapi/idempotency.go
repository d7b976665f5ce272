package httpapi

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"strconv"
	"unsafe"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/parterre/parterre/actors/seatmap"
)

const (
	headerKey      = "Idempotency-Key"
	headerReplayed = "Idempotent-Replayed"
)

// callKey is the idempotency key of one request: its text, which the caller knows or can be told, and its digest.
type callKey struct {
	text   string
	digest seatmap.Key
	// callers says that the caller chose it.
	callers bool
}

// keyOf reads the request's key, or makes one. A made key is a text too, so that a caller who is told it with a 504 can
// ask again with it.
func keyOf(c *gin.Context) (callKey, bool) {
	given, ok := c.Request.Header[headerKey]
	if !ok {
		text := madeKey()
		return callKey{text: text, digest: digest(text)}, true
	}
	if len(given) != 1 {
		refuse(c, invalid(headerKey, "must be sent once"))
		return callKey{}, false
	}
	if reason := keyReason(given[0]); reason != "" {
		refuse(c, invalid(headerKey, reason))
		return callKey{}, false
	}
	return callKey{text: given[0], digest: digest(given[0]), callers: true}, true
}

func keyReason(key string) string {
	if key == "" || len(key) > maxIdempotency {
		return "must have 1 to 64 characters"
	}
	for i := range len(key) {
		if key[i] < 0x20 || key[i] > 0x7e {
			return "must be printable ASCII"
		}
	}
	return ""
}

func digest(key string) seatmap.Key {
	sum := sha256.Sum256(unsafe.Slice(unsafe.StringData(key), len(key))) // read only
	return seatmap.Key(sum[:len(seatmap.Key{})])
}

// madeKey is 128 random bits as text.
func madeKey() string { return keySeed().String() }

// keySeed is the bits of a made key. ChaCha8 from the runtime is unpredictable and needs no system call.
func keySeed() (id seatmap.ID) {
	binary.BigEndian.PutUint64(id[:8], rand.Uint64())
	binary.BigEndian.PutUint64(id[8:], rand.Uint64())
	return id
}

// digestOfSeed is the digest of the key that the seed is as text.
func digestOfSeed(seed seatmap.ID) seatmap.Key {
	var text [seatmap.IDTextLength]byte
	sum := sha256.Sum256(seed.AppendText(text[:0]))
	return seatmap.Key(sum[:len(seatmap.Key{})])
}

// digestOfPlace is the digest of the key of an operation that has none in a batch that has one. No text that a caller can
// send as a key has a zero byte.
func digestOfPlace(base string, number int) seatmap.Key {
	return digest(base + "\x00" + strconv.Itoa(number))
}

// holdIDAt names a hold that is made at that time, as newHoldID does, from the same bits as a made key.
func holdIDAt(nanos int64) (id seatmap.ID) {
	const perMilli = 1_000_000
	fraction := uint64(nanos%perMilli) << 12 / perMilli // RFC 9562, 6.2, method 3: names sort by time within a millisecond
	binary.BigEndian.PutUint64(id[:8], uint64(nanos/perMilli)<<16|0x7000|fraction)
	binary.BigEndian.PutUint64(id[8:], rand.Uint64()>>2|0x8000_0000_0000_0000)
	return id
}

// newHoldID names a hold before anything is proposed, so that every replica and every retry sees the same name.
func newHoldID() (seatmap.ID, error) {
	id, err := uuid.NewV7()
	return seatmap.ID(id), err
}
