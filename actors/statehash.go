package actors

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
)

// stateSum is the hash of a partition's charts, plans, directory and events, kept current at the cost of what an entry
// touched: the sum, wrapping, of one well-mixed term per item. A sum does not depend on order, and taking a term away
// undoes adding it.
type stateSum uint64

func (s *stateSum) replace(old, term uint64) { *s += stateSum(term - old) }

// Hash is the state hash at AppliedIndex: of everything replicated, log time included. Apply goroutine only.
func (p *Partition) Hash() uint64 { return finalHash(p.sum, p.nowMillis.Load()) }

func finalHash(sum stateSum, nowMillis int64) uint64 { return mix(uint64(sum), uint64(nowMillis)) }

// mix hashes two numbers to one.
func mix(a, b uint64) uint64 {
	var text [16]byte
	binary.LittleEndian.PutUint64(text[:8], a)
	binary.LittleEndian.PutUint64(text[8:], b)
	return xxhash.Sum64(text[:])
}

// Seeds tell apart terms of different kinds with equal content.
const (
	chartSeed = iota + 1
	planSeed
	eventSeed
)

func (c *StoredChart) term() uint64 {
	b := make([]byte, 0, 256)
	b = appendText(b, c.Name)
	b = append(b, c.Content[:]...)
	b = append(b, c.Plan[:]...)
	b = append(b, c.key[:]...)
	return mix(chartSeed, xxhash.Sum64(b))
}

func (p *storedPlan) term() uint64 { return mix(planSeed, xxhash.Sum64(p.hash[:])) }

// identify hashes what never changes about e.
func (e *Event) identify() uint64 {
	b := make([]byte, 0, 384)
	b = appendText(b, e.key)
	b = appendText(b, e.chart)
	b = append(b, e.plan[:]...)
	b = append(b, e.createKey[:]...)
	b = append(b, e.fingerprint[:]...)
	b = binary.LittleEndian.AppendUint64(b, e.bornAt)
	return mix(eventSeed, xxhash.Sum64(b))
}

// appendText appends a text with its length before it, so that two texts in a row cannot be cut differently.
func appendText(b []byte, text string) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(text)))
	return append(b, text...)
}
