package httpapi

import (
	"encoding/hex"

	"github.com/parterre/parterre/actors/waitroom"
)

// The words of a room, by their numbers.
var (
	phaseWords = [...]string{
		waitroom.PhaseBefore: "before", waitroom.PhasePreQueue: "pre_queue", waitroom.PhaseSelling: "selling",
		waitroom.PhasePaused: "paused", waitroom.PhaseSoldOut: "sold_out", waitroom.PhaseClosed: "closed", waitroom.PhaseOpen: "open",
	}
	stateWords = [...]string{
		waitroom.StatePreQueue: "pre_queue", waitroom.StateWaiting: "waiting", waitroom.StateReady: "ready", waitroom.StateInside: "inside",
		waitroom.StateLeft: "left", waitroom.StateLapsed: "lapsed", waitroom.StateSoldOut: "sold_out", waitroom.StateClosed: "closed",
		waitroom.StateOpen: "open", waitroom.StateUnknown: "waiting", // this node has yet to hear of the number
	}
)

func phaseWord(p waitroom.Phase) string {
	if int(p) >= len(phaseWords) || phaseWords[p] == "" {
		return "unknown"
	}
	return phaseWords[p]
}

func stateWord(s waitroom.State) string {
	if int(s) >= len(stateWords) || stateWords[s] == "" {
		return "unknown"
	}
	return stateWords[s]
}

// paperText is a paper that an answer carries besides; the zero value is none.
type paperText struct{ name, text string }

// encodeVisitor writes where a visitor stands. What is the same for all is encoded once for each view.
func (a *api) encodeVisitor(w *writer, v *visitor, p paperText) {
	room := v.view.Figures()
	s := v.view.Status(v.paper.Lane, v.paper.Number, a.now().UnixMilli())
	w.beginObject()
	w.text("event", v.event)
	w.integer("number", int64(v.paper.Number))
	w.text("lane", laneWord(room, v.paper.Lane))
	w.integer("lane_index", int64(v.paper.Lane))
	w.text("state", stateWord(s.State))
	if p.name != "" {
		w.text(p.name, p.text)
	}
	encodePlaceInLine(w, &s)
	w.integer("waiting", int64(room.Waiting[v.paper.Lane]))
	encodeCall(w, &s, a.now().UnixMilli())
	w.integer("poll_after_seconds", int64(max(s.PollAfterSeconds, 1)))
	w.name("room")
	w.b = append(w.b, a.roomText(v.event, v.view, w.msgpack)...)
	w.endObject()
}

func laneWord(room *waitroom.Figures, lane uint8) string {
	if lane == waitroom.PublicLane || int(lane) > len(room.Config.Lanes) {
		return publicLane
	}
	return room.Config.Lanes[lane-1].Key
}

// encodePlaceInLine writes the place, and how long it takes, as far as that is known.
func encodePlaceInLine(w *writer, s *waitroom.Status) {
	if s.State != waitroom.StateWaiting && s.State != waitroom.StateSoldOut {
		for _, name := range [...]string{"place", "position", "ahead", "wait_seconds", "wait_low_seconds", "wait_high_seconds"} {
			w.null(name)
		}
		return
	}
	w.integer("place", int64(s.Place))
	w.integer("position", int64(s.Ahead)+1)
	w.integer("ahead", int64(s.Ahead))
	if s.State != waitroom.StateWaiting || s.WaitHighSeconds == 0 {
		w.null("wait_seconds")
		w.null("wait_low_seconds")
		w.null("wait_high_seconds")
		return
	}
	w.integer("wait_seconds", int64(s.WaitSeconds))
	w.integer("wait_low_seconds", int64(s.WaitLowSeconds))
	w.integer("wait_high_seconds", int64(s.WaitHighSeconds))
}

// encodeCall writes until when somebody who is called may enter.
func encodeCall(w *writer, s *waitroom.Status, nowMillis int64) {
	if s.State != waitroom.StateReady || s.EnterByMillis == 0 {
		w.null("enter_by")
		w.null("enter_within_seconds")
		return
	}
	w.moment("enter_by", s.EnterByMillis)
	w.integer("enter_within_seconds", max(0, s.EnterByMillis-nowMillis)/1000)
}

// encodeInside writes the answer to who enters.
func encodeInside(w *writer, v *visitor, in *waitroom.Answer, text string) {
	w.beginObject()
	w.text("event", v.event)
	w.text("state", stateWord(waitroom.StateInside))
	w.text("pass", text)
	w.integer("session", int64(in.Session))
	w.integer("number", int64(in.Number))
	w.text("lane", laneWord(v.view.Figures(), in.Lane))
	w.integer("lane_index", int64(in.Lane))
	w.moment("idle_at", in.IdleAtMillis)
	w.moment("expires_at", in.EndsAtMillis)
	w.textOrNull("shop_url", v.view.Figures().Config.ShopURL)
	w.endObject()
}

// encodeRoom writes what everybody may know of a room: no key, and no seed before the draw.
func encodeRoom(w *writer, event string, room *waitroom.Figures) {
	config := &room.Config
	w.beginObject()
	w.text("event", event)
	w.text("mode", roomModes[config.Mode-waitroom.ModeRandom])
	w.text("phase", phaseWord(room.Phase))
	w.moment("prequeue_opens_at", config.PreQueueOpensMillis)
	w.moment("opens_at", config.OpensMillis)
	w.integer("max_inside", int64(config.MaxInside))
	w.integer("admit_per_minute", int64(config.AdmitPerMinute))
	w.integer("rate_per_minute", int64(room.RatePerMinute))
	w.integer("inside", int64(room.Inside))
	w.integer("called", int64(room.Called))
	w.integer("pressure_permille", int64(room.Pressure))
	w.integer("free", int64(room.Stock.Free))
	w.integer("held", int64(room.Stock.Held))
	w.integer("enter_within_seconds", int64(config.EnterWithinSeconds))
	w.integer("idle_seconds", int64(config.IdleSeconds))
	w.integer("stay_seconds", int64(config.StaySeconds))
	w.integer("token_life_seconds", int64(config.TokenLifeSeconds))
	w.textOrNull("shop_url", config.ShopURL)
	encodeDraw(w, room)
	w.beginArray("lanes")
	for lane := range len(config.Lanes) + 1 {
		encodeRoomLane(w, room, uint8(lane))
	}
	w.endArray()
	w.endObject()
}

// encodeDraw writes what anybody needs to recompute every place.
func encodeDraw(w *writer, room *waitroom.Figures) {
	if room.Config.Mode != waitroom.ModeRandom {
		w.null("seed_hash")
		w.null("seed")
		return
	}
	w.text("seed_hash", hex.EncodeToString(room.SeedHash[:]))
	if room.Seed == ([32]byte{}) {
		w.null("seed")
		return
	}
	w.text("seed", hex.EncodeToString(room.Seed[:]))
}

func encodeRoomLane(w *writer, room *waitroom.Figures, lane uint8) {
	share := room.Config.PublicShare
	if lane != waitroom.PublicLane {
		share = room.Config.Lanes[lane-1].Share
	}
	w.beginObject()
	w.text("lane", laneWord(room, lane))
	w.integer("share", int64(max(share, 1)))
	w.integer("given", int64(room.Given[lane]))
	w.integer("drawn", int64(room.Drawn[lane]))
	w.integer("called_up_to", int64(room.Frontier[lane]))
	w.integer("waiting", int64(room.Waiting[lane]))
	w.endObject()
}
