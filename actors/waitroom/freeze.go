package waitroom

import (
	"cmp"
	"encoding/binary"
	"io"
	"slices"
)

// Frozen is the whole state at one moment. It shares pages with the room, which copies a page before its next change; so the
// writing goes on beside further changes, in another goroutine.
type Frozen struct {
	state Room // never changed; only what Encode reads is set
	hash  uint64
}

// Freeze takes the state as it is.
func (r *Room) Freeze() *Frozen {
	f := &Frozen{state: *r, hash: r.Hash()}
	s := &f.state
	s.freeSlots, s.heap, s.byNumber, s.byBuyer, s.byHold = nil, nil, index{}, index{}, index{}
	s.sessions = r.sessions.share()
	for i := range s.lanes {
		s.lanes[i].fates.words = r.lanes[i].fates.words.share()
		s.lanes[i].calls = r.lanes[i].calls.share()
	}
	return f
}

// Hash is the state hash of the frozen state.
func (f *Frozen) Hash() uint64 { return f.hash }

// Release lets go of the pages. Encode must not be called any more.
func (f *Frozen) Release() { f.state = Room{} }

// A snapshot is magic, version, the parts in the order of encode, the state hash, and an end mark. Numbers are uvarints in their
// shortest form. What follows from the rest is left out: counts, indexes, the heap, the draw's order.
const (
	snapshotMagic   = "WAITROOM"
	snapshotVersion = 1
	snapshotEnd     = "END"
)

// Encode writes the state: equal states, equal bytes.
func (f *Frozen) Encode(w io.Writer) error {
	e := &encoder{w: w}
	e.raw([]byte(snapshotMagic))
	e.number(snapshotVersion)
	e.scalars(&f.state)
	e.config(&f.state.config)
	e.keys(&f.state)
	for i := range f.state.lanes[:f.state.laneCount()] {
		e.lane(&f.state.lanes[i])
	}
	e.sessions(&f.state)
	e.raw(le.AppendUint64(nil, f.hash))
	e.raw([]byte(snapshotEnd))
	e.flush()
	return e.err
}

// encoder writes a snapshot in pieces; the first error ends it.
type encoder struct {
	w      io.Writer
	buffer []byte
	err    error
}

const encodeFlushBytes = 32 << 10

func (e *encoder) flush() {
	if e.err == nil {
		_, e.err = e.w.Write(e.buffer)
	}
	e.buffer = e.buffer[:0]
}

func (e *encoder) raw(b []byte) {
	if e.buffer = append(e.buffer, b...); len(e.buffer) >= encodeFlushBytes {
		e.flush()
	}
}

func (e *encoder) number(n uint64) {
	if e.buffer = binary.AppendUvarint(e.buffer, n); len(e.buffer) >= encodeFlushBytes {
		e.flush()
	}
}

func (e *encoder) numbers(list ...uint64) {
	for _, n := range list {
		e.number(n)
	}
}

func (e *encoder) text(s string) {
	e.number(uint64(len(s)))
	e.raw([]byte(s))
}

func (e *encoder) scalars(r *Room) {
	e.number(r.flags())
	e.numbers(uint64(r.nowMillis), r.serial, r.revision, uint64(r.phase), uint64(r.turn.lane), uint64(r.turn.left))
	e.numbers(r.pace.credit, uint64(r.pace.atMillis), uint64(r.pace.pressure), uint64(r.pace.openedMillis))
	for _, c := range []*recent{&r.pace.calls, &r.pace.freed} {
		e.number(c.newest)
		for _, n := range c.counts {
			e.number(uint64(n))
		}
	}
	t := &r.trade
	e.numbers(uint64(t.stock.Free), uint64(t.stock.Held), uint64(t.stock.Sold), uint64(t.orders), uint64(t.places), uint64(t.lapsed))
}

func (e *encoder) config(c *Config) {
	e.numbers(uint64(c.Mode), uint64(c.PreQueueOpensMillis), uint64(c.OpensMillis))
	for _, v := range c.words() {
		e.number(uint64(*v))
	}
	e.number(uint64(len(c.Lanes)))
	for _, lane := range c.Lanes {
		e.text(lane.Key)
		e.number(uint64(lane.Share))
	}
	e.text(c.ShopURL)
}

// words are the settings that are small numbers, in the order of snapshots and hashes: only append with a new version.
func (c *Config) words() [9]*uint32 {
	return [...]*uint32{
		&c.MaxInside, &c.AdmitPerMinute, &c.EnterWithinSeconds, &c.IdleSeconds, &c.StaySeconds, &c.TokenLifeSeconds,
		&c.TargetCommitMillis, &c.PlacesPerVisitor, &c.PublicShare,
	}
}

func (e *encoder) keys(r *Room) {
	e.raw(r.seed[:])
	e.numbers(uint64(r.ringNumber), uint64(r.lifeMillis), uint64(len(r.ring)))
	for i := range r.ring {
		k := &r.ring[i]
		e.numbers(uint64(k.Number), uint64(k.MadeMillis), uint64(k.RetiredMillis))
		e.raw(k.Secret[:])
	}
	e.number(uint64(len(r.admits)))
	for i := range r.admits {
		e.raw(r.admits[i][:])
	}
}

func (e *encoder) lane(l *lane) {
	e.numbers(l.given, l.drawn, l.frontier, l.lapsed, l.fates.words.base>>wordPageShift)
	var word [8]byte
	for at := l.fates.words.base; at*placesPerWord < l.frontier; at++ {
		le.PutUint64(word[:], *l.fates.words.at(at))
		e.raw(word[:])
	}
	e.number(l.calls.count())
	from, last := l.lapsed, int64(0)
	for n := l.calls.head; n < l.calls.tail; n++ {
		c := l.calls.cells.at(n)
		e.numbers(c.to-from, uint64(c.lapsesMillis-last))
		from, last = c.to, c.lapsesMillis
	}
}

// sessions are written by serial, wherever they lie.
func (e *encoder) sessions(r *Room) {
	slots := make([]uint32, 0, r.inside)
	for slot := range r.slots {
		if r.sessions.at(uint64(slot)).serial != 0 {
			slots = append(slots, slot)
		}
	}
	slices.SortFunc(slots, func(a, b uint32) int {
		return cmp.Compare(r.sessions.at(uint64(a)).serial, r.sessions.at(uint64(b)).serial)
	})
	e.number(uint64(len(slots)))
	last := uint64(0)
	for _, slot := range slots {
		s := r.sessions.at(uint64(slot))
		e.numbers(s.serial-last, uint64(s.lane), s.number, s.place)
		e.raw(le.AppendUint64(le.AppendUint64(nil, s.buyer), s.hold))
		e.numbers(uint64(s.enteredMillis), uint64(s.idleMillis-s.enteredMillis), uint64(s.endsMillis-s.enteredMillis))
		last = s.serial
	}
}
