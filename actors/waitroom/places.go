package waitroom

import "math/bits"

// fate is what became of a called place: two bits of a word. The high bit says that it is over.
type fate uint64

const (
	fateCalled fate = 0
	fateInside fate = 1
	fateLeft   fate = 2 // was inside, or gave the call up
	fateLapsed fate = 3
)

const (
	placesPerWord = 32
	placesPerPage = placesPerWord << wordPageShift
	lowBits       = 0x5555_5555_5555_5555
	highBits      = lowBits << 1
	// rememberedPlaces is how many called places of a lane are told apart at least; of earlier ones that are all over, the room
	// knows no more than that.
	rememberedPlaces = 1 << 20
	// maxSpan bounds the places between the first that is not over and the last called one, in a lane; none is called beyond.
	maxSpan = 1 << 26
)

// fates are those of a lane's places from the floor to its frontier. The floor is a page's begin; below it all is over.
type fates struct{ words paged[uint64] }

func newFates() fates { return fates{paged[uint64]{shift: wordPageShift}} }

func (f *fates) floor() uint64 { return f.words.base * placesPerWord }

func (f *fates) at(place uint64) fate {
	return fate(*f.words.at(place / placesPerWord) >> (place % placesPerWord * 2) & 3)
}

func (r *Room) setFate(lane uint8, place uint64, to fate) {
	at := place / placesPerWord
	word := r.lanes[lane].fates.words.edit(at)
	shift := place % placesPerWord * 2
	r.replaceWord(lane, at, word, *word&^(3<<shift)|uint64(to)<<shift)
}

func (r *Room) replaceWord(lane uint8, at uint64, word *uint64, with uint64) {
	r.sum += fateElement(lane, at, with) - fateElement(lane, at, *word)
	*word = with
}

// lapseCalled makes all called places of [from, to) lapsed, and counts them.
func (r *Room) lapseCalled(lane uint8, from, to uint64) (lapsed uint32) {
	words := &r.lanes[lane].fates.words
	for from < to {
		at := from / placesPerWord
		end := min((at+1)*placesPerWord, to)
		mask := ^uint64(0)
		if n := end - from; n < placesPerWord {
			mask = (1<<(2*n) - 1) << (from % placesPerWord * 2)
		}
		word := *words.at(at)
		if called := ^(word | word>>1) & lowBits & mask; called != 0 {
			lapsed += uint32(bits.OnesCount64(called))
			r.replaceWord(lane, at, words.edit(at), word|called|called<<1)
		}
		from = end
	}
	return lapsed
}

// trim forgets the lane's first pages while more than rememberedPlaces are told apart and all on the page is over, the calls
// too: those are looked through again when they lapse.
func (r *Room) trim(lane uint8) {
	l := &r.lanes[lane]
	for l.frontier-l.fates.floor() > rememberedPlaces+placesPerPage && l.fates.floor()+placesPerPage <= l.lapsed {
		first := l.fates.words.pages[0].cells
		for _, word := range first {
			if word&highBits != highBits {
				return
			}
		}
		for i, word := range first {
			r.sum -= fateElement(lane, l.fates.words.base+uint64(i), word)
		}
		l.fates.words.drop()
		r.revision++
	}
}

// countFates counts the lane's called places that were called and no more, and those whose visitors are inside.
func (r *Room) countFates(lane uint8) (called, inside uint32) {
	l := &r.lanes[lane]
	end := min(l.frontier, l.fates.words.end()*placesPerWord)
	for at := l.fates.words.base; at*placesPerWord < end; at++ {
		mask := uint64(lowBits)
		if n := end - at*placesPerWord; n < placesPerWord {
			mask &= 1<<(2*n) - 1
		}
		word := *l.fates.words.at(at)
		called += uint32(bits.OnesCount64(^(word | word>>1) & mask))
		inside += uint32(bits.OnesCount64(word & ^(word >> 1) & mask))
	}
	return called, inside
}
