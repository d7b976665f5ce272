package seatmap

// index finds records by hash: open addressing with linear probing over uint32s. An entry is seven bits of the hash
// (so that a probe rarely has to look at a record that is not meant), a one, and 24 bits of the record's number.
// It is derived from the records: snapshots leave it out, and its layout decides nothing.
type index struct {
	entries []uint32 // length is a power of two; 0 = empty
	used    int
}

const (
	indexNumberBits = 24
	indexNumberMask = 1<<indexNumberBits - 1
	// indexCapacity bounds the records of one table.
	indexCapacity = 1 << indexNumberBits
	indexMinimum  = 16
	// An index grows when 13/16 of it is used: seven tag bits keep probing cheap up to there.
	indexLoadNumerator, indexLoadDenominator = 13, 16
)

// probe is a walk over the entries that may be meant by a hash.
type probe struct{ at, tag uint32 }

func indexTag(hash uint64) uint32 { return uint32(hash>>56) | 1 }

func (x *index) start(hash uint64) probe {
	return probe{at: uint32(hash), tag: indexTag(hash)}
}

// next is the number of the next record whose hash may be the probe's, or false when there is none.
func (x *index) next(p *probe) (number uint32, ok bool) {
	mask := uint32(len(x.entries) - 1)
	for len(x.entries) > 0 {
		entry := x.entries[p.at&mask]
		if entry == 0 {
			break
		}
		p.at++
		if entry>>indexNumberBits == p.tag {
			return entry & indexNumberMask, true
		}
	}
	return 0, false
}

// insert adds a record that is not in the index. each lists all records that belong in it, the new one maybe among them.
func (x *index) insert(hash uint64, number uint32, each func(place func(hash uint64, number uint32))) {
	if x.full(x.used + 1) {
		x.grow(number, each)
	}
	x.place(hash, number)
	x.used++
}

// full reports whether so many records are too many for the entries.
func (x *index) full(used int) bool {
	return used*indexLoadDenominator > len(x.entries)*indexLoadNumerator
}

// reserve makes room for so many records in all; the index is empty.
func (x *index) reserve(records int) {
	size := len(x.entries)
	for records*indexLoadDenominator > size*indexLoadNumerator {
		size = max(indexMinimum, 2*size)
	}
	x.entries = make([]uint32, size)
}

// fill puts all records into the index, which is empty; false if two of them are the same.
func (x *index) fill(each func(place func(hash uint64, number uint32)), same func(a, b uint32) bool) (distinct bool) {
	each(func(uint64, uint32) { x.used++ })
	x.reserve(x.used)
	distinct = true
	each(func(hash uint64, number uint32) { distinct = x.placeOnce(hash, number, same) && distinct })
	return distinct
}

// placeOnce is place where the same record may be there already; then it is false.
func (x *index) placeOnce(hash uint64, number uint32, same func(a, b uint32) bool) bool {
	mask, tag := uint32(len(x.entries)-1), indexTag(hash)
	at := uint32(hash) & mask
	for x.entries[at] != 0 {
		if x.entries[at]>>indexNumberBits == tag && same(x.entries[at]&indexNumberMask, number) {
			return false
		}
		at = (at + 1) & mask
	}
	x.entries[at] = tag<<indexNumberBits | number
	return true
}

func (x *index) place(hash uint64, number uint32) {
	mask := uint32(len(x.entries) - 1)
	at := uint32(hash) & mask
	for x.entries[at] != 0 {
		at = (at + 1) & mask
	}
	x.entries[at] = indexTag(hash)<<indexNumberBits | number
}

// grow doubles the index, and fills it from the records in the order in which they lie: in the order of the old entries
// each would be a read from anywhere in memory.
func (x *index) grow(but uint32, each func(place func(hash uint64, number uint32))) {
	x.entries = make([]uint32, max(indexMinimum, 2*len(x.entries)))
	each(func(hash uint64, number uint32) {
		if number != but {
			x.place(hash, number)
		}
	})
}

// remove takes a record out and closes the gap, so that no probe ever meets a grave.
func (x *index) remove(hash uint64, number uint32, rehash func(uint32) uint64) {
	mask := uint32(len(x.entries) - 1)
	gap := uint32(hash) & mask
	for wanted := indexTag(hash)<<indexNumberBits | number; x.entries[gap] != wanted; {
		gap = (gap + 1) & mask
	}
	for at := (gap + 1) & mask; x.entries[at] != 0; at = (at + 1) & mask {
		home := uint32(rehash(x.entries[at]&indexNumberMask)) & mask
		// The entry may move into the gap unless its home lies behind the gap.
		if (at-home)&mask >= (at-gap)&mask {
			x.entries[gap] = x.entries[at]
			gap = at
		}
	}
	x.entries[gap] = 0
	x.used--
}

func (x *index) heapBytes() int { return 4 * len(x.entries) }
