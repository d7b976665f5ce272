package pass

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// Kind is what a paper is good for. Numbers stand in papers: never renumber, only append.
type Kind uint8

// The kinds.
const (
	KindToken      Kind = 1 // a visitor's place in the line
	KindPass       Kind = 2 // a visitor is inside
	KindInvitation Kind = 3 // whoever brings it may join its lane
)

// version stands in the upper half of the first byte.
const version = 1

const (
	bodyBytes      = 50
	signatureBytes = 16
	// TextBytes is the length of every paper as text.
	TextBytes = (bodyBytes + signatureBytes) / 3 * 4
	// MaxLifeSeconds bounds how long a paper may live.
	MaxLifeSeconds = 30 * 24 * 3600
)

// Paper is what is signed.
type Paper struct {
	Kind         Kind
	Lane         uint8
	Key          uint32 // set by Sign
	Event        uint64 // EventHash
	Number       uint64 // the visitor's; of an invitation, what its maker likes
	IssuedMillis int64
	LifeSeconds  uint32
	Buyer        uint64 // BuyerHash; 0 = anybody who has it
	Session      uint64 // of a pass
}

// EventHash is how papers name an event.
func EventHash(event string) uint64 {
	sum := sha256.Sum256([]byte(event))
	return binary.BigEndian.Uint64(sum[:])
}

// BuyerHash is how papers and the room name a buyer of an event; 0 for none. It tells nobody who that is, and nothing about
// the same buyer at other events.
func BuyerHash(event, buyer string) uint64 {
	if buyer == "" {
		return 0
	}
	const usual = 512
	b := append(make([]byte, 0, usual), event...)
	b = append(append(b, 0), buyer...)
	sum := sha256.Sum256(b)
	return max(binary.BigEndian.Uint64(sum[:]), 1)
}

// ExpiresMillis is the first moment at which the paper is good for nothing.
func (p *Paper) ExpiresMillis() int64 { return p.IssuedMillis + int64(p.LifeSeconds)*1000 }

// Belongs is ErrBorrowed unless the paper belongs to that buyer or to anybody.
func (p *Paper) Belongs(buyer uint64) error {
	if p.Buyer != 0 && p.Buyer != buyer {
		return ErrBorrowed
	}
	return nil
}

func (p *Paper) put(b *[bodyBytes]byte) {
	b[0] = version<<4 | byte(p.Kind)
	binary.BigEndian.PutUint32(b[1:], p.Key)
	binary.BigEndian.PutUint64(b[5:], p.Event)
	b[13] = p.Lane
	binary.BigEndian.PutUint64(b[14:], p.Number)
	binary.BigEndian.PutUint64(b[22:], uint64(p.IssuedMillis))
	binary.BigEndian.PutUint32(b[30:], p.LifeSeconds)
	binary.BigEndian.PutUint64(b[34:], p.Buyer)
	binary.BigEndian.PutUint64(b[42:], p.Session)
}

func (p *Paper) read(b *[bodyBytes]byte) {
	p.Kind = Kind(b[0] & 0xf)
	p.Key = binary.BigEndian.Uint32(b[1:])
	p.Event = binary.BigEndian.Uint64(b[5:])
	p.Lane = b[13]
	p.Number = binary.BigEndian.Uint64(b[14:])
	p.IssuedMillis = int64(binary.BigEndian.Uint64(b[22:]))
	p.LifeSeconds = binary.BigEndian.Uint32(b[30:])
	p.Buyer = binary.BigEndian.Uint64(b[34:])
	p.Session = binary.BigEndian.Uint64(b[42:])
}

// decode reads a text into p and its signature; false where it is no paper.
func (p *Paper) decode(text string, body *[bodyBytes]byte, signature *[signatureBytes]byte) bool {
	if len(text) != TextBytes {
		return false
	}
	var in [TextBytes]byte
	var raw [bodyBytes + signatureBytes]byte
	copy(in[:], text)
	n, err := base64.RawURLEncoding.Decode(raw[:], in[:]) // it skips line ends: then n is less
	if err != nil || n != len(raw) || raw[0]>>4 != version {
		return false
	}
	copy(body[:], raw[:])
	copy(signature[:], raw[bodyBytes:])
	p.read(body)
	return p.Kind >= KindToken && p.Kind <= KindInvitation && p.IssuedMillis >= 0 && p.IssuedMillis < 1<<48 && p.LifeSeconds <= MaxLifeSeconds
}
