package seatmap

// The state hash is a sum of element hashes, one for every slot that is not free, every record, every area; a change
// subtracts what was and adds what is. Hash folds the sum with the few scalars. Strings count by content, since their
// places in the arena depend on when it was compacted. What other records imply (how many places a hold has, how many
// holds a buyer, how many receipts tell of a hold) is left out: Check compares it.

// Seeds tell the kinds of elements apart. Never renumber: replicas of different builds compare hashes.
const (
	seedSlot = iota + 1
	seedArea
	seedHold
	seedClaim
	seedRoster
	seedBuyer
	seedChange
	seedUnchanged
	seedFree
	seedBook
	seedConfig
	seedMap
)

func freeElement(at, number uint32) uint64 { return finish(fold(seedFree, pair(at, number))) }

func slotElement(slot uint32, status Status, owner, next uint32) uint64 {
	if status == StatusFree {
		return 0
	}
	return finish(fold(fold(seedSlot|uint64(status)<<8, pair(slot, owner)), uint64(next)))
}

func areaElement(area uint32, a *AreaState) uint64 {
	h := fold(seedArea, pair(area, uint32(a.Blocked)))
	return finish(fold(h, pair(uint32(a.Held), uint32(a.Sold))))
}

func (m *Map) holdElement(number uint32) uint64 {
	h := m.holds.at(number)
	if h.state == 0 {
		return 0
	}
	x := fold(seedHold, uint64(number))
	x = fold(fold(x, le.Uint64(h.id[:8])), le.Uint64(h.id[8:]))
	x = fold(fold(x, uint64(h.deadlineMillis)), pair(h.buyer, h.epoch))
	x = fold(fold(x, pair(h.firstSlot, h.firstClaim)), uint64(h.past))
	x = fold(x, uint64(h.book)|uint64(h.state)<<16|uint64(h.extensions)<<24)
	if h.reference != 0 {
		x = fold(x, hashText(m.text.get(h.reference)))
	}
	if h.tombstone() {
		x = fold(x, uint64(h.position))
	}
	return finish(x)
}

func (m *Map) claimElement(number uint32) uint64 {
	c := m.claims.at(number)
	if c.quantity == 0 {
		return 0
	}
	x := fold(fold(seedClaim, uint64(number)), pair(c.place, c.quantity))
	return finish(fold(x, pair(c.ticket, c.next)))
}

func (m *Map) rosterElement(number uint32) uint64 {
	r := m.rosters.at(number)
	if r.places == 0 {
		return 0
	}
	x := fold(fold(seedRoster, uint64(number)), pair(r.epoch, r.places))
	return finish(fold(x, pair(r.first, r.next)))
}

func (m *Map) buyerElement(number uint32) uint64 {
	b := m.buyers.at(number)
	if b.holds == 0 {
		return 0
	}
	return finish(fold(fold(seedBuyer, uint64(number)), hashText(m.text.get(b.name))))
}

func (m *Map) receiptElement(seed, number uint64, r *receipt) uint64 {
	x := fold(fold(seed, number), r.fingerprint)
	x = fold(fold(x, le.Uint64(r.key[:8])), le.Uint64(r.key[8:]))
	x = fold(fold(x, uint64(r.atMillis)), r.revision)
	x = fold(x, pair(r.hold, r.expiresAfterMillis))
	about := uint64(r.about)
	if r.code != CodeOK {
		about = hashText(m.text.get(text(r.about)))
	}
	x = fold(x, about)
	return finish(fold(x, uint64(r.code)|uint64(r.state)<<8|uint64(octetOf(r.created))<<16|uint64(r.extensionsLeft)<<24))
}

func bookElement(at int, price int64) uint64 {
	return finish(fold(fold(seedBook, uint64(at)), uint64(price)))
}

func (c *Config) element() uint64 {
	x := fold(fold(seedConfig, hashText(c.Name)), hashText(c.Currency))
	x = fold(fold(x, uint64(c.StartsAtMillis)), uint64(len(c.Prices)))
	for i := range c.Prices {
		x = fold(fold(x, hashText(c.Prices[i].Category)), uint64(c.Prices[i].Price))
	}
	x = fold(fold(x, uint64(c.SaleOpensMillis)), uint64(c.SaleClosesMillis))
	x = fold(x, pair(uint32(c.HoldTTLSeconds), uint32(c.HoldExtensions)))
	x = fold(x, pair(uint32(c.PlacesPerHold), uint32(c.PlacesPerBuyer)))
	return finish(fold(x, uint64(c.State)|uint64(c.Orphans)<<8))
}

// Hash is the state hash: kept current with every change, so asking costs next to nothing. Maps that came the same way
// have the same hash, and one bit of difference shows.
func (m *Map) Hash() uint64 {
	return m.foldScalars(m.sum, m.holds.sum, m.claims.sum, m.rosters.sum, m.buyers.sum)
}

func (m *Map) foldScalars(sum, holds, claims, rosters, buyers uint64) uint64 {
	x := fold(fold(seedMap, sum), m.revision)
	x = fold(x, pair(m.areaTickets, uint32(len(m.books))))
	x = fold(fold(fold(fold(x, holds), claims), rosters), buyers)
	x = fold(x, pair(m.holds.high, m.claims.high))
	x = fold(x, pair(m.rosters.high, m.buyers.high))
	x = fold(fold(x, m.changes.records.head), m.changes.records.tail)
	x = fold(fold(x, m.unchanged.records.head), m.unchanged.records.tail)
	x = fold(fold(x, m.tombstones.head), m.tombstones.tail)
	return finish(x)
}

// Rehash computes Hash from scratch, in time proportional to the state.
func (m *Map) Rehash() uint64 {
	return m.foldScalars(m.resum(), m.holds.resum(), m.claims.resum(), m.rosters.resum(), m.buyers.resum())
}

// resum computes sum from scratch.
func (m *Map) resum() uint64 {
	sum := m.config.element()
	for i, price := range m.books {
		sum += bookElement(i, price)
	}
	for slot := range uint32(m.plan.slots) {
		sum += slotElement(slot, *m.status.at(slot), *m.owner.at(slot), *m.next.at(slot))
	}
	for i := range uint32(len(m.plan.areas)) {
		sum += areaElement(i, m.areas.at(i))
	}
	for i := range m.holds.high {
		sum += m.holdElement(i)
	}
	for i := range m.claims.high {
		sum += m.claimElement(i)
	}
	for i := range m.rosters.high {
		sum += m.rosterElement(i)
	}
	for i := range m.buyers.high {
		sum += m.buyerElement(i)
	}
	for _, l := range []*ledger{&m.changes, &m.unchanged} {
		for number := l.records.head; number < l.records.tail; number++ {
			sum += m.receiptElement(l.seed, number, l.records.at(number))
		}
	}
	return sum
}
