package seatmap

import (
	"fmt"
	"io"
)

// decodeClaims bounds the numbers of claims and rosters in a snapshot: MaxClaims, and what lapses and the last command may
// have taken beyond.
const decodeClaims = 1 << 28

// Restore makes the map that Encode wrote, for the same plan; r ends where the snapshot ends. What does not hold together
// (lengths, links, counts, the state hash) is an error that wraps ErrDamaged; no input makes it panic, or allocate much
// more than a fixed multiple of what it read.
func Restore(plan *Plan, r io.Reader) (*Map, error) {
	d := newDecoder(r)
	m := blankMap(plan)
	d.header(plan)
	m.decodeFrom(d)
	hash := d.uint64("state hash")
	d.trailer()
	if d.err != nil {
		return nil, d.err
	}
	if err := m.rebuild(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if m.Hash() != hash {
		return nil, fmt.Errorf("%w: state hash is %016x, written was %016x", ErrDamaged, m.Hash(), hash)
	}
	if mutantForgetKeys {
		forgetKeys(m)
	}
	return m, nil
}

func (d *decoder) header(plan *Plan) {
	var magic [len(snapshotMagic)]byte
	if d.fixed(magic[:], "magic"); string(magic[:]) != snapshotMagic {
		d.fail("this is not a seat map")
	}
	if version := d.number(1<<32, "version"); version != snapshotVersion {
		d.fail(fmt.Sprintf("version %d is not known here", version))
	}
	var hash PlanHash
	if d.fixed(hash[:], "plan hash"); hash != plan.hash {
		d.fail("it is of another plan")
	}
}

func (d *decoder) trailer() {
	var end [len(snapshotEnd)]byte
	if d.fixed(end[:], "end mark"); string(end[:]) != snapshotEnd {
		d.fail("end mark")
	}
	if d.at < d.end || d.more() || d.over != io.EOF {
		d.fail("goes on after its end")
	}
}

func (m *Map) decodeFrom(d *decoder) {
	m.config = d.config(m.plan)
	m.books = d.books(m.plan)
	m.revision = d.number(1<<64-1, "revision")
	m.areaTickets = d.word(none-uint32(m.plan.slots), "area tickets")
	for i := range m.status.pages {
		d.statuses(m.status.pages[i].cells)
	}
	for i := range m.plan.areas {
		m.areas.edit(uint32(i)).Blocked = int32(d.number(uint64(m.plan.areas[i].Capacity), "blocked places"))
	}
	decodeSlab(d, &m.buyers, MaxHolds, "buyers", m.decodeBuyer)
	decodeSlab(d, &m.holds, MaxHolds, "holds", m.decodeHold)
	decodeSlab(d, &m.claims, decodeClaims, "claims", m.decodeClaim)
	decodeSlab(d, &m.rosters, decodeClaims, "rosters", m.decodeRoster)
	m.tombstones.resume(d.number(1<<62, "tombstones"))
	for range d.number(indexCapacity, "tombstones") {
		if d.failed() {
			return
		}
		m.tombstones.push(d.link(m.holds.high, "tombstone"))
	}
	for _, l := range []*ledger{&m.changes, &m.unchanged} {
		l.records.resume(d.number(1<<62, "keys"))
		for range d.number(indexCapacity-1, "keys") {
			if d.failed() {
				return
			}
			l.records.push(m.decodeReceipt(d))
		}
	}
}

// decodeSlab reads what encodeSlab wrote. The stack of free numbers is filled at once, so that Check meets it as it was.
func decodeSlab[T any](d *decoder, s *slab[T], most uint32, what string, record func(d *decoder, number uint32)) {
	high := d.word(most, what)
	idle := d.word(high, what)
	for i := uint32(0); i < idle && !d.failed(); i++ {
		s.push(d.word(high-1, what))
	}
	for s.high < high && !d.failed() {
		s.records.grow(s.high)
		s.high++
		record(d, s.high-1)
	}
}
