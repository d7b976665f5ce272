package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster"
)

// Codes of problems that no state machine decides; the others are the words of seatmap.Code.
const (
	codeMalformed        = "malformed"
	codeInvalid          = "invalid"
	codeTooLarge         = "too_large"
	codeUnsupportedMedia = "unsupported_media_type"
	codeNotAcceptable    = "not_acceptable"
	codeMethodNotAllowed = "method_not_allowed"
	codeNotFound         = "not_found"
	codeOverloaded       = "overloaded"
	codeRateLimited      = "rate_limited"
	codeNoLeader         = "no_leader"
	codeHalted           = "halted"
	codeOutcomeUnknown   = "outcome_unknown"
	codeInternal         = "internal"
	codeDraining         = "draining"
	codeUnknownEvent     = "unknown_event"
	codeUnknownChart     = "unknown_chart"
	codeUnknownSeat      = "unknown_seat"
	codeUnknownHold      = "unknown_hold"
	codeUnknownOrder     = "unknown_order"
	codeUnknownMember    = "unknown_member"
	codeMemberRefused    = "member_refused"
)

// kind is what every problem of one code has in common.
type kind struct {
	status int
	title  string
	detail string // where the occasion says nothing better
	// retrySeconds is sent as Retry-After; 0 = not sent.
	retrySeconds int
}

// kinds is the one table from codes to statuses and words (RFC 9457).
var kinds = map[string]kind{
	codeMalformed:        {status: http.StatusBadRequest, title: "The body cannot be read", detail: "The body is not well-formed."},
	codeUnknownChart:     {status: http.StatusNotFound, title: "No such chart", detail: "No chart has this name."},
	codeUnknownEvent:     {status: http.StatusNotFound, title: "No such event", detail: "No event has this key."},
	codeUnknownSeat:      {status: http.StatusNotFound, title: "No such seat", detail: "The chart does not have the places listed."},
	codeUnknownHold:      {status: http.StatusNotFound, title: "No such hold", detail: "There is no such hold, or it ended long ago."},
	codeUnknownOrder:     {status: http.StatusNotFound, title: "No such order", detail: "The event has no such order."},
	codeUnknownMember:    {status: http.StatusNotFound, title: "No such member", detail: "No member of the cluster has this name."},
	codeMemberRefused:    {status: http.StatusConflict, title: "Members stay as they are", detail: "The cluster cannot have its members changed like that now."},
	codeNotFound:         {status: http.StatusNotFound, title: "No such resource", detail: "Nothing is served at this path."},
	codeMethodNotAllowed: {status: http.StatusMethodNotAllowed, title: "Method not allowed", detail: "See Allow for what can be done here."},
	codeNotAcceptable:    {status: http.StatusNotAcceptable, title: "Not acceptable", detail: "Answers are application/json or application/msgpack."},
	"seat_unavailable":   {status: http.StatusConflict, title: "Not available", detail: "The places listed are not free. Nothing was changed."},
	"not_enough_seats":   {status: http.StatusConflict, title: "Not enough places", detail: "Too few free places fit what was asked for. Nothing was changed."},
	"not_on_sale":        {status: http.StatusConflict, title: "Not on sale", detail: "The event is not on sale now."},
	"buyer_limit":        {status: http.StatusConflict, title: "Buyer limit", detail: "The buyer would have more places than the event allows."},
	"chart_exists":       {status: http.StatusConflict, title: "Chart exists", detail: "Another chart has this name; charts never change."},
	"event_exists":       {status: http.StatusConflict, title: "Event exists", detail: "Another event has this key."},
	"hold_confirmed":     {status: http.StatusConflict, title: "Hold confirmed", detail: "The hold has become an order."},
	"would_leave_orphan": {status: http.StatusConflict, title: "Would leave a single seat", detail: "The choice would leave the seats listed single, and another choice would not. Nothing was changed."},
	"hold_expired":       {status: http.StatusGone, title: "Hold expired", detail: "The hold's deadline passed; its places were freed."},
	"hold_released":      {status: http.StatusGone, title: "Hold released", detail: "The hold was given back."},
	codeTooLarge:         {status: http.StatusRequestEntityTooLarge, title: "Too large", detail: "The body is larger than this route takes."},
	codeUnsupportedMedia: {status: http.StatusUnsupportedMediaType, title: "Unsupported media type", detail: "Send application/json or application/msgpack, without Content-Encoding."},
	codeInvalid:          {status: http.StatusUnprocessableEntity, title: "Invalid", detail: "See errors for the fields that break a rule. Nothing was changed."},
	"idempotency_mismatch": {
		status: http.StatusUnprocessableEntity, title: "Idempotency key used before",
		detail: "This Idempotency-Key came with another body before. Nothing was changed.",
	},
	codeOverloaded:  {status: http.StatusTooManyRequests, title: "Overloaded", detail: "A limit of this service is reached; nothing was changed.", retrySeconds: 1},
	codeRateLimited: {status: http.StatusTooManyRequests, title: "Too many requests", detail: "This client asks too often; nothing was changed.", retrySeconds: 1},
	codeInternal:    {status: http.StatusInternalServerError, title: "Internal error", detail: "This node made a mistake and has logged it."},
	codeNoLeader:    {status: http.StatusServiceUnavailable, title: "No leader", detail: "The event's partition has no leader that this node can reach; nothing was changed.", retrySeconds: 1},
	codeHalted:      {status: http.StatusServiceUnavailable, title: "Partition halted", detail: "The event's partition has stopped on its node; an operator is needed.", retrySeconds: 5},
	codeDraining:    {status: http.StatusServiceUnavailable, title: "Node leaves", detail: "This node ends its streams. What it has not answered was not taken: open another stream, here or elsewhere, and send it again.", retrySeconds: 1},
	codeOutcomeUnknown: {
		status: http.StatusGatewayTimeout, title: "Outcome unknown",
		detail: "It is not known whether this was done. Ask again with the same Idempotency-Key.", retrySeconds: 1,
	},
}

// codeOf maps an error of the cluster to a problem's code. write says that a command may have been proposed: then a
// bare deadline leaves the outcome open.
func codeOf(err error, write bool) string {
	switch {
	case errors.Is(err, cluster.ErrOutcomeUnknown):
		return codeOutcomeUnknown
	case errors.Is(err, cluster.ErrUnknownEvent):
		return codeUnknownEvent
	case errors.Is(err, cluster.ErrNoLeader), errors.Is(err, cluster.ErrBehind):
		return codeNoLeader
	case errors.Is(err, cluster.ErrOverloaded):
		return codeOverloaded
	case errors.Is(err, cluster.ErrHalted):
		return codeHalted
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		if write {
			return codeOutcomeUnknown
		}
		return codeNoLeader
	}
	return codeInternal
}

// problemOf is the problem of a decision that is not OK.
func problemOf(result *command.Result) problem {
	ans := &result.Answer
	if ans.Code == seatmap.CodeWaitingRoom && result.Room != nil {
		return problemOfRoom(result.Room)
	}
	p := problem{code: ans.Code.String(), seats: ans.Labels}
	if ans.Code == seatmap.CodeInvalid {
		p.errors = []fieldError{{Field: ans.Field, Reason: ans.Reason}}
	} else if ans.Reason != "" {
		p.detail = ans.Reason
	}
	return p
}
