package httpapi

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors/waitroom"
	"github.com/parterre/parterre/actors/waitroom/pass"
)

// getVisitor is GET /v1/events/{event}/room/visitors/me: any node tells a visitor's place from its view.
func (a *api) getVisitor(c *gin.Context) {
	if _, ok := query(c); !ok {
		return
	}
	if v, ok := a.visitorParam(c); ok {
		answer(c, http.StatusOK, func(w *writer) { a.encodeVisitor(w, &v, paperText{}) })
	}
}

// enterRoom is POST /v1/events/{event}/room/visitors/me/enter: who was called gets a pass. Whoever is inside gets it again.
func (a *api) enterRoom(c *gin.Context) {
	buyer := ""
	if !a.body(c, a.limits.BodyBytes, true, func(d *decoder) { decodeEntering(d, &buyer) }) {
		return
	}
	v, ok := a.visitorParam(c)
	if !ok {
		return
	}
	if buyer != "" && v.paper.Belongs(pass.BuyerHash(v.event, buyer)) != nil {
		refuse(c, problemOfPaper(pass.KindToken, pass.ErrBorrowed))
		return
	}
	req := waitroom.Request{Op: waitroom.OpEnter, Lane: v.paper.Lane, Number: v.paper.Number, Buyer: v.paper.Buyer}
	result, ok := a.decideRoom(c, v.event, &req)
	if !ok {
		return
	}
	in := result.Room
	// The pass is of the visitor whose session it is: another device of the same buyer gets the same one.
	paper := pass.Paper{
		Kind: pass.KindPass, Lane: in.Lane, Number: in.Number, Session: in.Session, Buyer: v.paper.Buyer, IssuedMillis: result.NowMillis,
		LifeSeconds: uint32(max(0, in.EndsAtMillis-result.NowMillis+999) / 1000),
	}
	text, p := signPaper(&paper, v.event, v.view.Figures().Ring)
	if p != nil {
		refuse(c, p)
		return
	}
	answer(c, http.StatusOK, func(w *writer) { encodeInside(w, &v, in, text) })
}

// leaveRoom is POST /v1/events/{event}/room/visitors/me/leave: a call, or a place inside, is the next visitor's. Doing it again
// changes nothing.
func (a *api) leaveRoom(c *gin.Context) {
	if !a.body(c, a.limits.BodyBytes, true, decodeNothing) {
		return
	}
	v, ok := a.visitorParam(c)
	if !ok {
		return
	}
	if v.view.Status(v.paper.Lane, v.paper.Number, a.now().UnixMilli()).State == waitroom.StatePreQueue {
		sendNothing(c) // the room knows nothing of who waits, so there is nothing to give up
		return
	}
	req := waitroom.Request{Op: waitroom.OpLeave, Lane: v.paper.Lane, Number: v.paper.Number}
	ctx, cancel := context.WithTimeout(c.Request.Context(), a.limits.RequestTimeout)
	defer cancel()
	result, err := a.submitRoom(ctx, v.event, &req, callKey{})
	if p := a.problemOfResult(result, err); p != nil && p.code != codeNotCalled { // as above
		refuse(c, p)
		return
	}
	sendNothing(c)
}
