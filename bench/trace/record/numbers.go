package record

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"hash"

	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/bench/trace"
)

// numbers gives the shoppers and holds of one file their numbers.
type numbers struct {
	hash     hash.Hash // keyed with what only this file ever had
	sum      []byte
	shoppers uint64
	buyers   map[digest]place
	holds    map[seatmap.ID]place
}

type digest [16]byte

// place is a shopper, and the slot of a hold; of a buyer it is the next free slot.
type place struct {
	shopper   uint64
	slot      uint8
	anonymous bool
}

func newNumbers() *numbers {
	var key [sha256.Size]byte
	_, _ = rand.Read(key[:]) // never fails
	return &numbers{hash: hmac.New(sha256.New, key[:]), buyers: map[digest]place{}, holds: map[seatmap.ID]place{}}
}

// full says that a new file should be begun.
func (n *numbers) full() bool { return len(n.buyers) >= maxNumbered || len(n.holds) >= maxNumbered }

func (n *numbers) digest(kind byte, text []byte) (d digest) {
	n.hash.Reset()
	_, _ = n.hash.Write([]byte{kind})
	_, _ = n.hash.Write(text)
	n.sum = n.hash.Sum(n.sum[:0])
	copy(d[:], n.sum)
	return d
}

func (n *numbers) fresh(anonymous bool) place {
	n.shoppers++
	return place{shopper: n.shoppers - 1, anonymous: anonymous}
}

// looker is who looks through a connection.
func (n *numbers) looker(connection []byte) place {
	d := n.digest('c', connection)
	p, known := n.buyers[d]
	if !known {
		p = n.fresh(true)
		n.buyers[d] = p
	}
	return p
}

// attempt is the slot that a buyer's next hold gets. A buyer whose slots are used up goes on as another shopper.
func (n *numbers) attempt(buyer []byte) (p place, d digest) {
	if len(buyer) == 0 {
		return n.fresh(true), d
	}
	d = n.digest('b', buyer)
	p, known := n.buyers[d]
	if !known || p.slot == trace.MaxSlots {
		p = n.fresh(false)
		n.buyers[d] = p
	}
	return p, d
}

// hold gives a new hold its slot, if it was granted. seen says that its first answer was recorded before.
func (n *numbers) hold(buyer []byte, id seatmap.ID) (p place, seen bool) {
	if p, seen = n.holds[id]; seen {
		return p, true
	}
	p, d := n.attempt(buyer)
	if !id.IsZero() {
		n.holds[id] = p
		if !p.anonymous {
			n.buyers[d] = place{shopper: p.shopper, slot: p.slot + 1}
		}
	}
	return p, false
}

// of is the slot of a hold. One that this file does not know was made at another node, or before: it gets a slot that is
// never granted in a replay of this file alone.
func (n *numbers) of(buyer []byte, id seatmap.ID) place {
	p, _ := n.hold(buyer, id)
	return p
}
