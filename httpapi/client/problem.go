package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Problem is an answer that is not a success (RFC 9457).
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Code is the contract's word: one of the Code constants, or a newer one.
	Code string `json:"code"`
	// Seats lists the seats, tables and areas that the problem is about.
	Seats []string `json:"seats,omitempty"`
	// Errors lists the fields that break a rule.
	Errors            []FieldError `json:"errors,omitempty"`
	RetryAfterSeconds int          `json:"retry_after_seconds,omitempty"`
	// Key is the idempotency key to ask again with, where the outcome is open.
	Key string `json:"-"`
}

// FieldError is one field that breaks a rule.
type FieldError struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// The codes of problems.
const (
	CodeMalformed           = "malformed"
	CodeInvalid             = "invalid"
	CodeUnknownChart        = "unknown_chart"
	CodeUnknownEvent        = "unknown_event"
	CodeUnknownSeat         = "unknown_seat"
	CodeUnknownHold         = "unknown_hold"
	CodeUnknownOrder        = "unknown_order"
	CodeUnknownMember       = "unknown_member"
	CodeMemberRefused       = "member_refused"
	CodeNotFound            = "not_found"
	CodeMethodNotAllowed    = "method_not_allowed"
	CodeNotAcceptable       = "not_acceptable"
	CodeSeatUnavailable     = "seat_unavailable"
	CodeNotEnoughSeats      = "not_enough_seats"
	CodeNotOnSale           = "not_on_sale"
	CodeBuyerLimit          = "buyer_limit"
	CodeChartExists         = "chart_exists"
	CodeEventExists         = "event_exists"
	CodeHoldConfirmed       = "hold_confirmed"
	CodeWouldLeaveOrphan    = "would_leave_orphan"
	CodeHoldExpired         = "hold_expired"
	CodeHoldReleased        = "hold_released"
	CodeTooLarge            = "too_large"
	CodeUnsupportedMedia    = "unsupported_media_type"
	CodeIdempotencyMismatch = "idempotency_mismatch"
	CodeOverloaded          = "overloaded"
	CodeRateLimited         = "rate_limited"
	CodeInternal            = "internal"
	CodeNoLeader            = "no_leader"
	CodeHalted              = "halted"
	CodeOutcomeUnknown      = "outcome_unknown"

	CodeUnknownRoom        = "unknown_room"
	CodeRoomNotOpen        = "room_not_open"
	CodeRoomClosed         = "room_closed"
	CodeRoomFixed          = "room_fixed"
	CodeNotCalled          = "not_called"
	CodeCallLapsed         = "call_lapsed"
	CodeSessionEnded       = "session_ended"
	CodeTokenRequired      = "token_required"
	CodeTokenForged        = "token_forged"
	CodeTokenExpired       = "token_expired"
	CodeTokenForeign       = "token_foreign"
	CodePassRequired       = "pass_required"
	CodePassForged         = "pass_forged"
	CodePassExpired        = "pass_expired"
	CodePassForeign        = "pass_foreign"
	CodePassBorrowed       = "pass_borrowed"
	CodeInvitationRequired = "invitation_required"
)

// Error is the code and what helps.
func (p *Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s: %s", p.Status, p.Code, p.Detail)
	if len(p.Seats) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(p.Seats, ", "))
	}
	for _, e := range p.Errors {
		fmt.Fprintf(&b, " %s: %s.", e.Field, e.Reason)
	}
	return b.String()
}

// CodeOf is the code of the problem that err is or wraps, or "".
func CodeOf(err error) string {
	if p := (*Problem)(nil); errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// problemOf reads a problem out of an answer. What is not problem+json, as from a proxy, becomes a problem without code.
func problemOf(status int, header http.Header, body []byte) *Problem {
	p := &Problem{}
	if !strings.HasPrefix(header.Get("Content-Type"), "application/problem+json") || json.Unmarshal(body, p) != nil {
		const shown = 200
		p = &Problem{Title: http.StatusText(status), Detail: string(body[:min(len(body), shown)])}
	}
	p.Status = status
	return p
}
