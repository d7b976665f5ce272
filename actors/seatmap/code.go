package seatmap

// Code is what the state machine decided: OK, or why not. The words are those of the HTTP contract, which maps each to
// a status once (httpapi). Numbers stand in logs and snapshots: never renumber, only append.
type Code uint8

// The decisions.
const (
	CodeOK                  Code = 0
	CodeInvalid             Code = 1  // a field breaks a rule that only the event knows; Answer.Field and Reason say which
	CodeUnknownEvent        Code = 2  // no such event
	CodeUnknownChart        Code = 3  // no such chart
	CodeUnknownSeat         Code = 4  // Answer.Labels lists the seats, areas or tables that the chart does not have
	CodeUnknownHold         Code = 5  // no such hold, or forgotten (tombstones are bounded)
	CodeUnknownOrder        Code = 6  // no such order
	CodeSeatUnavailable     Code = 7  // Answer.Labels lists what is not free
	CodeNotEnoughSeats      Code = 8  // an area, or best available, has fewer places than wished for
	CodeNotOnSale           Code = 9  // draft, paused, closed, or outside the sale's window
	CodeBuyerLimit          Code = 10 // the buyer would have more places than max_places_per_buyer
	CodeChartExists         Code = 11 // another chart has that name
	CodeEventExists         Code = 12 // another event has that key
	CodeHoldConfirmed       Code = 13 // the hold is an order by now
	CodeWouldLeaveOrphan    Code = 14 // orphans=refuse, and another choice existed
	CodeHoldExpired         Code = 15 // the deadline passed in log time
	CodeHoldReleased        Code = 16 // the hold was given back
	CodeIdempotencyMismatch Code = 17 // the key was used with another body
	CodeOverloaded          Code = 18 // a named limit of the state is reached; nothing was decided
	CodeWaitingRoom         Code = 19 // the event's waiting room refuses it; its own answer says why (package waitroom)
)

var codeWords = [...]string{
	CodeOK: "ok", CodeInvalid: "invalid", CodeUnknownEvent: "unknown_event", CodeUnknownChart: "unknown_chart",
	CodeUnknownSeat: "unknown_seat", CodeUnknownHold: "unknown_hold", CodeUnknownOrder: "unknown_order",
	CodeSeatUnavailable: "seat_unavailable", CodeNotEnoughSeats: "not_enough_seats", CodeNotOnSale: "not_on_sale",
	CodeBuyerLimit: "buyer_limit", CodeChartExists: "chart_exists", CodeEventExists: "event_exists",
	CodeHoldConfirmed: "hold_confirmed", CodeWouldLeaveOrphan: "would_leave_orphan", CodeHoldExpired: "hold_expired",
	CodeHoldReleased: "hold_released", CodeIdempotencyMismatch: "idempotency_mismatch", CodeOverloaded: "overloaded",
	CodeWaitingRoom: "waiting_room",
}

// Codes is the number of codes; every Code is below it.
const Codes = len(codeWords)

// String is the code's word in the HTTP contract.
func (c Code) String() string {
	if int(c) < len(codeWords) {
		return codeWords[c]
	}
	return "unknown_code"
}
