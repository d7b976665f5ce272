package trace

// errand is something that a shopper will do.
type errand struct {
	at      int64 // microseconds since the opening
	shopper uint32
	what    task
	slot    uint8
	turn    uint8
}

// task is what an errand is about.
type task uint8

const (
	toArrive task = iota // and to be let in, where there is a waiting room
	toLook
	toRefresh
	toClick
	toSpare
	toRelease
	toExtend
	toPay
	toRead
	toCancel
)

// before is a total order: of two errands, neither of which is before the other, both are the same.
func before(a, b *errand) bool {
	if a.at != b.at {
		return a.at < b.at
	}
	return a.rank() < b.rank()
}

func (e *errand) rank() uint64 {
	return uint64(e.shopper)<<24 | uint64(e.what)<<16 | uint64(e.slot)<<8 | uint64(e.turn)
}

// agenda gives errands back in their order. They wait in a bucket for each second, and in a heap once that second has
// come: a heap of all would be a walk through cold memory for each.
type agenda struct {
	buckets [][]errand
	now     int // the second that has come
	heap    []errand
	left    int
}

const bucketMicros = 1_000_000

// add puts an errand down, which must not be before the last one that came out.
func (a *agenda) add(e errand) {
	a.left++
	second := int(e.at / bucketMicros)
	if second <= a.now {
		a.push(e)
		return
	}
	for second >= len(a.buckets) {
		a.buckets = append(a.buckets, nil)
	}
	a.buckets[second] = append(a.buckets[second], e)
}

// next takes the first errand.
func (a *agenda) next() (errand, bool) {
	if a.left == 0 {
		return errand{}, false
	}
	for len(a.heap) == 0 {
		a.now++
		for _, e := range a.buckets[a.now] {
			a.push(e)
		}
		a.buckets[a.now] = nil
	}
	a.left--
	return a.pop(), true
}

func (a *agenda) push(e errand) {
	a.heap = append(a.heap, e)
	for i := len(a.heap) - 1; i > 0; {
		parent := (i - 1) / 2
		if !before(&a.heap[i], &a.heap[parent]) {
			return
		}
		a.heap[parent], a.heap[i] = a.heap[i], a.heap[parent]
		i = parent
	}
}

func (a *agenda) pop() errand {
	first, last := a.heap[0], len(a.heap)-1
	a.heap[0] = a.heap[last]
	a.heap = a.heap[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			return first
		}
		if child+1 < last && before(&a.heap[child+1], &a.heap[child]) {
			child++
		}
		if !before(&a.heap[child], &a.heap[i]) {
			return first
		}
		a.heap[i], a.heap[child] = a.heap[child], a.heap[i]
		i = child
	}
}
