package seatmap

import "math/bits"

// class holds the trees over the seats of one class, each made when it is first needed. For every size there are two
// trees of blocks: those that leave no single, and all that may be taken. Best ranks have one of single seats, and splits
// one for every party.
type class struct {
	s      *seating
	kind   int
	clean  [maxTreeParty + 1]tree
	blocks [maxTreeParty + 1]tree // the one of size 0 is of single seats, whatever the orphan rule says
	splits [maxTreeParty + 1]tree
	// dirty[tree][line>>6] has a bit for every row that changed since that tree (blocks by size, then splits by party) was
	// brought up to date.
	dirty [2*maxTreeParty + 2][]uint64
	last  uint32 // the row that was marked last, or none if a tree was brought up to date since
	marks uint64 // how often a row was marked
	// fresh is, by size, how many marks there were when the trees of blocks were brought up to date; asked has a bit for
	// each size that was asked for.
	fresh [maxTreeParty + 1]uint64
	asked uint
}

// keepUpMarks is how many marks a tree may be behind before some other party's wish brings it up to date: a size that is
// rarely asked for must not meet all that happened since.
const keepUpMarks = 16

func newClass(s *seating, kind int) *class {
	c := &class{s: s, kind: kind}
	words := len(s.standing)
	all := make([]uint64, words*len(c.dirty))
	for i := range c.dirty {
		c.dirty[i] = all[i*words : (i+1)*words : (i+1)*words]
	}
	c.markAll()
	return c
}

func (c *class) mark(number uint32) {
	if number == c.last {
		return
	}
	c.last = number
	c.marks++
	word, bit := number>>6, uint64(1)<<(number&63)
	for i := range c.dirty {
		c.dirty[i][word] |= bit
	}
}

func (c *class) markAll() {
	c.last = none
	for i := range c.dirty {
		for number := range uint32(len(c.s.l.lines)) {
			c.dirty[i][number>>6] |= 1 << (number & 63)
		}
	}
}

// ask brings the trees of blocks of one size up to date, and those that are furthest behind if that is far.
func (c *class) ask(size int) {
	c.refresh(size)
	c.asked |= 1 << size
	behind, furthest := uint64(keepUpMarks), -1
	for other := range c.fresh {
		if c.asked>>other&1 != 0 && c.marks-c.fresh[other] > behind {
			behind, furthest = c.marks-c.fresh[other], other
		}
	}
	if furthest >= 0 {
		c.refresh(furthest)
	}
}

// refresh brings the trees of blocks of one size up to date.
func (c *class) refresh(size int) {
	c.last, c.fresh[size] = none, c.marks
	if c.blocks[size].nodes == nil {
		c.blocks[size] = newTree(c.s.l, max(size, 1), false)
		if size > 0 {
			c.clean[size] = newTree(c.s.l, size, false)
		}
	}
	for word, rows := range c.dirty[size] {
		if rows == 0 {
			continue
		}
		c.dirty[size][word] = 0
		for ; rows != 0; rows &= rows - 1 {
			for _, number := range c.s.l.ofLine(uint32(word<<6 + bits.TrailingZeros64(rows))) {
				c.renew(number, size)
			}
		}
	}
}

// renew looks for a bank's best blocks of one size.
func (c *class) renew(number uint32, size int) {
	s := c.s
	v := &s.scratch.view
	s.look(v, number, c.kind, max(size, 1), size > 0 && s.refuse)
	clean, any := s.bestOf(v)
	c.blocks[size].setBlock(s.l, number, any)
	if size > 0 {
		c.clean[size].setBlock(s.l, number, clean)
	}
}

func (c *class) heapBytes() int {
	bytes := 8 * len(c.dirty) * cap(c.dirty[0])
	for size := range c.blocks {
		bytes += c.clean[size].heapBytes() + c.blocks[size].heapBytes() + c.splits[size].heapBytes()
	}
	return bytes
}
