package record

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"

	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/bench/trace"
)

// entry is one action of a buffer. Its texts lie in that buffer.
type entry struct {
	action       trace.Action
	micros       int64
	status       uint16
	id           seatmap.ID
	event, buyer []byte

	quantity, accessible uint64
	together             byte
	categories, sections [][]byte
	added, removed       selection
	number               uint64 // seconds of an Extend, tickets of a Cancel, 1 for a Confirm that takes again
}

type selection struct {
	labels     [][]byte // of seats, then tables
	areas      [][]byte
	quantities []uint64
}

// read reads the first of some actions and returns the others. It trusts what put wrote.
func (e *entry) read(b []byte) []byte {
	e.action, e.micros = trace.Action(b[0]), int64(binary.LittleEndian.Uint64(b[1:]))
	e.status = binary.LittleEndian.Uint16(b[9:])
	b = b[11:]
	b = b[copy(e.id[:], b):]
	e.event, b = text(b)
	e.buyer, b = text(b)
	e.categories, e.sections = e.categories[:0], e.sections[:0]
	e.added.reset()
	e.removed.reset()
	e.quantity = 0
	switch e.action {
	case trace.Hold, trace.Sale:
		e.quantity, b = number(b)
		e.together, b = b[0], b[1:]
		e.accessible, b = number(b)
		e.categories, b = texts(e.categories, b)
		e.sections, b = texts(e.sections, b)
		b = e.added.read(b)
	case trace.Change:
		b = e.removed.read(e.added.read(b))
	case trace.Confirm, trace.Extend, trace.Cancel:
		e.number, b = number(b)
	}
	return b
}

func number(b []byte) (uint64, []byte) {
	v, n := binary.Uvarint(b)
	return v, b[n:]
}

func text(b []byte) (t, rest []byte) {
	n, b := number(b)
	return b[:n], b[n:]
}

func texts(into [][]byte, b []byte) ([][]byte, []byte) {
	n, b := number(b)
	for range n {
		var t []byte
		t, b = text(b)
		into = append(into, t)
	}
	return into, b
}

func (s *selection) reset() {
	s.labels, s.areas, s.quantities = s.labels[:0], s.areas[:0], s.quantities[:0]
}

func (s *selection) read(b []byte) []byte {
	s.labels, b = texts(s.labels, b)
	s.labels, b = texts(s.labels, b)
	n, b := number(b)
	for range n {
		var area []byte
		var quantity uint64
		area, b = text(b)
		quantity, b = number(b)
		s.areas, s.quantities = append(s.areas, area), append(s.quantities, quantity)
	}
	return b
}

// resolve makes a record of the entry, but for its time. false: it is one that a replay has no use for.
func (e *entry) resolve(r *trace.Record, st *stage, n *numbers) bool {
	r.Reset()
	r.Event, r.Action, r.Recorded, r.Status = st.index, e.action, true, e.status
	var who place
	switch e.action {
	case trace.Look, trace.LookAgain:
		who = n.looker(e.buyer)
	case trace.Hold, trace.Sale:
		seen := false
		if who, seen = n.hold(e.buyer, e.id); seen || !e.wish(r, st.chart) {
			return false
		}
	default:
		who = n.of(e.buyer, e.id)
		if !e.about(r, st.chart) {
			return false
		}
	}
	r.Shopper, r.Slot, r.Anonymous = who.shopper, who.slot, who.anonymous
	if !e.id.IsZero() {
		r.Reference = xxhash.Sum64(e.id[:])
	}
	return true
}

// wish fills in what a hold or a sale is for.
func (e *entry) wish(r *trace.Record, c *chartIndex) bool {
	if e.quantity > 0 {
		r.Way, r.Quantity, r.Accessible = trace.WayBest, uint16(e.quantity), uint16(e.accessible)
		r.Together = [...]trace.Together{
			seatmap.TogetherPrefer: trace.Prefer, seatmap.TogetherRequire: trace.Require, seatmap.TogetherAny: trace.Any,
		}[e.together]
	}
	return indexes(&r.Categories, e.categories, c.categories) && indexes(&r.Sections, e.sections, c.sections) &&
		e.added.places(&r.Places, c)
}

// about fills in what is done with a hold or an order.
func (e *entry) about(r *trace.Record, c *chartIndex) bool {
	r.If = trace.IfHeld
	switch e.action {
	case trace.Confirm:
		r.Retake = e.number == 1
	case trace.Extend:
		r.Seconds = uint32(e.number)
	case trace.ReadOrder:
		r.If = trace.IfOrdered
	case trace.Cancel:
		r.If = trace.IfOrdered
		for i := range min(e.number, trace.MaxPlaces) {
			r.Tickets = append(r.Tickets, uint32(i))
		}
	case trace.Change:
		return e.added.places(&r.Places, c) && e.removed.places(&r.Removed, c)
	}
	return true
}

func indexes(into *[]uint32, keys [][]byte, of map[string]uint32) bool {
	for _, key := range keys {
		i, known := of[string(key)]
		if !known {
			return false
		}
		*into = append(*into, i)
	}
	return true
}

func (s *selection) places(into *[]trace.Place, c *chartIndex) bool {
	for _, label := range s.labels {
		p, known := c.places[string(label)]
		if !known {
			return false
		}
		*into = append(*into, p)
	}
	for i, area := range s.areas {
		p, known := c.places[string(area)]
		if !known {
			return false
		}
		p.Quantity = uint16(s.quantities[i])
		*into = append(*into, p)
	}
	return true
}
