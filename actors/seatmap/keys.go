package seatmap

// ledger remembers keys in the order in which they were used, and so forgets the oldest first.
type ledger struct {
	records queue[receipt]
	keys    index
	seed    uint64
	bytes   int // of refusals' words in the arena
}

func newLedger(seed uint64) ledger {
	return ledger{records: newQueue[receipt](recordPageShift), seed: seed}
}

// number is the whole number of a record of which the index keeps the low bits.
func (l *ledger) number(low uint32) uint64 {
	head := l.records.head
	return head + uint64((low-uint32(head))&indexNumberMask)
}

// each lists the records for the index of keys.
func (l *ledger) each(place func(hash uint64, number uint32)) {
	for number := l.records.head; number < l.records.tail; number++ {
		place(hashID(l.records.at(number).key), uint32(number)&indexNumberMask)
	}
}

func (l *ledger) rehash(low uint32) uint64 { return hashID(l.records.at(l.number(low)).key) }

func (l *ledger) find(key Key) (r *receipt, number uint64, ok bool) {
	for at := l.keys.start(hashID(key)); ; {
		low, ok := l.keys.next(&at)
		if !ok {
			return nil, 0, false
		}
		number := l.number(low)
		if r := l.records.at(number); r.key == key {
			return r, number, true
		}
	}
}

func (l *ledger) heapBytes() int { return l.records.cells.heapBytes() + l.keys.heapBytes() }

// note appends a receipt and counts it in everything that depends on it.
func (m *Map) note(l *ledger, r *receipt) {
	number := l.records.push(*r)
	l.keys.insert(hashID(r.key), uint32(number)&indexNumberMask, l.each)
	m.sum += m.receiptElement(l.seed, number, r)
	if r.code != CodeOK {
		l.bytes += textSize(m.text.get(text(r.about)))
	}
	if r.hold != none {
		m.holds.edit(r.hold).receipts++
	}
}

// drop forgets the oldest receipt.
func (m *Map) drop(l *ledger) {
	number := l.records.head
	r := *l.records.at(number)
	m.sum -= m.receiptElement(l.seed, number, &r)
	l.keys.remove(hashID(r.key), uint32(number)&indexNumberMask, l.rehash)
	l.records.pop()
	if r.code != CodeOK {
		l.bytes -= textSize(m.text.get(text(r.about)))
		m.text.drop(text(r.about))
	}
	if r.hold != none {
		m.holds.edit(r.hold).receipts--
		m.tidy(r.hold)
	}
}

// replay answers a request whose key is known; false if it is not.
func (m *Map) replay(d *decision, heard bool) bool {
	r, _, ok := m.changes.find(d.req.Key)
	if !ok {
		if r, _, ok = m.unchanged.find(d.req.Key); !ok {
			return false
		}
	}
	if mutantForgetKeys && isForgotten(m, r) {
		return false
	}
	if r.fingerprint != d.req.Fingerprint {
		d.ans.Code, d.ans.Revision = CodeIdempotencyMismatch, m.revision
		d.ans.Reason = "the key was used with another request"
		return true
	}
	d.ans.Replayed = true
	if heard {
		if r.code != CodeOK {
			readRefusal(m.text.get(text(r.about)), d.ans)
		}
		m.answer(r, d.ans)
	}
	return true
}

// Remembers reports whether a request with that key would be answered as it was the first time, or be refused for not being
// the same request.
func (m *Map) Remembers(key Key) bool {
	if key == (Key{}) {
		return false
	}
	_, _, ok := m.changes.find(key)
	if !ok {
		_, _, ok = m.unchanged.find(key)
	}
	return ok
}

// remember keeps the receipt of a request: for every change, and for what changed nothing if the caller chose the key.
func (m *Map) remember(r *receipt, d *decision) {
	switch {
	case d.changed:
		m.note(&m.changes, r)
		return
	case !d.req.CallerKey || r.code == CodeOverloaded:
		return
	}
	if r.code != CodeOK {
		m.scratch.words = appendRefusal(m.scratch.words[:0], d.ans)
		if len(m.scratch.words) > m.limits.refusalBytes {
			return
		}
		r.about = uint32(m.text.putBytes(m.scratch.words))
	}
	m.note(&m.unchanged, r)
	l := &m.unchanged
	for l.records.count() > uint64(m.limits.refusals) || l.bytes > m.limits.refusalBytes {
		m.drop(l)
	}
}

// forget clears away keys and tombstones that are old enough, a bounded number at a time.
func (m *Map) forget(now int64) {
	for _, l := range []*ledger{&m.changes, &m.unchanged} {
		for range forgetPerCommand {
			if l.records.count() == 0 || now-l.records.at(l.records.head).atMillis < KeyLifeMillis {
				break
			}
			m.drop(l)
		}
	}
	for range forgetPerCommand {
		if m.buried == 0 || now-m.holds.at(*m.tombstones.at(m.tombstones.head)).deadlineMillis < KeyLifeMillis {
			break
		}
		m.forgetTombstone()
	}
}
