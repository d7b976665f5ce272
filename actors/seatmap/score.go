package seatmap

// Scores are single numbers, so that the best is the smallest: the text of the score (allocation.go) from the most
// important part in the high bits to the tie-break in the low ones. Parts never overflow into each other: ranks have 32
// bits, parties at most MaxPlacesPerHold < 2^10 seats.
const (
	slotBits  = 18 // MaxSeats and MaxTables are less than 2^18 slots
	groupBits = 17 // MaxRows and MaxTables are less than 2^17 rows
	rankBits  = 42 // sum of 2^10 ranks
	onesBits  = 3

	noScore = ^uint64(0)
)

// A constant that would be negative does not compile.
const (
	_ = uint(1<<slotBits - MaxSeats - MaxTables)
	_ = uint(1<<groupBits - MaxRows - MaxTables)
	_ = uint(1<<(rankBits-32) - MaxPlacesPerHold)
	_ = uint(64 - slotBits - rankBits)
	_ = uint(64 - 38 - groupBits - onesBits - 2) // splits: at most 2^6 seats
)

// blockScore is the score of the block of size seats that begins at slot; that of none is noScore.
func (l *layout) blockScore(slot, size uint32) uint64 {
	if slot == none {
		return noScore
	}
	return (l.sums[slot+size]-l.sums[slot])<<slotBits | uint64(slot)
}

// blockOf is the first slot of the block that has a score.
func blockOf(score uint64) uint32 {
	if score == noScore {
		return none
	}
	return uint32(score & (1<<slotBits - 1))
}
