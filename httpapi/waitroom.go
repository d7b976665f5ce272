package httpapi

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/actors/waitroom"
	"github.com/parterre/parterre/actors/waitroom/pass"
)

// publicLane is the word for the lane that everybody may join.
const publicLane = "public"

// maxRoomBuyer bounds a buyer's id, bytes.
const maxRoomBuyer = 256

// roomOf is the event's room as this node shows it. Where it shows none, it makes sure that there is none; what is wrong
// then, it has answered.
func (a *api) roomOf(c *gin.Context, event string) (*actors.RoomView, bool) {
	if e, found := a.node.Event(event); found {
		if room := e.Room(); room != nil {
			return room, true
		}
	}
	room, p := a.waitForRoom(c.Request.Context(), event)
	if p != nil {
		refuse(c, p)
		return nil, false
	}
	return room, true
}

// waitForRoom waits until this node shows all that was decided before it was asked.
func (a *api) waitForRoom(ctx context.Context, event string) (*actors.RoomView, *problem) {
	bound, cancel := context.WithTimeout(ctx, a.limits.RequestTimeout)
	defer cancel()
	if err := a.node.ReadBarrier(bound, event); err != nil {
		return nil, &problem{code: codeOf(err, false)}
	}
	e, found := a.node.Event(event)
	if !found {
		return nil, &problem{code: codeUnknownEvent}
	}
	room, err := e.FreshRoom(bound)
	switch {
	case errors.Is(err, actors.ErrHalted):
		return nil, &problem{code: codeHalted}
	case err != nil:
		return nil, &problem{code: codeNoLeader}
	case room == nil:
		return nil, &problem{code: codeUnknownRoom}
	}
	return room, nil
}

// submitRoom has an operation of a room decided.
func (a *api) submitRoom(ctx context.Context, event string, req *waitroom.Request, key callKey) (*command.Result, error) {
	cmd := &command.Command{Kind: command.KindRoom, Event: event, Room: req}
	if key.text != "" {
		req.Key = [16]byte(key.digest)
	}
	return a.node.Submit(ctx, cmd)
}

// problemOfResult is what a room's operation is refused with, or nil.
func (a *api) problemOfResult(result *command.Result, err error) *problem {
	if err != nil {
		if limit := (*command.LimitError)(nil); errors.As(err, &limit) {
			return invalid(limit.Field, limit.Reason)
		}
		code := codeOf(err, true)
		if code == codeInternal {
			a.logger.Error("an operation of a room failed", "error", err)
		}
		return &problem{code: code}
	}
	if result.Answer.Code == seatmap.CodeOK {
		return nil
	}
	p := problemOf(result)
	return &p
}

// decideRoom has a caller's operation decided; what is not OK it has answered.
func (a *api) decideRoom(c *gin.Context, event string, req *waitroom.Request) (*command.Result, bool) {
	key, ok := keyOf(c)
	if !ok {
		return nil, false
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), a.limits.RequestTimeout)
	defer cancel()
	result, err := a.submitRoom(ctx, event, req, key)
	if p := a.problemOfResult(result, err); p != nil {
		if p.code == codeOutcomeUnknown && !key.callers {
			c.Writer.Header().Set(headerKey, key.text)
		}
		refuse(c, p)
		return nil, false
	}
	return result, true
}

// putRoom is PUT /v1/events/{event}/room. The seed of the draw and the first key are made here, before anything is
// proposed; the room takes them only if it has none.
func (a *api) putRoom(c *gin.Context) {
	event, ok := eventParam(c)
	if !ok {
		return
	}
	req := waitroom.Request{Op: waitroom.OpPut, Config: newRoomConfig()}
	if !a.body(c, a.limits.BodyBytes, false, func(d *decoder) { decodeRoom(d, req.Config) }) {
		return
	}
	_, _ = rand.Read(req.Seed[:]) // it never fails
	_, _ = rand.Read(req.Secret[:])
	a.operateRoom(c, event, &req)
}

// operateRoom has an operator's order decided, and answers how the room is then.
func (a *api) operateRoom(c *gin.Context, event string, req *waitroom.Request) {
	result, ok := a.decideRoom(c, event, req)
	if !ok {
		return
	}
	status := http.StatusOK
	if result.Room.Created {
		status = http.StatusCreated
	}
	answer(c, status, func(w *writer) {
		w.beginObject()
		w.text("event", event)
		w.text("phase", phaseWord(result.Room.Phase))
		w.endObject()
	})
}

// roomOrder is a handler of an operator's order that has no settings.
func (a *api) roomOrder(op waitroom.Op) gin.HandlerFunc {
	return func(c *gin.Context) {
		event, ok := eventParam(c)
		if !ok || !a.body(c, a.limits.BodyBytes, true, decodeNothing) {
			return
		}
		req := waitroom.Request{Op: op}
		if op == waitroom.OpRotate {
			_, _ = rand.Read(req.Secret[:]) // it never fails
		}
		a.operateRoom(c, event, &req)
	}
}

// postRoomRate is POST /v1/events/{event}/room/rate.
func (a *api) postRoomRate(c *gin.Context) {
	req := waitroom.Request{Op: waitroom.OpRate}
	a.numberOrder(c, &req, func(d *decoder) { req.PerMinute = decodeCount(d, "admit_per_minute", 0, waitroom.MaxPerMinute) })
}

// postRoomAdmit is POST /v1/events/{event}/room/admit.
func (a *api) postRoomAdmit(c *gin.Context) {
	req := waitroom.Request{Op: waitroom.OpAdmit}
	a.numberOrder(c, &req, func(d *decoder) { req.Count = decodeCount(d, "count", 1, waitroom.MaxAdmit) })
}

func (a *api) numberOrder(c *gin.Context, req *waitroom.Request, decode func(*decoder)) {
	event, ok := eventParam(c)
	if ok && a.body(c, a.limits.BodyBytes, false, decode) {
		a.operateRoom(c, event, req)
	}
}

// inviting is the body of who invites somebody.
type inviting struct {
	lane, buyer string
	life        uint32
}

func decodeInviting(d *decoder, i *inviting) {
	i.life = invitationSeconds
	d.object(func(name string) bool {
		switch name {
		case "lane":
			i.lane = d.line(waitroom.MaxLaneKey, true)
		case "buyer":
			i.buyer = d.line(maxRoomBuyer, false)
		case "life_seconds":
			i.life = uint32(d.number(1, pass.MaxLifeSeconds))
		default:
			return false
		}
		return true
	})
	d.required("lane", i.lane != "")
}

// postInvitation is POST /v1/events/{event}/room/invitations. It changes nothing: an invitation is a signature.
func (a *api) postInvitation(c *gin.Context) {
	event, ok := eventParam(c)
	if !ok {
		return
	}
	var body inviting
	if !a.body(c, a.limits.BodyBytes, false, func(d *decoder) { decodeInviting(d, &body) }) {
		return
	}
	view, ok := a.roomOf(c, event)
	if !ok {
		return
	}
	room := view.Figures()
	paper := pass.Paper{Kind: pass.KindInvitation, Buyer: pass.BuyerHash(event, body.buyer), IssuedMillis: a.now().UnixMilli()}
	// Its key is kept for as long as tokens live, so it cannot live longer.
	paper.LifeSeconds = min(body.life, room.Config.TokenLifeSeconds)
	for i := range room.Config.Lanes {
		if room.Config.Lanes[i].Key == body.lane {
			paper.Lane = uint8(i + 1)
		}
	}
	if paper.Lane == 0 {
		refuse(c, invalid("lane", "is not a lane of this room that takes invitations"))
		return
	}
	text, p := signPaper(&paper, event, room.Ring)
	if p != nil {
		refuse(c, p)
		return
	}
	answer(c, http.StatusCreated, func(w *writer) {
		w.beginObject()
		w.text("event", event)
		w.text("lane", body.lane)
		w.text("invitation", text)
		w.moment("expires_at", paper.ExpiresMillis())
		w.endObject()
	})
}
