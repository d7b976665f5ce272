package seatmap

import "fmt"

// Check verifies every invariant of the state, in time proportional to it: the paired assertion to all the code that
// keeps them one change at a time. It never panics, whatever the state is.
func (m *Map) Check() error {
	for _, check := range []func() error{m.checkRecords, m.checkDerived, m.checkSums, m.checkSeating} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkDerived verifies what follows from the records, which were checked before.
func (m *Map) checkDerived() error {
	for _, check := range []func() error{m.checkCounts, m.checkAreas, m.checkHeap, m.checkTombstones, m.checkIndexes, m.checkText} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBroken, fmt.Sprintf(format, args...))
}

// checkCounts compares what is counted along with what a count finds.
func (m *Map) checkCounts() error {
	again := blankMap(m.plan)
	again.status, again.holds, again.claims = m.status, m.holds, m.claims // only read
	for i := range uint32(len(m.plan.areas)) {
		again.areas.edit(i).Blocked = m.areas.at(i).Blocked
	}
	again.recount()
	for i := range uint32(len(m.plan.areas)) {
		a := m.areas.at(i)
		if *a != *again.areas.at(i) {
			return broken("area %d is %+v, counted %+v", i, *a, *again.areas.at(i))
		}
	}
	for i := range uint32(1 + len(m.plan.categories) + len(m.plan.sections)) {
		if *m.tallies.at(i) != *again.tallies.at(i) {
			return broken("tally %d is %v, counted %v", i, *m.tallies.at(i), *again.tallies.at(i))
		}
	}
	var byState [stateCount]int
	for number := range m.holds.high {
		if state := m.holds.at(number).state; state != 0 && state != holdForgotten {
			byState[state]++
		}
	}
	if byState != m.byState {
		return broken("holds by state are %v, counted %v", m.byState, byState)
	}
	return nil
}

// checkAreas checks that no area has more places than there are.
func (m *Map) checkAreas() error {
	for i := range uint32(len(m.plan.areas)) {
		a := m.areas.at(i)
		if min(a.Free, a.Held, a.Sold, a.Blocked) < 0 || a.Free+a.Held+a.Sold+a.Blocked != a.Capacity {
			return broken("area %d: %+v", i, *a)
		}
	}
	return nil
}

// checkHeap checks that every held hold stands in the heap, once, and after the one above it.
func (m *Map) checkHeap() error {
	if int(m.deadlines.count) != m.byState[HoldHeld] {
		return broken("%d deadlines for %d held holds", m.deadlines.count, m.byState[HoldHeld])
	}
	for at := range m.deadlines.count {
		d := m.deadlines.heap.at(at)
		number := d.number
		if h := m.holds.at(number); h.state != HoldHeld || h.position != at {
			return broken("hold %d stands at %d of the heap, and says %d", number, at, h.position)
		}
		if *d != m.dueOf(number) {
			return broken("hold %d has another deadline in the heap", number)
		}
		if at > 0 && m.dueBefore(d, m.deadlines.heap.at((at-1)/2)) {
			return broken("hold %d is due before the one above it", number)
		}
	}
	return nil
}

// checkTombstones checks that every ended hold stands in the queue, once.
func (m *Map) checkTombstones() error {
	q, found := &m.tombstones, 0
	for at := q.head; at < q.tail; at++ {
		number := *q.at(at)
		if number == none {
			if at == q.head {
				return broken("the queue of tombstones begins with a hole")
			}
			continue
		}
		if h := m.holds.at(number); !h.tombstone() || h.position != uint32(at) {
			return broken("hold %d is no tombstone, or not the %dth", number, at)
		}
		found++
	}
	if found != m.buried || found != m.byState[HoldReleased]+m.byState[HoldExpired] {
		return broken("%d tombstones, counted %d", m.buried, found)
	}
	return nil
}

// checkIndexes checks that everything is found by its name, and nothing else is.
func (m *Map) checkIndexes() error {
	ids, names := 0, 0
	for number := range m.holds.high {
		if h := m.holds.at(number); h.state != 0 && h.state != holdForgotten {
			ids++
			if found, ok := m.findHold(h.id); !ok || found != number {
				return broken("hold %d is not found by its id", number)
			}
		}
	}
	for number := range m.buyers.high {
		if b := m.buyers.at(number); b.holds > 0 {
			names++
			if found, ok := m.findBuyer(m.buyerName(number)); !ok || found != number {
				return broken("buyer %d is not found by name", number)
			}
		}
	}
	if ids != m.holdIDs.used || names != m.buyerNames.used {
		return broken("%d of %d ids and %d of %d buyers in the indexes", m.holdIDs.used, ids, m.buyerNames.used, names)
	}
	for _, l := range []*ledger{&m.changes, &m.unchanged} {
		if l.records.count() != uint64(l.keys.used) {
			return broken("%d of %d keys in the index", l.keys.used, l.records.count())
		}
		for number := l.records.head; number < l.records.tail; number++ {
			if _, found, ok := l.find(l.records.at(number).key); !ok || found != number {
				return broken("receipt %d is not found by its key", number)
			}
		}
	}
	return nil
}

// checkText checks that the arena counts exactly the strings that are meant.
func (m *Map) checkText() error {
	live := 0
	for number := range m.buyers.high {
		live += textSize(m.text.get(m.buyers.at(number).name))
	}
	for number := range m.holds.high {
		live += textSize(m.text.get(m.holds.at(number).reference))
	}
	for number := m.unchanged.records.head; number < m.unchanged.records.tail; number++ {
		if r := m.unchanged.records.at(number); r.code != CodeOK {
			live += textSize(m.text.get(text(r.about)))
		}
	}
	if live != m.text.live {
		return broken("%d bytes of strings, counted %d", m.text.live, live)
	}
	return nil
}

// checkSums checks that the state hash kept current is the one from scratch.
func (m *Map) checkSums() error {
	if sum := m.resum(); sum != m.sum {
		return broken("the state's sum is %016x, from scratch %016x", m.sum, sum)
	}
	if now, again := m.Hash(), m.Rehash(); now != again {
		return broken("the state hash is %016x, from scratch %016x", now, again)
	}
	return nil
}
