package httpapi

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/actors/waitroom"
	"github.com/parterre/parterre/actors/waitroom/pass"
)

const (
	headerVisitor = "Parterre-Visitor"
	headerPass    = "Parterre-Pass"
	bearer        = "Bearer "
	// maxPaperText bounds what is read of a paper in a body; longer ones are malformed anyway.
	maxPaperText = 256
	// invitationSeconds is how long an invitation is good where its maker says nothing.
	invitationSeconds = 7 * 24 * 3600
)

// appendRing copies a room's keys. The copy lies on the caller's stack, so that a check costs no memory.
func appendRing(r pass.Ring, keys []waitroom.KeyRecord) pass.Ring {
	for i := range keys {
		k := &keys[i]
		r = append(r, pass.Key{Number: k.Number, MadeMillis: k.MadeMillis, Secret: k.Secret})
	}
	return r
}

// checkPaper reads a paper that a caller brought to an event's room.
func (a *api) checkPaper(text string, kind pass.Kind, event string, keys []waitroom.KeyRecord) (pass.Paper, *problem) {
	var space [waitroom.MaxKeys]pass.Key
	p, err := appendRing(space[:0], keys).Check(text, kind, pass.EventHash(event), a.now().UnixMilli())
	if err != nil {
		return p, problemOfPaper(kind, err)
	}
	return p, nil
}

// signPaper gives a paper its text.
func signPaper(p *pass.Paper, event string, keys []waitroom.KeyRecord) (string, *problem) {
	var space [waitroom.MaxKeys]pass.Key
	var room [pass.TextBytes]byte
	p.Event = pass.EventHash(event)
	text, err := appendRing(space[:0], keys).Sign(room[:0], p)
	if err != nil {
		return "", &problem{code: codeUnknownRoom}
	}
	return string(text), nil
}

// visitorOf reads the visitor's token; "" = none was sent.
func visitorOf(r *http.Request) string {
	if given := r.Header[headerVisitor]; len(given) > 0 {
		return given[0]
	}
	if text, ok := strings.CutPrefix(r.Header.Get("Authorization"), bearer); ok {
		return text
	}
	return ""
}

// visitor is who asks about a place: the event's room as this node shows it, and the token.
type visitor struct {
	event string
	view  *actors.RoomView
	paper pass.Paper
}

// visitorParam reads the event of the path and the visitor's token; what is wrong with either it has answered.
func (a *api) visitorParam(c *gin.Context) (v visitor, ok bool) {
	if v.event, ok = eventParam(c); !ok {
		return v, false
	}
	text := visitorOf(c.Request)
	if text == "" {
		refuse(c, &problem{code: codeTokenRequired})
		return v, false
	}
	if v.view, ok = a.roomOf(c, v.event); !ok {
		return v, false
	}
	var p *problem
	if v.paper, p = a.checkPaper(text, pass.KindToken, v.event, v.view.Figures().Ring); p != nil {
		refuse(c, p)
		return v, false
	}
	return v, true
}

// needsPass says which commands show a pass where there is a room.
func needsPass(op seatmap.Op) bool {
	switch op {
	case seatmap.OpHold, seatmap.OpSale, seatmap.OpChange, seatmap.OpExtend:
		return true
	}
	return false
}

// passOf checks the pass of a command that takes or keeps places. A room that has none yet at this node may have one where
// the command is decided; then the command is refused there, and the next attempt meets a newer view here.
func (a *api) passOf(text, event string, r *seatmap.Request) (waitroom.Pass, *problem) {
	e, found := a.node.Event(event)
	if !found {
		return waitroom.Pass{}, nil
	}
	room := e.Room()
	if room == nil {
		return waitroom.Pass{}, nil
	}
	p, wrong := a.checkPaper(text, pass.KindPass, event, room.Figures().Ring)
	if wrong != nil {
		return waitroom.Pass{}, wrong
	}
	claims := r.Op == seatmap.OpHold || r.Op == seatmap.OpSale // the others name no buyer
	if claims && p.Belongs(pass.BuyerHash(event, r.Buyer)) != nil {
		return waitroom.Pass{}, problemOfPaper(pass.KindPass, pass.ErrBorrowed)
	}
	return waitroom.Pass{Lane: p.Lane, Number: p.Number, Session: p.Session, Buyer: p.Buyer}, nil
}
