package waitroom

// paged is an array in pages. It grows by a page, and a copy of it can be shared at the price of its page directory: the page
// that is written next is copied first. The first pages can be dropped.
type paged[T any] struct {
	pages []page[T]
	shift uint8  // a page has 1<<shift cells
	base  uint64 // number of the first cell of the first page; a multiple of the page size
}

// page is one page; shared says that somebody else may read its cells, so they must not change any more.
type page[T any] struct {
	cells  []T
	shared bool
}

// Page sizes, as powers of two: some kilobytes each.
const (
	wordPageShift    = 9
	callPageShift    = 8
	sessionPageShift = 6
)

// at is a cell for reading.
func (p *paged[T]) at(i uint64) *T {
	i -= p.base
	return &p.pages[i>>p.shift].cells[i&(1<<p.shift-1)]
}

// edit is a cell for writing, on a page that nobody else reads.
func (p *paged[T]) edit(i uint64) *T {
	i -= p.base
	pg := &p.pages[i>>p.shift]
	if pg.shared {
		pg.cells = append(make([]T, 0, len(pg.cells)), pg.cells...)
		pg.shared = false
	}
	return &pg.cells[i&(1<<p.shift-1)]
}

// end is the first cell beyond the last page.
func (p *paged[T]) end() uint64 { return p.base + uint64(len(p.pages))<<p.shift }

// reach makes room for all cells before end.
func (p *paged[T]) reach(end uint64) {
	for p.end() < end {
		p.pages = append(p.pages, page[T]{cells: make([]T, 1<<p.shift)})
	}
}

// drop forgets the first page.
func (p *paged[T]) drop() {
	p.pages[0] = page[T]{}
	p.pages = p.pages[1:]
	p.base += 1 << p.shift
}

// share returns a copy that never changes, however this one is edited.
func (p *paged[T]) share() paged[T] {
	for i := range p.pages {
		p.pages[i].shared = true
	}
	shared := *p
	shared.pages = append([]page[T](nil), p.pages...)
	return shared
}

// queue holds records in the order in which they came.
type queue[T any] struct {
	cells      paged[T]
	head, tail uint64 // numbers of the oldest record and of the next one to come
}

func (q *queue[T]) count() uint64 { return q.tail - q.head }

func (q *queue[T]) push(record T) {
	q.cells.reach(q.tail + 1)
	*q.cells.edit(q.tail) = record
	q.tail++
}

// pop forgets the oldest record.
func (q *queue[T]) pop() {
	q.head++
	if q.head-q.cells.base == 1<<q.cells.shift {
		q.cells.drop()
	}
}

func (q *queue[T]) share() queue[T] {
	return queue[T]{cells: q.cells.share(), head: q.head, tail: q.tail}
}
