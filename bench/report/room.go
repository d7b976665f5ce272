package report

// Room is what was seen of a waiting room in front of a replay's event.
type Room struct {
	Mode     string    `json:"mode"` // "random" or "fifo"
	Settings []Setting `json:"settings,omitempty"`
	// Moments are by what a node says.
	Moments []RoomMoment `json:"moments,omitempty"`
	Waits   []RoomWait   `json:"waits,omitempty"` // in the order of their time

	Joined     int64 `json:"joined"`
	Entered    int64 `json:"entered"`
	Ordered    int64 `json:"ordered"`     // sessions that an order ended
	TurnedAway int64 `json:"turned_away"` // sold out or closed while they waited
	Lapsed     int64 `json:"lapsed"`      // calls and sessions whose time ran out
	Waiting    int64 `json:"waiting"`     // still, when the replay ended

	Fairness  *RoomFairness  `json:"fairness,omitempty"`
	Draw      *RoomDraw      `json:"draw,omitempty"`
	Estimates *RoomEstimates `json:"estimates,omitempty"`
}

// RoomMoment is a room at a moment.
type RoomMoment struct {
	At            float64 `json:"at_seconds"`
	Waiting       int64   `json:"waiting"`
	Inside        int64   `json:"inside"`
	RatePerMinute int64   `json:"rate_per_minute"` // of calls, measured by the room
	Phase         string  `json:"phase,omitempty"`
}

// RoomWait is what those who were told an estimate at about one time had been told and then waited, as medians.
type RoomWait struct {
	At       float64 `json:"at_seconds"`
	Visitors int64   `json:"visitors"`
	Waited   float64 `json:"waited_seconds"`
	Foretold float64 `json:"foretold_seconds"`
	Least    float64 `json:"least_seconds"` // the band's
	Most     float64 `json:"most_seconds"`
}

// RoomFairness is the rank correlation of arrival and call of those who queue in order of arrival.
type RoomFairness struct {
	Visitors    int64   `json:"visitors"`
	Correlation float64 `json:"correlation"` // Spearman's
}

// RoomDraw is a chi-square test of the draw: ten parts of the arrival against ten of the draw.
type RoomDraw struct {
	Visitors  int64   `json:"visitors"`
	ChiSquare float64 `json:"chi_square"`
	Freedom   int     `json:"degrees_of_freedom"`
	P         float64 `json:"p"` // chance of a table at least so uneven if all orders are alike
}

// RoomEstimates are the first estimates after the opening against the waits that came.
type RoomEstimates struct {
	Visitors int64   `json:"visitors"`
	Waited   float64 `json:"waited_seconds"`   // median
	Foretold float64 `json:"foretold_seconds"` // median
	Error    float64 `json:"error_seconds"`    // median of the differences, whatever their sign
	Within   float64 `json:"within"`           // share of the waits that lay in their band
}
