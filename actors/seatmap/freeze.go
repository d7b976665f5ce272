package seatmap

import "io"

// Frozen is the whole state at one moment. It shares pages with the map, which copies a page before its next change; so
// freezing costs the page directories only, and the writing goes on beside further changes, in another goroutine.
type Frozen struct {
	state *Map // never changed; only what Encode reads is set
	hash  uint64
}

// Freeze takes the state as it is.
func (m *Map) Freeze() *Frozen {
	state := &Map{
		plan: m.plan, config: m.config, revision: m.revision, areaTickets: m.areaTickets, books: m.books,
		status: m.status.share(), next: m.next.share(), areas: m.areas.share(),
		holds: m.holds.share(), claims: m.claims.share(), rosters: m.rosters.share(), buyers: m.buyers.share(),
		changes: m.changes.share(), unchanged: m.unchanged.share(), tombstones: m.tombstones.share(),
		text: m.text.share(),
	}
	return &Frozen{state: state, hash: m.Hash()}
}

func (l *ledger) share() ledger { return ledger{records: l.records.share(), seed: l.seed} }

// Hash is the state hash of the frozen state.
func (f *Frozen) Hash() uint64 { return f.hash }

// Revision is the revision of the frozen state.
func (f *Frozen) Revision() uint64 { return f.state.revision }

// Release lets go of the pages. Encode must not be called any more.
func (f *Frozen) Release() { f.state = nil }

// A snapshot is magic, version, the plan's hash, the parts in the order of encodeTo, the state hash, and an end mark.
// Numbers are uvarints (in their shortest form), links and other numbers that may be none are one more. What follows from
// the rest is left out: owners, links between slots, the heap, the indexes, the counts.
const (
	snapshotMagic   = "SEATMAP"
	snapshotVersion = 1
	snapshotEnd     = "END"
)

// Encode writes the state: equal states, equal bytes.
func (f *Frozen) Encode(w io.Writer) error {
	e := &encoder{w: w, buffer: make([]byte, 0, encodeFlushBytes+encodeFlushBytes/8)}
	e.raw(snapshotMagic)
	e.number(snapshotVersion)
	e.raw(string(f.state.plan.hash[:]))
	f.state.encodeTo(e)
	e.buffer = le.AppendUint64(e.buffer, f.hash)
	e.raw(snapshotEnd)
	e.flush()
	return e.err
}

func (m *Map) encodeTo(e *encoder) {
	e.config(m.config)
	e.books(m.books, len(m.plan.categories))
	e.number(m.revision)
	e.number(uint64(m.areaTickets))
	for slot := range uint32(m.plan.slots) {
		e.octet(byte(*m.status.at(slot)))
	}
	for i := range uint32(len(m.plan.areas)) {
		e.number(uint64(m.areas.at(i).Blocked))
	}
	encodeSlab(e, &m.buyers, m.encodeBuyer)
	encodeSlab(e, &m.holds, m.encodeHold)
	encodeSlab(e, &m.claims, encodeClaim)
	encodeSlab(e, &m.rosters, encodeRoster)
	e.number(m.tombstones.head)
	e.number(m.tombstones.count())
	for i := m.tombstones.head; i < m.tombstones.tail; i++ {
		e.link(*m.tombstones.at(i))
	}
	for _, l := range []*ledger{&m.changes, &m.unchanged} {
		e.number(l.records.head)
		e.number(l.records.count())
		for i := l.records.head; i < l.records.tail; i++ {
			m.encodeReceipt(e, l.records.at(i))
		}
	}
}

// encodeSlab writes a slab: its high mark, the stack of free numbers, and every record; a free one begins with 0.
func encodeSlab[T any](e *encoder, s *slab[T], record func(*encoder, *T)) {
	e.number(uint64(s.high))
	e.number(uint64(s.idle))
	for i := range s.idle {
		e.number(uint64(*s.free.at(i)))
	}
	for i := range s.high {
		record(e, s.at(i))
	}
}
