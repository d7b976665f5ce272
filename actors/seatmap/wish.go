package seatmap

// Wish asks for the best places that fit, instead of naming them. The map decides which, in the same step in which it
// takes them: nobody can be faster between the choice and the hold. The zero Wish asks for nothing.
type Wish struct {
	// Quantity is the size of the party: that many seats. 0 = no wish.
	Quantity int32
	Together Together
	// Accessible is how many of the seats must be accessible ones, each with others of the party beside it.
	Accessible int32
	// Categories and Sections bound the choice to those keys; none = everywhere.
	Categories []string
	Sections   []string
	// MinPrice and MaxPrice bound the price of one place in minor units; MaxPrice 0 = no upper bound.
	MinPrice, MaxPrice int64
}

// Together says how far a party may be split. Numbers stand in logs: never renumber.
type Together uint8

// The ways to sit.
const (
	TogetherPrefer  Together = 0 // neighbours in one row; else the nearest split; else scattered
	TogetherRequire Together = 1 // neighbours in one row, or nothing
	TogetherAny     Together = 2 // the best ranks, wherever they are
)
