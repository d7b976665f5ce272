package httpapi

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parterre/parterre/httpapi/client"
)

// listener is a visitor who is told.
type listener struct {
	t      *testing.T
	answer *http.Response
	lines  *bufio.Reader
}

func (h *house) listen(event, token string) *listener {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	h.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", h.urls[0]+"/v1/events/"+event+"/room/visitors/me/events", nil)
	h.ok(err)
	r.Header.Set(headerVisitor, token)
	answer, err := http.DefaultClient.Do(r)
	h.ok(err)
	h.t.Cleanup(func() {
		_ = answer.Body.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return &listener{t: h.t, answer: answer, lines: bufio.NewReader(answer.Body)}
}

// hear is the next event; false at the end.
func (l *listener) hear() (v client.Visitor, ok bool) {
	for {
		line, err := l.lines.ReadString('\n')
		if err != nil {
			return v, false
		}
		if data, found := strings.CutPrefix(line, "data: "); found {
			if err := json.Unmarshal([]byte(data), &v); err != nil {
				l.t.Fatal(err)
			}
			return v, true
		}
	}
}

func TestAVisitorIsToldWhenTheTurnComes(t *testing.T) {
	h := newHouse(t, 1)
	h.withRoom("opening", func(s *client.RoomSettings) { s.MaxInside = 1 })
	first, next := h.joins("opening", ""), h.joins("opening", "")
	h.entersWhenCalled("opening", first.Token)
	l := h.listen("opening", next.Token)
	if l.answer.StatusCode != http.StatusOK || l.answer.Header.Get("Content-Type") != mediaEvents {
		t.Fatalf("%d %v", l.answer.StatusCode, l.answer.Header)
	}
	if v, ok := l.hear(); !ok || v.State != client.VisitorWaiting || *v.Ahead != 0 {
		t.Fatalf("%+v", v)
	}
	h.ok(h.LeaveRoom(h.ctx(), "opening", first.Token))
	for {
		v, ok := l.hear()
		if !ok {
			t.Fatal("the events ended")
		}
		if v.State == client.VisitorReady {
			break
		}
	}
}

func TestEventsEndInOrderWhenTheNodeLeaves(t *testing.T) {
	draining := make(chan struct{})
	h := newHouse(t, 1, func(o *Options) { o.Draining = draining })
	h.withRoom("opening")
	token := h.joins("opening", "").Token
	l := h.listen("opening", token)
	if _, ok := l.hear(); !ok {
		t.Fatal("nothing was told")
	}
	close(draining)
	for ok := true; ok; _, ok = l.hear() {
	}
	if l := h.listen("opening", token); l.answer.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("%d", l.answer.StatusCode)
	}
	_, err := h.Visitor(h.ctx(), "opening", token) // polls go on until the node is gone
	h.ok(err)
}

func TestListenersAreBounded(t *testing.T) {
	h := newHouse(t, 1, func(o *Options) { o.Limits.RoomEvents = 1 })
	h.withRoom("opening")
	token := h.joins("opening", "").Token
	if _, ok := h.listen("opening", token).hear(); !ok {
		t.Fatal("nothing was told")
	}
	if l := h.listen("opening", token); l.answer.StatusCode != http.StatusTooManyRequests || l.answer.Header.Get("Retry-After") == "" {
		t.Fatalf("%d", l.answer.StatusCode)
	}
	if l := h.listen("opening", "nonsense"); l.answer.StatusCode != http.StatusTooManyRequests {
		t.Fatal("a bad token costs a place")
	}
}
