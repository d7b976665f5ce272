package seatmap

import (
	"cmp"
	"slices"
)

// layout is a plan as best available sees it. Its rows are the rows of the plan and the tables sold by seat, ordered by
// section (those without one first), within a section as in the plan. It is compiled with the plan and shared by its
// events. Bitmaps have whole words for every row: bit i is the row's seat i.
type layout struct {
	lines      []line
	lineOf     []uint32 // by group; none for a whole table
	linked     []uint64 // the next seat is a neighbour: no aisle, not the end of the row
	ordinary   []uint64 // neither accessible nor companion
	accessible []uint64
	banks      []bank   // by category, then line
	masks      []uint64 // seats of the bank's category, in words of its own
	firstBank  []uint32 // by category, and one more
	firstNode  []uint32 // by category, and one more: nodes of a tree over its banks
	lineBanks  []uint32 // banks of line i: lineBanks[firstOfLine[i]:firstOfLine[i+1]]
	firstOf    []uint32 // by line, and one more
	cells      []cell
	firstCell  []uint32 // by category, and one more
	sums       []uint64 // sums[slot] is the sum of the ranks of all slots before
	longest    uint32   // seats of the longest run between aisles
}

// line is a row in the layout's order.
type line struct {
	first, count uint32 // slots
	word         uint32 // first word in the bitmaps
	group        uint32
	section      int32 // -1 for none
}

func (l *line) words() int { return int(l.count+63) / 64 }

// bank is the seats of one category in one row: a leaf of the trees.
type bank struct {
	line       uint32
	mask       uint32 // first word in masks
	cell       uint32
	category   uint16
	accessible bool // some seat is
}

// cell is a category within a section: banks one after the other, and a count of free seats.
type cell struct {
	section int32
	first   uint32
}

func newLayout(p *Plan) *layout {
	l := &layout{}
	l.layRows(p)
	for i := range l.lines {
		l.laySeats(p, &l.lines[i])
	}
	l.layBanks(p)
	l.sums = make([]uint64, p.slots+1)
	for slot, rank := range p.rank {
		l.sums[slot+1] = l.sums[slot] + uint64(rank)
	}
	return l
}

// layRows puts the rows into their order.
func (l *layout) layRows(p *Plan) {
	for i, r := range p.rows {
		l.lines = append(l.lines, line{first: r.first, count: r.count, group: uint32(i), section: r.section})
	}
	for i, t := range p.tables {
		if !t.whole {
			l.lines = append(l.lines, line{first: t.first, count: t.chairs, group: uint32(len(p.rows) + i), section: -1})
		}
	}
	slices.SortStableFunc(l.lines, func(a, b line) int { return cmp.Compare(a.section, b.section) })
	l.lineOf = make([]uint32, len(p.rows)+len(p.tables))
	for i := range l.lineOf {
		l.lineOf[i] = none
	}
	words := 0
	for i := range l.lines {
		at := &l.lines[i]
		l.lineOf[at.group] = uint32(i)
		at.word = uint32(words)
		words += at.words()
	}
	l.linked, l.ordinary, l.accessible = make([]uint64, words), make([]uint64, words), make([]uint64, words)
}

// laySeats fills the bitmaps of one row.
func (l *layout) laySeats(p *Plan, at *line) {
	run := uint32(0)
	for i := range at.count {
		flags, word, bit := p.flags[at.first+i], at.word+i>>6, uint64(1)<<(i&63)
		run++
		l.longest = max(l.longest, run)
		if i+1 < at.count && flags&aisleAfter == 0 {
			l.linked[word] |= bit
		} else {
			run = 0
		}
		if flags&SeatAccessible != 0 {
			l.accessible[word] |= bit
		}
		if flags&(SeatAccessible|SeatCompanion) == 0 {
			l.ordinary[word] |= bit
		}
	}
}

// layBanks divides the rows by category.
func (l *layout) layBanks(p *Plan) {
	for i := range l.lines {
		at := &l.lines[i]
		known := len(l.banks)
		for slot := at.first; slot < at.first+at.count; slot++ {
			category := p.category[slot]
			if !slices.ContainsFunc(l.banks[known:], func(b bank) bool { return b.category == category }) {
				l.banks = append(l.banks, bank{line: uint32(i), category: category})
			}
		}
	}
	slices.SortStableFunc(l.banks, func(a, b bank) int { return cmp.Compare(a.category, b.category) })
	l.firstBank, l.firstCell = make([]uint32, len(p.categories)+1), make([]uint32, len(p.categories)+1)
	byLine := make([][]uint32, len(l.lines))
	for i := range l.banks {
		b := &l.banks[i]
		at := &l.lines[b.line]
		if i == 0 || l.banks[i-1].category != b.category || l.lines[l.banks[i-1].line].section != at.section {
			l.cells = append(l.cells, cell{section: at.section, first: uint32(i)})
		}
		b.cell, b.mask = uint32(len(l.cells)-1), uint32(len(l.masks))
		l.firstBank[b.category+1], l.firstCell[b.category+1] = uint32(i+1), uint32(len(l.cells))
		byLine[b.line] = append(byLine[b.line], uint32(i))
		l.layMask(p, b, at)
	}
	l.firstNode = []uint32{0}
	for c := range p.categories {
		l.firstBank[c+1] = max(l.firstBank[c+1], l.firstBank[c])
		l.firstCell[c+1] = max(l.firstCell[c+1], l.firstCell[c])
		l.firstNode = append(l.firstNode, l.firstNode[c]+treeNodes(l.firstBank[c+1]-l.firstBank[c]))
	}
	l.firstOf = []uint32{0}
	for _, banks := range byLine {
		l.lineBanks = append(l.lineBanks, banks...)
		l.firstOf = append(l.firstOf, uint32(len(l.lineBanks)))
	}
}

func (l *layout) layMask(p *Plan, b *bank, at *line) {
	l.masks = append(l.masks, make([]uint64, at.words())...)
	for i := range at.count {
		if p.category[at.first+i] == b.category {
			l.masks[b.mask+i>>6] |= 1 << (i & 63)
			b.accessible = b.accessible || p.flags[at.first+i]&SeatAccessible != 0
		}
	}
}

// ofLine lists the banks of a line.
func (l *layout) ofLine(number uint32) []uint32 {
	return l.lineBanks[l.firstOf[number]:l.firstOf[number+1]]
}

// behind reports whether bank b+1 stands in the row behind bank b's: same category, same section, next row.
func (l *layout) behind(b uint32) bool {
	if int(b)+1 >= len(l.banks) {
		return false
	}
	here, next := &l.banks[b], &l.banks[b+1]
	return next.cell == here.cell && next.line == here.line+1
}
