package httpapi

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	roomEventsRoute = "/v1/events/:event/room/visitors/me/events"
	mediaEvents     = "text/event-stream"
	// roomHeartbeat is how long a visitor's events are silent before an empty comment is sent.
	roomHeartbeat = 15 * time.Second
	// leastRoomPause is the least time between two looks at a visitor's place.
	leastRoomPause = 500 * time.Millisecond
	// mostRoomPause is the longest: who is called out of turn, by an operator, hears of it by then.
	mostRoomPause = 5 * time.Second
)

// getVisitorEvents is GET /v1/events/{event}/room/visitors/me/events: the visitor's place as server-sent events, one when
// it has changed, as often as polling is asked for. It ends when the client goes, the token expires or the node leaves;
// the client then asks again, here or elsewhere.
func (a *api) getVisitorEvents(c *gin.Context) {
	if _, ok := query(c); !ok {
		return
	}
	if header := strings.Join(c.Request.Header["Accept"], ","); header != "" && weight(header, mediaEvents) == 0 {
		refuse(c, &problem{code: codeNotAcceptable, detail: "Places are told as text/event-stream."})
		return
	}
	select {
	case <-a.draining:
		refuse(c, &problem{code: codeDraining})
		return
	default:
	}
	v, ok := a.visitorParam(c)
	if !ok {
		return
	}
	out := c.Writer.(interface{ Unwrap() http.ResponseWriter }).Unwrap() // gin's own hides the errors of Flush
	e := &visitorEvents{a: a, v: v, out: out, control: http.NewResponseController(out)}
	h := c.Writer.Header()
	h.Set("Content-Type", mediaEvents)
	h["Cache-Control"] = noStore
	h.Set("X-Accel-Buffering", "no")
	c.Writer.WriteHeader(http.StatusOK)
	c.Writer.WriteHeaderNow()
	e.tell(c.Request.Context().Done())
}

// visitorEvents is one visitor who is told.
type visitorEvents struct {
	a       *api
	v       visitor
	out     http.ResponseWriter
	control *http.ResponseController
	told    []byte // what was written last
	spare   []byte
}

// tell tells until there is a reason to end.
func (e *visitorEvents) tell(gone <-chan struct{}) {
	silent := time.Duration(0)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-gone:
			return
		case <-e.a.draining:
			return
		}
		if e.a.now().UnixMilli() >= e.v.paper.ExpiresMillis() || !e.look() {
			return
		}
		text, pause := e.state()
		switch {
		case !bytes.Equal(text, e.told):
			e.told, e.spare = text, e.told
			silent = 0
			if e.write(text) != nil {
				return
			}
		case silent >= roomHeartbeat:
			silent = 0
			if e.write(heartbeat) != nil {
				return
			}
		}
		pause = min(max(pause, leastRoomPause), mostRoomPause)
		silent += pause
		timer.Reset(pause)
	}
}

var heartbeat = []byte(":\n\n")

// look takes the newest view; false where the room is gone.
func (e *visitorEvents) look() bool {
	event, found := e.a.node.Event(e.v.event)
	if !found {
		return false
	}
	room := event.Room()
	if room != nil {
		e.v.view = room
	}
	return room != nil
}

// state is the event that says how things are now, and how long that may stand.
func (e *visitorEvents) state() ([]byte, time.Duration) {
	w := newWriter(false)
	defer w.free()
	e.a.encodeVisitor(w, &e.v, paperText{})
	text := append(append(append(e.spare[:0], "event: place\ndata: "...), w.b...), "\n\n"...)
	s := e.v.view.Status(e.v.paper.Lane, e.v.paper.Number, e.a.now().UnixMilli())
	return text, time.Duration(s.PollAfterSeconds) * time.Second / 2
}

func (e *visitorEvents) write(text []byte) error {
	if err := e.control.SetWriteDeadline(time.Now().Add(e.a.limits.StreamWrite)); err != nil {
		return err
	}
	_, err := e.out.Write(text)
	return errors.Join(err, e.control.Flush())
}
