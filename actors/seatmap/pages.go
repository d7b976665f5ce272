package seatmap

import "unsafe"

// paged is an array in pages of fixed size. It grows by a page, so growing never doubles memory, and a copy of it can be
// shared at the price of its page directory: the page that is written next is copied first.
type paged[T any] struct {
	pages []page[T]
	shift uint8 // a page has 1<<shift cells
}

// page is one page; shared says that somebody else may read its cells, so they must not change any more.
type page[T any] struct {
	cells  []T
	shared bool
}

// Page sizes, as powers of two. Small records get long pages, so that every page is some kilobytes.
const (
	octetPageShift  = 12
	wordPageShift   = 10
	recordPageShift = 8
	tallyPageShift  = 6
)

func newPaged[T any](shift uint8) paged[T] { return paged[T]{shift: shift} }

// newPagedOf makes an array of exactly n cells of one value.
func newPagedOf[T any](shift uint8, n int, value T) paged[T] {
	p := newPaged[T](shift)
	for size := 1 << shift; n > 0; n -= size {
		cells := make([]T, min(n, size))
		for i := range cells {
			cells[i] = value
		}
		p.pages = append(p.pages, page[T]{cells: cells})
	}
	return p
}

// at is a cell for reading. The pointer is good until the next edit of the array.
func (p *paged[T]) at(i uint32) *T {
	return &p.pages[i>>p.shift].cells[i&(1<<p.shift-1)]
}

// edit is a cell for writing, on a page that nobody else reads.
func (p *paged[T]) edit(i uint32) *T {
	pg := &p.pages[i>>p.shift]
	if pg.shared {
		pg.unshare()
	}
	return &pg.cells[i&(1<<p.shift-1)]
}

func (pg *page[T]) unshare() {
	pg.cells = append(make([]T, 0, len(pg.cells)), pg.cells...)
	pg.shared = false
}

// grow makes room for cell i, which is at most one page further than the array reaches.
func (p *paged[T]) grow(i uint32) {
	if int(i>>p.shift) == len(p.pages) {
		p.pages = append(p.pages, page[T]{cells: make([]T, 1<<p.shift)})
	}
}

// share returns a copy that never changes, however this one is edited.
func (p *paged[T]) share() paged[T] {
	for i := range p.pages {
		p.pages[i].shared = true
	}
	return paged[T]{pages: append([]page[T](nil), p.pages...), shift: p.shift}
}

func (p *paged[T]) heapBytes() int {
	var cell T
	bytes := cap(p.pages) * int(unsafe.Sizeof(page[T]{}))
	for i := range p.pages {
		bytes += cap(p.pages[i].cells) * int(unsafe.Sizeof(cell))
	}
	return bytes
}
