package history

// Code is why an operation was not done: the codes of API v1 that a driver of load can meet.
type Code uint8

// The codes; their numbers stand in files: append only. CodeOther is one that this package does not know, as a proxy's answer without any.
const (
	CodeNone Code = iota
	CodeOther
	CodeSeatUnavailable
	CodeNotEnoughSeats
	CodeNotOnSale
	CodeBuyerLimit
	CodeWouldLeaveOrphan
	CodeHoldConfirmed
	CodeHoldExpired
	CodeHoldReleased
	CodeUnknownHold
	CodeUnknownOrder
	CodeUnknownSeat
	CodeUnknownEvent
	CodeInvalid
	CodeMalformed
	CodeIdempotencyMismatch
	CodeOverloaded
	CodeRateLimited
	CodeNoLeader
	CodeHalted
	CodeOutcomeUnknown
	// Of waiting rooms.
	CodePassRequired
	CodePassExpired
	CodePassForeign
	CodePassBorrowed
	CodePassForged
	CodePassMalformed
	CodePassWrongKind
	CodeTokenRequired
	CodeTokenExpired
	CodeTokenForeign
	CodeTokenForged
	CodeTokenMalformed
	CodeTokenWrongKind
	CodeNotCalled
	CodeCallLapsed
	CodeSessionEnded
	CodeUnknownNumber
	CodeUnknownRoom
	CodeRoomNotOpen
	CodeRoomClosed
	codes // number of codes
)

var codeWords = [codes]string{
	CodeNone: "", CodeOther: "other",
	CodeSeatUnavailable: "seat_unavailable", CodeNotEnoughSeats: "not_enough_seats", CodeNotOnSale: "not_on_sale",
	CodeBuyerLimit: "buyer_limit", CodeWouldLeaveOrphan: "would_leave_orphan", CodeHoldConfirmed: "hold_confirmed",
	CodeHoldExpired: "hold_expired", CodeHoldReleased: "hold_released", CodeUnknownHold: "unknown_hold",
	CodeUnknownOrder: "unknown_order", CodeUnknownSeat: "unknown_seat", CodeUnknownEvent: "unknown_event",
	CodeInvalid: "invalid", CodeMalformed: "malformed", CodeIdempotencyMismatch: "idempotency_mismatch",
	CodeOverloaded: "overloaded", CodeRateLimited: "rate_limited", CodeNoLeader: "no_leader", CodeHalted: "halted",
	CodeOutcomeUnknown: "outcome_unknown",
	CodePassRequired:   "pass_required", CodePassExpired: "pass_expired", CodePassForeign: "pass_foreign", CodePassBorrowed: "pass_borrowed",
	CodePassForged: "pass_forged", CodePassMalformed: "pass_malformed", CodePassWrongKind: "pass_wrong_kind",
	CodeTokenRequired: "token_required", CodeTokenExpired: "token_expired", CodeTokenForeign: "token_foreign",
	CodeTokenForged: "token_forged", CodeTokenMalformed: "token_malformed", CodeTokenWrongKind: "token_wrong_kind",
	CodeNotCalled: "not_called", CodeCallLapsed: "call_lapsed", CodeSessionEnded: "session_ended", CodeUnknownNumber: "unknown_number",
	CodeUnknownRoom: "unknown_room", CodeRoomNotOpen: "room_not_open", CodeRoomClosed: "room_closed",
}

var codeOfWord = func() map[string]Code {
	m := make(map[string]Code, codes)
	for c := CodeOther; c < codes; c++ {
		m[codeWords[c]] = c
	}
	return m
}()

// CodeOf is the code behind a problem's word; it does not allocate.
func CodeOf[T string | []byte](word T) Code {
	if c, ok := codeOfWord[string(word)]; ok {
		return c
	}
	if len(word) == 0 {
		return CodeNone
	}
	return CodeOther
}

// String is the code's word in the API, "" for none.
func (c Code) String() string {
	if c < codes {
		return codeWords[c]
	}
	return codeWords[CodeOther]
}
