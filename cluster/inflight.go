package cluster

import (
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
)

// inflightSlots is the number of counters that all events share by hash. Two events in one slot share one limit, which
// refuses early what would be refused later; nothing grows with the number of events.
const inflightSlots = 4_096

// inflight bounds the commands of one event that are under way at this node, so that one event's rush leaves room for
// the others in the partition's queue.
type inflight struct {
	limit int32
	slots [inflightSlots]atomic.Int32
}

func newInflight(limit int) *inflight { return &inflight{limit: int32(limit)} }

// enter takes a place for a command of the event; nil means that there is none. The caller gives it back by leave.
func (f *inflight) enter(event string) *atomic.Int32 {
	slot := f.slot(event)
	if slot.Add(1) > f.limit {
		slot.Add(-1)
		return nil
	}
	return slot
}

// slot is the counter of the event.
func (f *inflight) slot(event string) *atomic.Int32 {
	return &f.slots[xxhash.Sum64String(event)%inflightSlots]
}

func leave(slot *atomic.Int32) { slot.Add(-1) }
