package seatmap

// queue holds records in the order in which they came; each has a number that is one more than the last one's. The
// front is dropped page by page.
type queue[T any] struct {
	cells      paged[T]
	base       uint64 // number of the first cell of the first page; a multiple of the page size
	head, tail uint64 // numbers of the oldest record and of the next one to come
}

func newQueue[T any](shift uint8) queue[T] { return queue[T]{cells: newPaged[T](shift)} }

func (q *queue[T]) count() uint64 { return q.tail - q.head }

func (q *queue[T]) at(number uint64) *T   { return q.cells.at(uint32(number - q.base)) }
func (q *queue[T]) edit(number uint64) *T { return q.cells.edit(uint32(number - q.base)) }

func (q *queue[T]) push(record T) (number uint64) {
	q.cells.grow(uint32(q.tail - q.base))
	*q.edit(q.tail) = record
	q.tail++
	return q.tail - 1
}

// pop forgets the oldest record.
func (q *queue[T]) pop() {
	q.head++
	if size := uint64(1) << q.cells.shift; q.head-q.base == size {
		q.cells.pages[0] = page[T]{}
		q.cells.pages = q.cells.pages[1:]
		q.base += size
	}
}

func (q *queue[T]) share() queue[T] {
	shared := *q
	shared.cells = q.cells.share()
	return shared
}

// resume sets the numbers of an empty queue, as Restore needs it.
func (q *queue[T]) resume(head uint64) {
	q.head, q.tail = head, head
	q.base = head &^ (1<<q.cells.shift - 1)
}
