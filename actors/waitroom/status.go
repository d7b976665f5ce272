package waitroom

// State is where a visitor stands.
type State uint8

// The states.
const (
	StateUnknown  State = iota // the number is not given, as far as the picture shows
	StatePreQueue              // waits for the draw
	StateWaiting
	StateReady // called: may enter until EnterByMillis
	StateInside
	StateLeft    // was inside
	StateLapsed  // was called, and did not come
	StateSoldOut // waits, and nothing is left
	StateClosed
	StateOpen // there is no queue
)

// Status is what a visitor is told.
type Status struct {
	State         State
	Place         uint64 // from 0, in the lane; StateWaiting and StateSoldOut
	Ahead         uint64 // visitors of the lane who are called before
	EnterByMillis int64  // StateReady
	// How long it takes until the call, and between what that is likely to lie. WaitHighSeconds 0 = nobody knows.
	WaitSeconds, WaitLowSeconds, WaitHighSeconds uint32
	PollAfterSeconds                             uint32 // when it is worth asking again
}

// Figures are the counters of a picture.
type Figures struct {
	Revision      uint64
	Config        Config // nobody changes it
	Phase         Phase
	Lanes         int              // in use, the public one included; what follows counts for these
	Given         [MaxLanes]uint64 // numbers
	Drawn         [MaxLanes]uint64 // numbers that were in the draw
	Frontier      [MaxLanes]uint64 // places below it were called
	Waiting       [MaxLanes]uint64 // not called
	Inside        uint32
	Called        uint32 // not in yet, and may still come
	RatePerMinute uint32 // calls, measured over the recent past
	Pressure      uint32 // thousandths
	Stock         Stock
	SeedHash      [32]byte    // of ModeRandom
	Seed          [32]byte    // zero before the draw
	Ring          []KeyRecord // by age; for nodes only: no answer to anybody has it
}
