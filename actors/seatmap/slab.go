package seatmap

// none is the number of no record, slot or link.
const none = ^uint32(0)

// slab holds records by number. A number given back is given out again before a new one, last first, which is part of
// the state: replicas number alike.
type slab[T any] struct {
	records paged[T]
	high    uint32        // numbers below it have been given out at some time
	free    paged[uint32] // stack of the numbers given back
	idle    uint32        // height of that stack
	sum     uint64        // state hash of the stack
}

func newSlab[T any]() slab[T] {
	return slab[T]{records: newPaged[T](recordPageShift), free: newPaged[uint32](wordPageShift)}
}

func (s *slab[T]) live() uint32 { return s.high - s.idle }

// take gives out a number; its record is zero.
func (s *slab[T]) take() uint32 {
	if s.idle > 0 {
		s.idle--
		number := *s.free.at(s.idle)
		s.sum -= freeElement(s.idle, number)
		return number
	}
	s.records.grow(s.high)
	s.high++
	return s.high - 1
}

// give takes a number back and clears its record.
func (s *slab[T]) give(number uint32) {
	var zero T
	*s.records.edit(number) = zero
	s.push(number)
}

func (s *slab[T]) push(number uint32) {
	s.free.grow(s.idle)
	*s.free.edit(s.idle) = number
	s.sum += freeElement(s.idle, number)
	s.idle++
}

// resum computes sum from scratch.
func (s *slab[T]) resum() uint64 {
	var sum uint64
	for i := range s.idle {
		sum += freeElement(i, *s.free.at(i))
	}
	return sum
}

func (s *slab[T]) at(number uint32) *T   { return s.records.at(number) }
func (s *slab[T]) edit(number uint32) *T { return s.records.edit(number) }

func (s *slab[T]) share() slab[T] {
	return slab[T]{records: s.records.share(), high: s.high, free: s.free.share(), idle: s.idle, sum: s.sum}
}

func (s *slab[T]) heapBytes() int { return s.records.heapBytes() + s.free.heapBytes() }
