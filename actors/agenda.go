package actors

import (
	"container/heap"
	"math"
	"sync"
)

// agenda knows which events have something due, and when: a heap of entries that events carry within themselves, so that
// setting, moving and clearing one cost O(log events) and no memory. Its lock is a leaf.
type agenda struct {
	mu      sync.Mutex
	entries agendaHeap
}

// agendaEntry is an event's line in an agenda.
type agendaEntry struct {
	event *Event
	at    int64
	place int // in the heap plus one; 0 = not listed
}

type agendaHeap []*agendaEntry

func (h agendaHeap) Len() int { return len(h) }

// Less orders equal times by key: Due's order shall not depend on what else was ever listed.
func (h agendaHeap) Less(i, j int) bool {
	if h[i].at != h[j].at {
		return h[i].at < h[j].at
	}
	return h[i].event.key < h[j].event.key
}

func (h agendaHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i+1, j+1
}

func (h *agendaHeap) Push(x any) {
	e := x.(*agendaEntry)
	*h = append(*h, e)
	e.place = len(*h)
}

func (h *agendaHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	e.place = 0
	return e
}

// set lists e at the given time, or moves it there.
func (a *agenda) set(e *agendaEntry, at int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case e.place == 0:
		e.at = at
		heap.Push(&a.entries, e)
	case e.at != at:
		e.at = at
		heap.Fix(&a.entries, e.place-1)
	}
}

// unset takes e off the list.
func (a *agenda) unset(e *agendaEntry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if e.place != 0 {
		heap.Remove(&a.entries, e.place-1)
	}
}

// clear forgets everything.
func (a *agenda) clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range a.entries {
		e.place = 0
	}
	a.entries = nil
}

// next is the earliest time listed, or false.
func (a *agenda) next() (int64, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.entries) == 0 {
		return math.MaxInt64, false
	}
	return a.entries[0].at, true
}

// take unlists and returns one event that is due, or nil.
func (a *agenda) take(now int64) *Event {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.entries) == 0 || a.entries[0].at > now {
		return nil
	}
	return heap.Pop(&a.entries).(*agendaEntry).event
}

// due lists at most limit events that are due, earliest first, and leaves them listed. It looks at no more than
// 2·limit+1 entries, however many there are.
func (a *agenda) due(now int64, limit int) []*Event {
	a.mu.Lock()
	defer a.mu.Unlock()
	if limit <= 0 || len(a.entries) == 0 || a.entries[0].at > now {
		return nil
	}
	front := agendaFront{heap: a.entries, places: []int{0}}
	var found []*Event
	for front.Len() > 0 && len(found) < limit {
		i := heap.Pop(&front).(int)
		found = append(found, a.entries[i].event)
		for child := 2*i + 1; child <= 2*i+2 && child < len(a.entries); child++ {
			if a.entries[child].at <= now {
				heap.Push(&front, child)
			}
		}
	}
	return found
}

// agendaFront walks a heap in order without changing it: a heap of places whose parents were visited.
type agendaFront struct {
	heap   agendaHeap
	places []int
}

func (f *agendaFront) Len() int           { return len(f.places) }
func (f *agendaFront) Less(i, j int) bool { return f.heap.Less(f.places[i], f.places[j]) }
func (f *agendaFront) Swap(i, j int)      { f.places[i], f.places[j] = f.places[j], f.places[i] }
func (f *agendaFront) Push(x any)         { f.places = append(f.places, x.(int)) }

func (f *agendaFront) Pop() any {
	last := len(f.places) - 1
	i := f.places[last]
	f.places = f.places[:last]
	return i
}
