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
	category   []uint16 // by slot: the plan's
	withWheels []uint32 // banks that have accessible seats
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
	line     uint32
	mask     uint32 // first word in masks; none in a row of many categories
	cell     uint32
	category uint16
}

// cell is a category within a section: banks one after the other, and a count of free seats.
type cell struct {
	section int32
	first   uint32
}

func newLayout(p *Plan) *layout {
	l := &layout{category: p.category}
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
