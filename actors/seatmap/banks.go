package seatmap

import (
	"cmp"
	"math/bits"
	"slices"
)

// maxMaskedBanks bounds the masks of a row of more than one word: with more categories than that, masks would take more
// memory than the chart, and seats are looked at one by one.
const maxMaskedBanks = 16

// layBanks divides the rows by category.
func (l *layout) layBanks(p *Plan) {
	seen := make([]uint32, len(p.categories)) // by category: the last line that has it, and one
	for i := range l.lines {
		at := &l.lines[i]
		for slot := at.first; slot < at.first+at.count; slot++ {
			if category := p.category[slot]; seen[category] != uint32(i)+1 {
				seen[category] = uint32(i) + 1
				l.banks = append(l.banks, bank{line: uint32(i), category: category})
			}
		}
	}
	slices.SortStableFunc(l.banks, func(a, b bank) int { return cmp.Compare(a.category, b.category) })
	l.firstBank, l.firstCell = make([]uint32, len(p.categories)+1), make([]uint32, len(p.categories)+1)
	for i := range l.banks {
		b := &l.banks[i]
		section := l.lines[b.line].section
		if i == 0 || l.banks[i-1].category != b.category || l.lines[l.banks[i-1].line].section != section {
			l.cells = append(l.cells, cell{section: section, first: uint32(i)})
		}
		b.cell = uint32(len(l.cells) - 1)
		l.firstBank[b.category+1], l.firstCell[b.category+1] = uint32(i+1), uint32(len(l.cells))
	}
	l.firstNode = []uint32{0}
	for c := range p.categories {
		l.firstBank[c+1] = max(l.firstBank[c+1], l.firstBank[c])
		l.firstCell[c+1] = max(l.firstCell[c+1], l.firstCell[c])
		l.firstNode = append(l.firstNode, l.firstNode[c]+treeNodes(l.firstBank[c+1]-l.firstBank[c]))
	}
	l.listBanks()
	for i := range l.lines {
		l.layMasks(p, uint32(i))
	}
	slices.Sort(l.withWheels)
	l.withWheels = slices.Compact(l.withWheels)
}

// listBanks lists the banks of every line, by category.
func (l *layout) listBanks() {
	l.firstOf, l.lineBanks = make([]uint32, len(l.lines)+1), make([]uint32, len(l.banks))
	for i := range l.banks {
		l.firstOf[l.banks[i].line+1]++
	}
	for i := range l.lines {
		l.firstOf[i+1] += l.firstOf[i]
	}
	next := slices.Clone(l.firstOf)
	for i := range l.banks {
		at := &next[l.banks[i].line]
		l.lineBanks[*at] = uint32(i)
		*at++
	}
}

// layMasks makes the masks of a line's banks.
func (l *layout) layMasks(p *Plan, number uint32) {
	at, banks := &l.lines[number], l.ofLine(number)
	masked := at.words() <= 1 || len(banks) <= maxMaskedBanks
	for _, b := range banks {
		if l.banks[b].mask = none; masked {
			l.banks[b].mask = uint32(len(l.masks))
			l.masks = append(l.masks, make([]uint64, at.words())...)
		}
	}
	for i := range at.count {
		b := l.bankOf(number, p.category[at.first+i])
		if p.flags[at.first+i]&SeatAccessible != 0 {
			l.withWheels = append(l.withWheels, b)
		}
		if masked {
			l.masks[l.banks[b].mask+i>>6] |= 1 << (i & 63)
		}
	}
}

// inBank keeps the seats of a word of a row's bitmap that are in a bank of it.
func (l *layout) inBank(b *bank, i int, word uint64) uint64 {
	if b.mask != none {
		return word & l.masks[int(b.mask)+i]
	}
	first, kept := l.lines[b.line].first+uint32(i)<<6, uint64(0)
	for rest := word; rest != 0; rest &= rest - 1 {
		if l.category[first+uint32(bits.TrailingZeros64(rest))] == b.category {
			kept |= rest & -rest
		}
	}
	return kept
}

// ofLine lists the banks of a line, by category.
func (l *layout) ofLine(number uint32) []uint32 {
	return l.lineBanks[l.firstOf[number]:l.firstOf[number+1]]
}

// bankOf is the bank of a category in a line that has it.
func (l *layout) bankOf(number uint32, category uint16) uint32 {
	banks := l.ofLine(number)
	if len(banks) == 1 {
		return banks[0]
	}
	i, _ := slices.BinarySearchFunc(banks, category, func(b uint32, category uint16) int {
		return cmp.Compare(l.banks[b].category, category)
	})
	return banks[i]
}

// behind reports whether bank b+1 stands in the row behind bank b's: same category, same section, next row.
func (l *layout) behind(b uint32) bool {
	if int(b)+1 >= len(l.banks) {
		return false
	}
	here, next := &l.banks[b], &l.banks[b+1]
	return next.cell == here.cell && next.line == here.line+1
}
