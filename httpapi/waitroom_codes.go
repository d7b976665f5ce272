package httpapi

import (
	"errors"
	"net/http"

	"github.com/parterre/parterre/actors/waitroom"
	"github.com/parterre/parterre/actors/waitroom/pass"
)

// Codes of problems of waiting rooms; those of papers are made of the paper's word and what is wrong with it.
const (
	codeUnknownRoom   = "unknown_room"
	codeRoomNotOpen   = "room_not_open"
	codeRoomClosed    = "room_closed"
	codeRoomFixed     = "room_fixed"
	codeNotCalled     = "not_called"
	codeCallLapsed    = "call_lapsed"
	codeSessionEnded  = "session_ended"
	codeUnknownNumber = "unknown_number"

	codeTokenRequired      = "token_required"
	codePassRequired       = "pass_required"
	codeInvitationRequired = "invitation_required"
	codePassExpired        = "pass_expired"
	codePassForeign        = "pass_foreign"
)

var roomKinds = map[string]kind{
	codeUnknownRoom:   {status: http.StatusNotFound, title: "No waiting room", detail: "The event has no waiting room."},
	codeRoomNotOpen:   {status: http.StatusConflict, title: "Not open yet", detail: "The waiting room is not open yet; see prequeue_opens_at."},
	codeRoomClosed:    {status: http.StatusConflict, title: "Closed", detail: "The waiting room is closed: nobody joins, and nobody is let in."},
	codeRoomFixed:     {status: http.StatusConflict, title: "Settled", detail: "This can no longer be changed. Nothing was changed."},
	codeNotCalled:     {status: http.StatusConflict, title: "Not your turn", detail: "The visitor has not been called yet.", retrySeconds: 1},
	codeCallLapsed:    {status: http.StatusGone, title: "Turn passed", detail: "The visitor was called and did not enter in time. Join anew."},
	codeSessionEnded:  {status: http.StatusGone, title: "Visit ended", detail: "The visitor was inside, and the visit is over. Join anew."},
	codeUnknownNumber: {status: http.StatusConflict, title: "Number not given", detail: "The room has not given this number."},

	codeTokenRequired:      {status: http.StatusForbidden, title: "Token required", detail: "Send the visitor's token as Parterre-Visitor, or as Authorization: Bearer."},
	codePassRequired:       {status: http.StatusForbidden, title: "Pass required", detail: "The event has a waiting room: send the pass of who is inside as Parterre-Pass."},
	codeInvitationRequired: {status: http.StatusForbidden, title: "Invitation required", detail: "This lane takes visitors with an invitation only."},
}

// paperWords are the papers as callers know them, by kind.
var paperWords = [...]string{pass.KindToken: "token", pass.KindPass: "pass", pass.KindInvitation: "invitation"}

// paperFaults are what may be wrong with a paper.
var paperFaults = [...]struct {
	err          error
	word, detail string
}{
	{pass.ErrMalformed, "malformed", "cannot be read."},
	{pass.ErrForged, "forged", "was not signed by this room, or was changed since."},
	{pass.ErrForeign, "foreign", "is of another event, or another visitor's."},
	{pass.ErrKind, "wrong_kind", "is another paper: a token, a pass and an invitation cannot stand for each other."},
	{pass.ErrExpired, "expired", "is not valid any more."},
	{pass.ErrBorrowed, "borrowed", "belongs to another buyer."},
}

func init() {
	for _, word := range paperWords[pass.KindToken:] {
		for i := range paperFaults {
			f := &paperFaults[i]
			roomKinds[word+"_"+f.word] = kind{status: http.StatusForbidden, title: "Not this " + word, detail: "The " + word + " " + f.detail}
		}
	}
	for code, k := range roomKinds {
		kinds[code] = k
	}
}

// problemOfPaper says what is wrong with a paper.
func problemOfPaper(kind pass.Kind, err error) *problem {
	for i := range paperFaults {
		if errors.Is(err, paperFaults[i].err) {
			return &problem{code: paperWords[kind] + "_" + paperFaults[i].word}
		}
	}
	return &problem{code: codeInternal}
}

// roomCodes are the problems by what a room decided.
var roomCodes = [waitroom.Codes]string{
	waitroom.CodeNoRoom: codeUnknownRoom, waitroom.CodeInvalid: codeInvalid, waitroom.CodeNotOpen: codeRoomNotOpen,
	waitroom.CodeClosed: codeRoomClosed, waitroom.CodeUnknownLane: codeInvalid, waitroom.CodeFull: codeOverloaded,
	waitroom.CodeNotCalled: codeNotCalled, waitroom.CodeCallLapsed: codeCallLapsed, waitroom.CodeSessionEnded: codeSessionEnded,
	waitroom.CodeUnknownNumber: codeUnknownNumber, waitroom.CodePassRequired: codePassRequired, waitroom.CodePassEnded: codePassExpired,
	waitroom.CodePassForeign: codePassForeign, waitroom.CodeFixed: codeRoomFixed,
}

// problemOfRoom is the problem of a room's decision that is not OK.
func problemOfRoom(ans *waitroom.Answer) problem {
	if int(ans.Code) >= len(roomCodes) || roomCodes[ans.Code] == "" {
		return problem{code: codeInternal}
	}
	p := problem{code: roomCodes[ans.Code]}
	switch {
	case ans.Code == waitroom.CodeUnknownLane:
		p.errors = []fieldError{{Field: "lane", Reason: "is not a lane of this room"}}
	case ans.Field != "":
		p.errors = []fieldError{{Field: ans.Field, Reason: ans.Reason}}
	case ans.Reason != "":
		p.detail = ans.Reason
	}
	return p
}
