package pass

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// KeyBytes is the length of a key.
const KeyBytes = 32

// Ripening is how old a key must be before it signs, ms: by then every node that can answer anybody has heard of it.
const Ripening = 5_000

// futureMillis is how much earlier than the node that checks a paper the one that issued it may be; beyond, its clock or the
// paper is wrong.
const futureMillis = 60_000

// Key is one key of a ring.
type Key struct {
	Number     uint32
	MadeMillis int64
	Secret     [KeyBytes]byte
}

// Ring is the keys of one room by age, the oldest first. Nobody may change it while it is used.
type Ring []Key

// Signer is the key to sign with at that time: the newest that is ripe, or the oldest of all.
func (r Ring) Signer(nowMillis int64) (*Key, error) {
	if len(r) == 0 {
		return nil, ErrNoKey
	}
	for i := len(r) - 1; i > 0; i-- {
		if r[i].MadeMillis+Ripening <= nowMillis {
			return &r[i], nil
		}
	}
	return &r[0], nil
}

// Sign appends the paper's text to b. The paper's life counts from p.IssuedMillis, which chooses the key, too.
func (r Ring) Sign(b []byte, p *Paper) ([]byte, error) {
	key, err := r.Signer(p.IssuedMillis)
	if err != nil {
		return b, err
	}
	signed := *p
	signed.Key = key.Number
	signed.LifeSeconds = min(p.LifeSeconds, MaxLifeSeconds)
	var body [bodyBytes]byte
	signed.put(&body)
	sum := key.sum(&body)
	var raw [bodyBytes + signatureBytes]byte
	copy(raw[:], body[:])
	copy(raw[bodyBytes:], sum[:signatureBytes])
	return base64.RawURLEncoding.AppendEncode(b, raw[:]), nil
}

// Check reads a paper of that kind and event, if a key of the ring has signed it and its time is not over. Errors:
// ErrMalformed, ErrKind, ErrForeign, ErrForged, ErrExpired; nothing that the paper says is to be believed then.
func (r Ring) Check(text string, kind Kind, event uint64, nowMillis int64) (Paper, error) {
	var p Paper
	var body [bodyBytes]byte
	var signature [signatureBytes]byte
	switch {
	case !p.decode(text, &body, &signature):
		return Paper{}, ErrMalformed
	case p.Event != event:
		return p, ErrForeign
	}
	key := r.key(p.Key)
	if key == nil {
		// Keys are numbered by age. One that is gone took everything with it that it has signed.
		if len(r) > 0 && p.Key < r[0].Number {
			return p, ErrExpired
		}
		return p, ErrForged
	}
	sum := key.sum(&body)
	switch {
	case subtle.ConstantTimeCompare(sum[:signatureBytes], signature[:]) != 1:
		return p, ErrForged
	case p.Kind != kind:
		return p, ErrKind
	case nowMillis >= p.ExpiresMillis(), p.IssuedMillis > nowMillis+futureMillis:
		return p, ErrExpired
	}
	return p, nil
}

func (r Ring) key(number uint32) *Key {
	for i := range r {
		if r[i].Number == number {
			return &r[i]
		}
	}
	return nil
}

// sum is HMAC-SHA256 (RFC 2104) over a paper, without crypto/hmac's allocations; the tests hold it against that.
func (k *Key) sum(body *[bodyBytes]byte) [sha256.Size]byte {
	const innerPad, outerPad = 0x36, 0x5c
	var inner [sha256.BlockSize + bodyBytes]byte
	var outer [sha256.BlockSize + sha256.Size]byte
	for i := range sha256.BlockSize {
		inner[i], outer[i] = innerPad, outerPad
	}
	for i, b := range k.Secret {
		inner[i] ^= b
		outer[i] ^= b
	}
	copy(inner[sha256.BlockSize:], body[:])
	sum := sha256.Sum256(inner[:])
	copy(outer[sha256.BlockSize:], sum[:])
	return sha256.Sum256(outer[:])
}
