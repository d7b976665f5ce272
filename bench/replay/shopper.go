package replay

import (
	"sync"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/queue"
	"github.com/parterre/parterre/bench/trace"
)

// shopper is one party with all its devices: what it holds, what it saw, and what it has still to do. It lives from its
// first record to the end of its last.
type shopper struct {
	number uint64

	mu      sync.Mutex
	open    *task // not done yet, in the trace's order: waiting or running
	slots   []slot
	grants  uint32 // holds and sales granted so far
	devices []*picture
	seen    *picture // what any device saw last
	last    bool     // its last record was read
}

// slot is a hold that became, perhaps, an order.
type slot struct {
	id      history.ID
	grant   uint32 // the how-manieth of the shopper's, from 1; 0 = never granted
	until   int64  // when it lapses, in nanoseconds since the replay's start
	state   slotState
	tickets []ticket     // of the order, in its order
	visit   *queue.Visit // under which it was granted, nil without a waiting room
}

// ticket is a ticket's number in the order, and the place that it is for.
type ticket struct{ number, place uint32 }

type slotState uint8

const (
	slotEmpty slotState = iota
	slotHeld
	slotOrdered
	slotGiven // released, or known to have lapsed
)

// slot is the shopper's slot of a number, made when it is first spoken of.
func (s *shopper) slot(number uint8) *slot {
	for int(number) >= len(s.slots) {
		if n := len(s.slots); n < cap(s.slots) {
			s.slots = s.slots[:n+1] // keeps the tickets' room of a forgotten shopper
			s.slots[n] = slot{tickets: s.slots[n].tickets[:0]}
			continue
		}
		s.slots = append(s.slots, slot{})
	}
	return &s.slots[number]
}

// met says whether a record's condition is met now, and whether it has a hold or order to be about.
func (s *shopper) met(r *trace.Record, now int64) bool {
	k := s.slot(r.Slot)
	if !looks(r) && !takesPlaces(r.Action) && (k.grant == 0 || r.Action == trace.Decline && !r.Gives) {
		return false
	}
	// A payment is answered although the hold has lapsed meanwhile; everything else is given up then.
	held := k.state == slotHeld && (now < k.until || r.Action == trace.Confirm)
	switch r.If {
	case trace.IfHeld:
		return held
	case trace.IfRefused:
		return k.grant == 0
	case trace.IfEmptyHanded:
		return s.grants == 0
	case trace.IfKept:
		return held && k.grant == 1
	case trace.IfSpare:
		return held && k.grant > 1
	case trace.IfOrdered:
		return k.state == slotOrdered
	}
	return true
}

// saw notes the map that a device was shown.
func (s *shopper) saw(device uint8, p *picture) {
	for int(device) >= len(s.devices) {
		s.devices = append(s.devices, nil)
	}
	s.devices[device], s.seen = p, p
}

// shownTo is the map that a device has, nil if it has none.
func (s *shopper) shownTo(device uint8) *picture {
	if int(device) >= len(s.devices) {
		return nil
	}
	return s.devices[device]
}

// needs says whether a must wait until b, which stands before it in the trace, is done: a device does one thing after the
// other, a slot's actions are about its hold, and some conditions ask what became of all of the shopper's holds. Nobody
// waits for a map in order to ask for it again.
func needs(a, b *trace.Record) bool {
	if a.Slot == b.Slot && concernsSlot(a) && concernsSlot(b) {
		return true
	}
	if a.Device == b.Device && !looks(a) {
		return true
	}
	switch a.If {
	case trace.IfEmptyHanded, trace.IfKept, trace.IfSpare:
		return b.Action == trace.Hold || b.Action == trace.Sale
	}
	return false
}

func looks(r *trace.Record) bool { return r.Action == trace.Look || r.Action == trace.LookAgain }

// concernsSlot says whether a record acts on its slot, or asks what became of it.
func concernsSlot(r *trace.Record) bool {
	return !looks(r) || r.If != trace.Always && r.If != trace.IfEmptyHanded
}

// free says whether a task waits for none before it.
func (s *shopper) free(t *task) bool {
	for b := s.open; b != nil && b != t; b = b.next {
		if needs(&t.record, &b.record) {
			return false
		}
	}
	return true
}

// add puts a task behind the others.
func (s *shopper) add(t *task) {
	at := &s.open
	for *at != nil {
		at = &(*at).next
	}
	*at, t.next = t, nil
}

// remove takes a task out. Those that waited for it are due no earlier than it was after its pauses: a shopper who was asked
// to come later does everything later.
func (s *shopper) remove(t *task) {
	for at := &s.open; *at != nil; at = &(*at).next {
		if *at != t {
			continue
		}
		*at = t.next
		for a := t.next; a != nil; a = a.next {
			if needs(&a.record, &t.record) {
				a.due = max(a.due, t.due)
			}
		}
		t.next = nil
		return
	}
}
