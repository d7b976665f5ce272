package chaos

import (
	"sync"
	"sync/atomic"

	"github.com/parterre/parterre/bench/history"
)

// event is an event of the run, and what its workers know of it together. They share holds and orders, so that some are
// confirmed by one and given back by another at the same time.
type event struct {
	name   string
	number uint32
	// acked is the greatest revision that an answer has told: what is read strongly from now on must not be older.
	acked atomic.Uint64

	mu     sync.Mutex
	holds  []claim
	orders []claim
}

// claim is a hold or an order that was acknowledged.
type claim struct {
	id     string
	places []claimed
}

type claimed struct {
	number uint32 // in the chart
	seat   string // "" if it is none
	ticket string // "" of a hold
}

// maxClaims bounds what is remembered of each kind; the oldest is forgotten.
const maxClaims = 48

func (e *event) told(revision uint64) {
	for {
		seen := e.acked.Load()
		if revision <= seen || e.acked.CompareAndSwap(seen, revision) {
			return
		}
	}
}

func remember(list []claim, c claim) []claim {
	if len(list) == maxClaims {
		list = append(list[:0], list[1:]...)
	}
	return append(list, c)
}

func (e *event) held(c claim) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.holds = remember(e.holds, c)
}

func (e *event) ordered(c claim) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.orders = remember(e.orders, c)
}

// aHold and anOrder take one by a number; take removes it. Not ok: there is none.
func (e *event) aHold(pick int, take bool) (c claim, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return choose(&e.holds, pick, take)
}

func (e *event) anOrder(pick int, take bool) (c claim, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return choose(&e.orders, pick, take)
}

func choose(list *[]claim, pick int, take bool) (c claim, ok bool) {
	if len(*list) == 0 {
		return claim{}, false
	}
	i := pick % len(*list)
	c = (*list)[i]
	if take {
		*list = append((*list)[:i], (*list)[i+1:]...)
	}
	return c, true
}

// isWrite says whether an operation of a kind may change something.
func isWrite(k history.Kind) bool { return k > history.KindNone && k < history.KindReadHold }
